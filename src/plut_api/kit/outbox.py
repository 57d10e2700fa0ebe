"""Domain events: written in the transaction of the change they tell of, numbered and handed on by the relay.

A lower room that must react to a higher one registers a handler here: `@on("outcome.verified")`. The relay (worker)
numbers committed events without gaps and queues one job per event and handler, in order per subject.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, func, insert, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.kit.caller import Caller
from plut_api.kit.database import Model
from plut_api.kit.ids import new_id


class Event(Model):
    """Something that happened: `noun.past`, about one subject, by one caller, with the facts a lower room needs."""

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_unnumbered", "id", postgresql_where=text("position IS NULL")),
        Index("uq_events_position", "position", unique=True, postgresql_where=text("position IS NOT NULL")),
        Index("ix_events_subject_id", "subject_id", "id"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    position: Mapped[int | None] = mapped_column(BigInteger)
    name: Mapped[str]
    subject_id: Mapped[UUID]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    caller_id: Mapped[UUID | None]
    occurred_at: Mapped[datetime] = mapped_column(server_default=func.now())


Handler = Callable[[AsyncSession, Event], Awaitable[None]]
HANDLERS: dict[str, list[Handler]] = {}


def on(*names: str) -> Callable[[Handler], Handler]:
    """Register a handler for events; it runs in the worker, in a transaction of its own, at least once."""

    def register(handler: Handler) -> Handler:
        for name in names:
            HANDLERS.setdefault(name, []).append(handler)
        return handler

    return register


async def record(db: AsyncSession, name: str, subject_id: UUID, *, by: Caller | None, **facts: Any) -> None:
    """Note an event in the present transaction. Facts are ids, codes and numbers, never personal data."""
    await record_all(db, name, [(subject_id, facts)], by=by)


async def record_all(
    db: AsyncSession, name: str, subjects: Sequence[tuple[UUID, Mapping[str, Any]]], *, by: Caller | None
) -> None:
    """Note one event for each subject, with its facts, by a single statement."""
    rows = [
        {
            "id": new_id(),
            "name": name,
            "subject_id": subject_id,
            "facts": {key: str(value) if isinstance(value, UUID) else value for key, value in facts.items()},
            "caller_id": by.id if by else None,
        }
        for subject_id, facts in subjects
    ]
    if rows:
        await db.execute(insert(Event).values(rows))
