"""The populated world."""

from tests.access.running import operations, world

__all__ = ["operations", "world"]
