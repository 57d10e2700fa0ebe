"""What fuzzing is told about the world: who calls, and which identifiers exist."""

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

ROLES = ("anyone", "person", "dinas", "consultant", "opd", "bank", "ojk", "partner", "client")
"""`client` is the machine of a bank; `anyone` has no token."""


def role_of_today() -> str:
    """`FUZZ_ROLE`, or the role whose turn it is: one a day."""
    return os.environ.get("FUZZ_ROLE") or ROLES[datetime.now(UTC).date().toordinal() % len(ROLES)]


def seed_of_today() -> int:
    """`FUZZ_SEED`, or the day, so that a failure of a day can be had again on that day."""
    return int(os.environ.get("FUZZ_SEED") or datetime.now(UTC).date().toordinal())


class World:
    """Tokens by role and existing identifiers by parameter name (`actor_id`), filled before the first case is made."""

    def __init__(self) -> None:
        self.tokens: Mapping[str, str] = {}
        self.known: Mapping[str, Sequence[str]] = {}

    def meet(self, node: Any) -> Any:
        """A generated value in which three of four well-formed identifiers are such that exist."""
        if isinstance(node, list):
            return [self.meet(item) for item in node]
        if not isinstance(node, dict):
            return node
        return {name: self._identifier(name, value) for name, value in node.items()}

    def _identifier(self, name: str, value: Any) -> Any:
        existing = self.known.get(name, ())
        number = _uuid_number(value)
        if number is None or not existing:
            return self.meet(value)
        return value if number % 4 == 3 else existing[number // 4 % len(existing)]


def _uuid_number(value: Any) -> int | None:
    try:
        return UUID(value).int if isinstance(value, str) and len(value) == 36 else None
    except ValueError:
        return None
