"""Reads of follow-ups: one statement each.

Those of an enrolment that is no longer completed, such as one given back where two people turned out to be one, are
not there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.minors import acted_for_by
from plut_api.actors.models import Person
from plut_api.actors.service.disclosures import TRAINING, note_shown
from plut_api.kit import clock
from plut_api.kit.caller import Caller
from plut_api.kit.pages import Paging
from plut_api.kit.wire import Day, Id
from plut_api.outcomes.follow_ups.models import FollowUp, FollowUpState
from plut_api.outcomes.follow_ups.problems import FollowUpNotFound
from plut_api.outcomes.models import Dimension, Outcome
from plut_api.programs.access import enrolments_visible_to, require_enrolment
from plut_api.programs.models import Enrolment, EnrolmentState, Program

_ORDER = case({dimension: number for number, dimension in enumerate(Dimension)}, value=Outcome.dimension)


@dataclass
class FollowUpFilters:
    """The query parameters of the list of follow-ups."""

    state: Annotated[list[FollowUpState] | None, Query(max_length=5, description="Only in these states.")] = None
    program: Annotated[list[Id] | None, Query(max_length=50, description="Only of these programmes, by id.")] = None
    months: Annotated[
        list[Annotated[int, Query(ge=0, le=120, json_schema_extra={"format": "int32"})]] | None,
        Query(max_length=10, description="Only so many months after training.", examples=[[6]]),
    ] = None
    first: Annotated[
        Day | None,
        Query(alias="from", description="Only those that fall on this day or later.", examples=["2026-01-01"]),
    ] = None
    to: Annotated[
        Day | None, Query(description="Only those that fall on this day or earlier.", examples=["2026-12-31"])
    ] = None
    overdue: Annotated[bool, Query(description="Only open ones that no message got answered: a consultant calls.")] = (
        False
    )


def standing() -> ColumnElement[bool]:
    """The condition on `outcomes` that a follow-up asks about them: the level proven is above where it began."""
    return Outcome.reached_level > func.coalesce(Outcome.baseline_level, 0)


def to_call() -> ColumnElement[bool]:
    """The condition on `follow_ups` that a consultant calls: no message got an answer, or none can be sent.

    Needs `people` in the statement. Leans on ix_follow_ups_open.
    """
    unheard = or_(FollowUp.call_from <= clock.today(), Person.phone_index.is_(None))
    return (FollowUp.state == FollowUpState.open) & unheard


def follow_ups(mine: ColumnElement[bool]) -> Select[Any]:
    """Follow-ups of the enrolments that meet a condition, with the names that a list shows, as flat rows.

    `asked` are the dimensions that an open one asks about, with the level of each. Leans on ix_follow_ups_due_on and
    uq_follow_ups_enrolment_id_number.
    """
    member = func.jsonb_build_object("dimension", Outcome.dimension, "level", Outcome.reached_level)
    asked = select(func.jsonb_agg(aggregate_order_by(member, _ORDER))).where(
        Outcome.enrolment_id == FollowUp.enrolment_id, standing()
    )
    return (
        select(
            *FollowUp.__table__.columns,
            Enrolment.program_id,
            Enrolment.person_id,
            Enrolment.actor_id,
            Program.title.label("program_title"),
            Person.full_name.label("person_name"),
            asked.correlate(FollowUp).scalar_subquery().label("asked"),
        )
        .join(Enrolment, Enrolment.id == FollowUp.enrolment_id)
        .join(Program, Program.id == Enrolment.program_id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.state == EnrolmentState.completed, mine)
    )


async def one_follow_up(db: AsyncSession, caller: Caller, follow_up_id: UUID) -> Any:
    """One row of `follow_ups` within the caller's rows. Raises FollowUpNotFound."""
    query = follow_ups(enrolments_visible_to(caller)).where(FollowUp.id == follow_up_id)
    row = (await db.execute(query)).one_or_none()
    if row is None:
        raise FollowUpNotFound()
    await _note_shown(db, caller, [row])
    return row


async def page_of_follow_ups(
    db: AsyncSession, paging: Paging, caller: Caller, wanted: FollowUpFilters
) -> dict[str, Any]:
    """Follow-ups within the caller's rows by the day they fall on. Raises InvalidCursor."""
    query = follow_ups(enrolments_visible_to(caller))
    for column, values in (
        (FollowUp.state, wanted.state),
        (Enrolment.program_id, wanted.program),
        (FollowUp.months, wanted.months),
    ):
        if values:
            query = query.where(column.in_(values))
    if wanted.first is not None:
        query = query.where(FollowUp.due_on >= wanted.first)
    if wanted.to is not None:
        query = query.where(FollowUp.due_on <= wanted.to)
    if wanted.overdue:
        query = query.where(to_call())
    rows = await paging.fetch(db, query, FollowUp.due_on, FollowUp.id)
    await _note_shown(db, caller, rows["data"])
    return rows


async def page_of_enrolment(db: AsyncSession, paging: Paging, caller: Caller, enrolment_id: UUID) -> dict[str, Any]:
    """The follow-ups of one enrolment by the day they fall on. Raises EnrolmentNotFound, InvalidCursor."""
    enrolment = await require_enrolment(db, caller, enrolment_id)
    rows = await paging.fetch(db, follow_ups(Enrolment.id == enrolment.id), FollowUp.due_on, FollowUp.id)
    await _note_shown(db, caller, rows["data"])
    return rows


async def page_to_answer(db: AsyncSession, paging: Paging, caller: Caller) -> dict[str, Any]:
    """The follow-ups that the caller can answer today, and minors in their care. Raises InvalidCursor."""
    query = follow_ups(Enrolment.person_id.in_(acted_for_by(caller.id)))
    query = query.where(FollowUp.state == FollowUpState.open, FollowUp.closes_on >= clock.today())
    return await paging.fetch(db, query, FollowUp.due_on, FollowUp.id)


async def _note_shown(db: AsyncSession, caller: Caller, rows: Sequence[Any]) -> None:
    """Log that an organizer was shown what participants answered."""
    people, actors = [row.person_id for row in rows], [row.actor_id for row in rows]
    fields = ("person_name", "follow_up")
    await note_shown(db, caller, fields, purpose=TRAINING, people=people, actors=actors)
