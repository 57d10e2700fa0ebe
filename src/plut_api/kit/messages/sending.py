"""Writing a message: one row in the transaction of what it tells of. Who it reaches, when and how is decided later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import clock
from plut_api.kit.crypto import vault
from plut_api.kit.i18n import Locale
from plut_api.kit.ids import new_id
from plut_api.kit.messages.models import Channel, Kind, Message, MessageState
from plut_api.kit.messages.templates import packed, template

ADDRESS = "messages.address"
FACTS = "messages.facts"


@dataclass(frozen=True)
class Address:
    """Where a message goes that is for whoever holds a phone (E.164) or a mailbox, known by the house or not."""

    channel: Channel
    value: str = field(repr=False)

    @classmethod
    def phone(cls, number: str) -> "Address":
        """Whoever holds a phone."""
        return cls(Channel.sms, number)

    @classmethod
    def email(cls, address: str) -> "Address":
        """Whoever holds a mailbox."""
        return cls(Channel.email, address)

    @classmethod
    def opened(cls, sealed: bytes) -> "Address":
        """An address as a message keeps it. Raises SealBroken."""
        channel, _, value = vault().open(ADDRESS, sealed).partition(":")
        return cls(Channel(channel), value)

    def sealed(self) -> bytes:
        """As a message keeps it."""
        return vault().seal(ADDRESS, f"{self.channel}:{self.value}")


async def send(
    db: AsyncSession,
    *,
    to: UUID | Address,
    template: str,
    facts: Mapping[str, Any] | None = None,
    kind: Kind | None = None,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
    dedupe_key: str | None = None,
    language: Locale | None = None,
) -> UUID | None:
    """Have something said to an account or person (by id) or to an address, once the present transaction commits.

    The id of the message; None where one with this `dedupe_key` was written to the same recipient before. `language` is
    that of the recipient unless given. A code needs `expires_at`. One statement, whoever the recipient is or whether
    there is any, so its time tells nothing. Not for requests behind a wall (banks, OPDs): there a handler of the event
    sends. Raises LookupError for an unknown template, ValueError for facts or a kind that are not the template's.
    """
    row: dict[str, Any] = _row(to, template, facts or {}, kind, dedupe_key) | {
        "expires_at": expires_at,
        "language": language,
    }
    if not_before is not None:
        row["not_before"] = row["shown_from"] = max(not_before, clock.now())
    fresh = insert(Message).values(row)
    if dedupe_key is None:
        written: UUID | None = await db.scalar(fresh.returning(Message.id))
    else:
        written = await db.scalar(fresh.on_conflict_do_nothing().returning(Message.id))
    return written


@dataclass(frozen=True)
class Letter:
    """One of many messages of a template: to whom, with which facts, and what keeps it from being written twice."""

    to: UUID
    facts: Mapping[str, Any] = field(repr=False)
    dedupe_key: str | None = None


async def send_all(db: AsyncSession, *, template: str, letters: Sequence[Letter], kind: Kind | None = None) -> int:
    """The same for many recipients, by one statement; how many messages were written: not those written before."""
    rows = [_row(letter.to, template, letter.facts, kind, letter.dedupe_key) for letter in letters]
    if not rows:
        return 0
    fresh = insert(Message).values(rows).on_conflict_do_nothing().returning(Message.id)
    return len((await db.scalars(fresh)).all())


def _row(
    to: UUID | Address, template: str, facts: Mapping[str, Any], kind: Kind | None, dedupe_key: str | None
) -> dict[str, Any]:
    now = clock.now()
    return {
        "id": new_id(),
        "created_at": now,
        "recipient_id": None if isinstance(to, Address) else to,
        "address_sealed": to.sealed() if isinstance(to, Address) else None,
        "kind": _checked(template, facts, kind),
        "template": template,
        "facts_sealed": vault().seal(FACTS, packed(facts)),
        "state": MessageState.waiting,
        "tried": [],
        "attempts": 0,
        "not_before": now,
        "shown_from": now,
        "dedupe_key": dedupe_key,
    }


def _checked(name: str, facts: Mapping[str, Any], kind: Kind | None) -> Kind:
    of = template(name)
    if facts.keys() != of.given:
        raise ValueError(f"{name} is told by {sorted(of.given)}, not by {sorted(facts)}")
    if kind is not None and kind is not of.kind:
        raise ValueError(f"{name} is a message of the kind {of.kind}, not {kind}")
    return of.kind
