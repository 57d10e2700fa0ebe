"""What a higher room tells of people: whose account belongs to whom, and the phone of who has no account."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True)
class PersonContact:
    """A person as messages need them; the phone is E.164."""

    person_id: UUID
    account_id: UUID | None
    phone: str | None = field(repr=False)


Finder = Callable[[AsyncSession, UUID], Awaitable[PersonContact | None]]
"""The person of a person's or an account's id; None if there is none (any more)."""
_finders: list[Finder] = []


def finds_people(finder: Finder) -> Finder:
    """Register who knows people."""
    _finders[:] = [finder]
    return finder


async def person_of(db: AsyncSession, any_id: UUID) -> PersonContact | None:
    """The person of an id, as far as a room knows people."""
    return await _finders[0](db, any_id) if _finders else None


async def known_ids(db: AsyncSession, account_id: UUID) -> list[UUID]:
    """The ids under which messages of an account lie: its own, and that of its person."""
    person = await person_of(db, account_id)
    return [account_id, *([person.person_id] if person is not None else [])]
