"""Steps of follow-ups that several tests take."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Person
from plut_api.kit import clock
from plut_api.kit.ids import new_id
from plut_api.kit.jobs import Runtime, enter_runtime
from plut_api.kit.outbox import Event
from plut_api.outcomes.follow_ups.jobs import follow_up
from plut_api.outcomes.follow_ups.models import FollowUp
from plut_api.outcomes.models import Dimension
from plut_api.programs.models import Enrolment, EnrolmentState
from tests import conftest
from tests.conftest import Api
from tests.factories import Make

Sessions = async_sessionmaker[AsyncSession]


@contextmanager
def on(day: date) -> Iterator[None]:
    """At nine in the morning of a day in WITA; tokens are made anew, since those of other days have ended."""
    conftest._TOKENS.clear()
    with clock.clock_at(datetime.combine(day, time(9), tzinfo=clock.WITA).astimezone(UTC)):
        yield
    conftest._TOKENS.clear()


def at(day: date) -> datetime:
    """Noon of a day in WITA."""
    return datetime.combine(day, time(12), tzinfo=clock.WITA)


async def completed(make: Make, day: date, **given: Any) -> Enrolment:
    """An enrolment that was completed on a day."""
    return await make.enrolment(state=EnrolmentState.completed, completed_at=at(day), **given)


async def worked(app: FastAPI) -> None:
    """The worker's job of the day is done."""
    enter_runtime(Runtime(app.state.settings, app.state.engine))
    await follow_up(0)


async def asked(make: Make, enrolment: Enrolment, **given: Any) -> FollowUp:
    """An open follow-up of an enrolment, three months after it was completed."""
    today = clock.today()
    values: dict[str, Any] = {
        "number": 1,
        "months": 3,
        "questions_version": "1",
        "due_on": today,
        "asked_on": today,
        "call_from": today + timedelta(days=21),
        "closes_on": today + timedelta(days=45),
    } | given
    row = FollowUp(id=new_id(), enrolment_id=enrolment.id, **values)
    await make.add(row)
    return row


async def standing(make: Make, **levels: tuple[int, int]) -> Enrolment:
    """An enrolment of somebody with a business, completed 90 days ago, with baseline and reached level by dimension."""
    person = await make.person()
    actor = await make.actor(person)
    ago = clock.today() - timedelta(days=90)
    enrolment = await completed(make, ago, person=person, actor=actor)
    for dimension, (baseline, reached) in levels.items():
        await make.outcome(
            enrolment,
            Dimension(dimension),
            baseline_level=baseline,
            target_level=max(reached, baseline + 1),
            reached_level=reached,
            reached_at=at(ago),
        )
    return enrolment


async def all_asked(sessions: Sessions) -> Sequence[FollowUp]:
    """Every follow-up there is, by the day it falls on."""
    async with sessions() as db:
        return (await db.scalars(select(FollowUp).order_by(FollowUp.due_on, FollowUp.id))).all()


def said(business: str = "running", sales: str | None = "same", **uses: str) -> dict[str, Any]:
    """Answers as they are sent."""
    given = [{"dimension": dimension, "answer": answer} for dimension, answer in uses.items()]
    return {"business": business, "still_in_use": given} | ({"sales": sales} if sales else {})


async def participant(sessions: Sessions, enrolment: Enrolment) -> Person:
    """Who takes part."""
    async with sessions() as db:
        return await db.get_one(Person, enrolment.person_id)


async def levels(api: Api, enrolment: Enrolment) -> dict[str, Any]:
    """The level proven now, by dimension, of those that have one."""
    rows = (await api.get(f"/v1/enrolments/{enrolment.id}/outcomes")).json()["data"]
    return {row["dimension"]: row["reached_level"] for row in rows if row["baseline_level"] is not None}


async def events(sessions: Sessions, subject_id: UUID) -> list[str]:
    """The names of the events about something, in the order they were written."""
    async with sessions() as db:
        return list(await db.scalars(select(Event.name).where(Event.subject_id == subject_id).order_by(Event.id)))
