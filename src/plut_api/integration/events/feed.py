"""Reading the stream of an organization: what lies behind a position, in order, each event once."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.integration.events.catalogue import CATALOGUE
from plut_api.integration.events.models import FeedEntry
from plut_api.integration.events.schemas import EventPage, EventRead
from plut_api.integration.problems import NoOrganization
from plut_api.kit.caller import Caller
from plut_api.kit.crypto import SealBroken, vault
from plut_api.kit.outbox import Event
from plut_api.kit.problems import InvalidCursor


async def events_after(
    db: AsyncSession, caller: Caller, after: str | None, types: Sequence[str] | None, limit: int
) -> EventPage:
    """The next events that concern the caller's organization. Leans on pk_feed_entries.

    A place belongs to an organization and the types asked for. Raises InvalidCursor, NoOrganization.
    """
    if caller.organization_id is None:
        raise NoOrganization()
    bound = f"{caller.organization_id} {sorted(types or ())}"
    position = _position(after, bound)
    query = (
        select(Event, FeedEntry.position)
        .join(FeedEntry, FeedEntry.event_id == Event.id)
        .where(FeedEntry.organization_id == caller.organization_id, FeedEntry.position > position)
    )
    if types:
        query = query.where(Event.name.in_(types))
    rows = (await db.execute(query.order_by(FeedEntry.position).limit(limit + 1))).all()
    page = rows[:limit]
    reached = page[-1].position if page else position
    return EventPage(
        data=[shape(row.Event) for row in page],
        after=vault().seal_token({"p": reached, "b": bound}),
        has_more=len(rows) > limit,
    )


def shape(event: Event) -> EventRead:
    """An event as it is told outside."""
    return EventRead.model_validate(
        told(event.id, event.name, event.subject_id, event.facts) | {"occurred_at": event.occurred_at}
    )


def told(event_id: UUID, name: str, subject_id: UUID, facts: dict[str, Any]) -> dict[str, Any]:
    """What is told of an event, but for its time: facts that its type names, no others."""
    kind = CATALOGUE[name]
    return {
        "id": event_id,
        "type": name,
        "subject_id": subject_id,
        "href": kind.href.format(subject_id=subject_id),
        "data": {key: facts[key] for key in kind.facts if facts.get(key) is not None},
    }


def _position(after: str | None, bound: str) -> int:
    if after is None:
        return 0
    try:
        claims = vault().open_token(after)
        if claims["b"] != bound:
            raise InvalidCursor()
        return int(claims["p"])
    except (SealBroken, ValueError, KeyError):
        raise InvalidCursor() from None
