"""Facts that may lie in no table, not even sealed: a room makes them at the moment a message is handed over.

Links and codes that are good for days are kept as hashes alone. Sent twice, there are two, of which the later counts.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit.messages.sending import Address
from plut_api.settings import Settings

Maker = Callable[[AsyncSession, Settings, UUID | Address, Mapping[str, Any]], Awaitable[Mapping[str, Any] | None]]
"""Gets the recipient and the facts that came with the message; gives the others, or None if there is nothing to say."""
_MAKERS: dict[str, Maker] = {}


def making(template: str) -> Callable[[Maker], Maker]:
    """Register who makes the `made` variables of a template."""

    def register(maker: Maker) -> Maker:
        _MAKERS[template] = maker
        return maker

    return register


def maker_of(template: str) -> Maker:
    """Who makes the facts of a template. Raises LookupError."""
    found = _MAKERS.get(template)
    if found is None:
        raise LookupError(f"nobody makes the facts of {template!r}")
    return found
