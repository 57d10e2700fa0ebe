"""Events: told exactly when the change they tell of is committed, numbered without gaps, handled in order."""

import asyncio
from collections.abc import Iterator
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.ids import new_id
from plut_api.kit.jobs import Runtime, enter_runtime
from plut_api.kit.outbox import HANDLERS, Event, on, record
from plut_api.kit.relay import handle_event, lag_seconds, relay
from plut_api.settings import Settings
from tests.conftest import Api
from tests.factories import Make, caller_for

Sessions = async_sessionmaker[AsyncSession]
HAPPENED = "workshop.happened"
SUBJECT = new_id()


@pytest.fixture
def handled() -> Iterator[list[UUID]]:
    """What a handler of these tests has handled."""
    done: list[UUID] = []

    @on(HAPPENED)
    async def note(db: AsyncSession, event: Event) -> None:
        done.append(event.id)
        await record(db, "workshop.noted", event.id, by=None)
        if event.facts.get("broken"):
            raise RuntimeError

    yield done
    HANDLERS.pop(HAPPENED)


async def happen(sessions: Sessions, *subjects: UUID, **facts: object) -> None:
    async with unit_of_work(sessions) as db:
        for subject in subjects:
            await record(db, HAPPENED, subject, by=None, **facts)


async def run_relay(sessions: Sessions) -> int:
    async with unit_of_work(sessions) as db:
        return await relay(db)


async def positions(sessions: Sessions) -> list[int | None]:
    async with sessions() as db:
        return list(await db.scalars(select(Event.position).order_by(Event.id)))


async def test_an_event_says_what_happened_to_whom_by_whom_and_nothing_personal(sessions: Sessions, make: Make) -> None:
    caller = caller_for(await make.staff(Role.dinas))
    actor = new_id()

    async with unit_of_work(sessions) as db:
        await record(db, HAPPENED, SUBJECT, by=caller, actor_id=actor, level=3)
    async with sessions() as db:
        event = await db.scalar(select(Event))

    assert event is not None
    assert (event.name, event.subject_id, event.caller_id) == (HAPPENED, SUBJECT, caller.id)
    assert event.facts == {"actor_id": str(actor), "level": 3}
    assert event.position is None


async def test_what_is_undone_was_never_told(workshop: Api, make: Make, sessions: Sessions) -> None:
    staff = workshop.as_(await make.staff(Role.dinas))

    await staff.post("/v1/workshop/failing", name="Kopi")

    assert await positions(sessions) == []


async def test_committed_events_are_numbered_in_order_from_one(sessions: Sessions) -> None:
    await happen(sessions, *(new_id() for _ in range(5)))
    await run_relay(sessions)
    await happen(sessions, *(new_id() for _ in range(3)))

    again = await run_relay(sessions)

    assert again == 3
    assert await positions(sessions) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert await run_relay(sessions) == 0


async def test_an_event_that_commits_late_comes_after_those_that_were_seen(sessions: Sessions) -> None:
    async with sessions() as slow, slow.begin():
        await record(slow, HAPPENED, SUBJECT, by=None)  # Its id is the smallest.
        await happen(sessions, new_id())
        await run_relay(sessions)
        assert await positions(sessions) == [1]
    await run_relay(sessions)

    assert await positions(sessions) == [2, 1]


async def test_two_relays_at_once_number_each_event_once(sessions: Sessions) -> None:
    await happen(sessions, *(new_id() for _ in range(40)))

    relayed = await asyncio.gather(*(run_relay(sessions) for _ in range(4)))

    assert sum(relayed) == 40
    assert await positions(sessions) == list(range(1, 41))


async def test_each_handler_gets_one_job_in_order_of_its_subject(sessions: Sessions, handled: list[UUID]) -> None:
    await happen(sessions, SUBJECT, new_id(), SUBJECT)
    await run_relay(sessions)
    await run_relay(sessions)

    async with sessions() as db:
        jobs = (
            await db.execute(text("SELECT task_name, lock, args->>'event_id' FROM procrastinate_jobs ORDER BY id"))
        ).all()
        events = list(await db.scalars(select(Event).order_by(Event.position)))

    assert [tuple(job) for job in jobs] == [
        ("plut:events.handle", str(event.subject_id), str(event.id)) for event in events
    ]


async def test_an_event_that_nobody_waits_for_makes_no_job(sessions: Sessions) -> None:
    await happen(sessions, SUBJECT)
    await run_relay(sessions)

    async with sessions() as db:
        assert await db.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 0


async def test_a_handler_works_in_a_transaction_of_its_own_which_fails_as_a_whole(
    app: FastAPI, settings: Settings, sessions: Sessions, handled: list[UUID]
) -> None:
    enter_runtime(Runtime(settings, app.state.engine))
    await happen(sessions, SUBJECT)
    await happen(sessions, SUBJECT, broken=True)
    async with sessions() as db:
        good, broken = await db.scalars(select(Event.id).order_by(Event.id))
    (handler,) = (f"{known.__module__}.{known.__qualname__}" for known in HANDLERS[HAPPENED])

    await handle_event(event_id=str(good), handler=handler)
    with pytest.raises(RuntimeError):
        await handle_event(event_id=str(broken), handler=handler)

    assert handled == [good, broken]
    async with sessions() as db:
        noted = list(await db.scalars(select(Event.subject_id).where(Event.name == "workshop.noted")))
        assert noted == [good]


async def test_the_lag_is_the_age_of_the_oldest_event_not_yet_numbered(sessions: Sessions) -> None:
    async with unit_of_work(sessions) as db:
        assert await lag_seconds(db) == 0
        db.add(Event(name=HAPPENED, subject_id=SUBJECT, facts={}, occurred_at=func.now() - text("interval '90 s'")))
    async with unit_of_work(sessions) as db:
        lag = await lag_seconds(db)
        await relay(db)
        caught_up = await lag_seconds(db)

    assert 90 <= lag < 120
    assert caught_up == 0
