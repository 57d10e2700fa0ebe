"""The relay: numbers committed events without gaps and queues a job for each handler that wants them."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import clock
from plut_api.kit.database import unit_of_work
from plut_api.kit.jobs import NAMESPACE, RETRY, Job, defer_all, jobs, runtime
from plut_api.kit.outbox import HANDLERS, Event, Handler

HANDLE = f"{NAMESPACE}:events.handle"
_LOCK = 5_201_947
_BATCH = 1000
_NUMBER = text(
    """
    WITH fresh AS (
        SELECT id, row_number() OVER (ORDER BY id) AS place
        FROM (SELECT id FROM events WHERE position IS NULL ORDER BY id LIMIT :batch) oldest
    ), base AS (
        SELECT coalesce(max(position), 0) AS reached FROM events WHERE position IS NOT NULL
    ), numbered AS (
        UPDATE events SET position = base.reached + fresh.place
        FROM fresh, base WHERE events.id = fresh.id
        RETURNING events.id, events.name, events.subject_id, events.position
    )
    SELECT id, name, subject_id FROM numbered ORDER BY position
    """
)


Numbered = Callable[[AsyncSession, list[UUID]], Awaitable[None]]
_NUMBERED: list[Numbered] = []


def after_numbering(hook: Numbered) -> Numbered:
    """Register what else is done with events that got their number, in the same transaction, in their order."""
    _NUMBERED.append(hook)
    return hook


async def relay(db: AsyncSession) -> int:
    """Number the events that have committed since, and queue their handlers; how many there were.

    One relay at a time: a second one finds the lock taken and does nothing.
    """
    if not await db.scalar(select(func.pg_try_advisory_xact_lock(_LOCK))):
        return 0
    events = (await db.execute(_NUMBER, {"batch": _BATCH})).all()
    for hook in _NUMBERED:
        await hook(db, [event.id for event in events])
    await defer_all(
        db,
        [
            Job(HANDLE, {"event_id": str(event.id), "handler": _name(handler)}, lock=str(event.subject_id))
            for event in events
            for handler in HANDLERS.get(event.name, ())
        ],
    )
    return len(events)


@jobs.task(name="events.handle", retry=RETRY)
async def handle_event(event_id: str, handler: str) -> None:
    """Run one handler for one event, in a transaction of its own."""
    async with unit_of_work(runtime().sessions) as db:
        event = await db.get_one(Event, UUID(event_id))
        for known in HANDLERS.get(event.name, ()):
            if _name(known) == handler:
                await known(db, event)


async def lag_seconds(db: AsyncSession) -> float:
    """Age of the oldest event that no relay has numbered yet; 0 when all are."""
    query = select(Event.occurred_at).where(Event.position.is_(None)).order_by(Event.id).limit(1)
    oldest = await db.scalar(query)
    return (clock.now() - oldest).total_seconds() if oldest else 0.0


def _name(handler: Handler) -> str:
    return f"{handler.__module__}.{handler.__qualname__}"
