"""Reads of attendance: who came, and how far participants are from completing. One statement each."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from sqlalchemy import ColumnElement, Integer, Select, and_, case, cast, exists, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from plut_api.actors.minors import acted_for_by
from plut_api.actors.models import Person
from plut_api.actors.service.disclosures import TRAINING, note_shown
from plut_api.kit import clock
from plut_api.kit.caller import Caller
from plut_api.kit.pages import Paging
from plut_api.kit.wire import Id
from plut_api.programs.access import require_enrolment
from plut_api.programs.attendance.access import no_shows_visible_to, noted_by
from plut_api.programs.attendance.models import Attendance, NoShow, NoShowState, Score, WhichTest
from plut_api.programs.attendance.problems import NoShowNotFound
from plut_api.programs.models import Enrolment, EnrolmentState, Program, ProgramState, Shift, TrainingSession

_BY_SHIFT = cast(case((TrainingSession.shift == Shift.morning, 0), else_=1), Integer)


@dataclass
class NoShowFilters:
    """The query parameters of lists of no-shows."""

    state: Annotated[list[NoShowState] | None, Query(max_length=4, description="Only in these states.")] = None
    program: Annotated[list[Id] | None, Query(max_length=50, description="Only of these programmes, by id.")] = None
    person: Annotated[list[Id] | None, Query(max_length=50, description="Only of these people, by id.")] = None


def counted_sessions(today: date, session: Any = TrainingSession) -> ColumnElement[bool]:
    """The condition that a session counts for completion, in a query that has its programme.

    None that was cancelled does. While the programme runs all others do, also those to come; once it has ended those
    that were held until then.
    """
    return and_(session.is_held, or_(Program.state != ProgramState.completed, session.held_on <= today))


def standing(today: date) -> Select[Any]:
    """For each enrolment, with its programme: sessions that count and those attended, scores, whether the rule is
    fulfilled, and whether it asks for anything. Narrow it by a condition on `enrolments`.

    Leans on uq_attendances_session_id_enrolment_id and uq_test_scores_enrolment_id_test.
    """
    seen, pre, post = _sessions(today), _score(WhichTest.pre), _score(WhichTest.post)
    enough = or_(seen.c.held == 0, seen.c.attended * 100 >= Program.attendance_percent * seen.c.held)
    passed = or_(~Program.has_post_test, Program.pass_mark.is_(None), func.coalesce(post, -1) >= Program.pass_mark)
    return (
        select(
            Enrolment.id.label("enrolment_id"),
            seen.c.held.label("sessions_held"),
            seen.c.attended.label("sessions_attended"),
            (seen.c.attended * 100 // func.nullif(seen.c.held, 0)).label("attended_percent"),
            Program.attendance_percent.label("asked_percent"),
            pre.label("pre_score"),
            post.label("post_score"),
            Program.pass_mark,
            and_(enough, passed).label("is_fulfilled"),
            or_(seen.c.held > 0, Program.pass_mark.is_not(None)).label("is_measured"),
        )
        .join_from(Enrolment, Program, Program.id == Enrolment.program_id)
        .join(seen, true())
    )


def _sessions(today: date) -> Any:
    """Of an enrolment and its programme: how many sessions count, and how many of them were attended."""
    session, came = aliased(TrainingSession), aliased(Attendance)
    counted = select(func.count(session.id).label("held"), func.count(came.id).label("attended"))
    counted = counted.select_from(session).outerjoin(
        came, and_(came.session_id == session.id, came.enrolment_id == Enrolment.id, came.came)
    )
    counted = counted.where(session.program_id == Program.id, counted_sessions(today, session))
    return counted.correlate(Enrolment, Program).lateral("seen")


def _score(test: WhichTest) -> ColumnElement[int]:
    score = select(Score.score).where(Score.enrolment_id == Enrolment.id, Score.test == test)
    return score.correlate(Enrolment).scalar_subquery()


def ever_came(enrolment: Any = Enrolment) -> ColumnElement[bool]:
    """The condition that a participant came to any session of the programme."""
    seen = aliased(Attendance)
    return exists().where(seen.enrolment_id == enrolment.id, seen.came)


async def standing_shown(db: AsyncSession, caller: Caller, enrolment_id: UUID) -> tuple[Any, list[Any]]:
    """The row of `standing` of an enrolment within the caller's rows, and its sessions. Raises EnrolmentNotFound."""
    enrolment = await require_enrolment(db, caller, enrolment_id)
    people, actors = [enrolment.person_id], [enrolment.actor_id]
    await note_shown(db, caller, ("attendance", "scores"), purpose=TRAINING, people=people, actors=actors)
    return await standing_of(db, enrolment.id), await sessions_of(db, enrolment)


async def standing_of(db: AsyncSession, enrolment_id: UUID) -> Any:
    """The row of `standing` of one enrolment."""
    return (await db.execute(standing(clock.today()).where(Enrolment.id == enrolment_id))).one()


async def sessions_of(db: AsyncSession, enrolment: Enrolment) -> list[Any]:
    """Every session of an enrolment's programme, by day and shift, with what is known of the participant."""
    query = (
        select(
            TrainingSession.id.label("session_id"),
            TrainingSession.held_on,
            TrainingSession.shift,
            TrainingSession.title,
            (~TrainingSession.is_held).label("is_cancelled"),
            Attendance.came,
            Attendance.at,
            Attendance.recorded_at,
            Attendance.how,
        )
        .outerjoin(
            Attendance,
            and_(Attendance.session_id == TrainingSession.id, Attendance.enrolment_id == enrolment.id),
        )
        .where(TrainingSession.program_id == enrolment.program_id)
        .order_by(TrainingSession.held_on, _BY_SHIFT, TrainingSession.id)
        .limit(1000)
    )
    return list((await db.execute(query)).all())


async def page_of_attendees(
    db: AsyncSession, paging: Paging, caller: Caller, session: TrainingSession
) -> dict[str, Any]:
    """The participants of a session's programme, as far as the caller notes their attendance, with what is known.

    Who gave the seat back is among them only if something was noted. Leans on ix_enrolments_program_id.
    """
    query: Any = (
        select(
            Enrolment.id,
            Enrolment.person_id,
            Enrolment.actor_id,
            Person.full_name.label("person_name"),
            Enrolment.state,
            Attendance.came,
            Attendance.at,
            Attendance.recorded_at,
            Attendance.how,
        )
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(Attendance, and_(Attendance.enrolment_id == Enrolment.id, Attendance.session_id == session.id))
        .where(
            Enrolment.program_id == session.program_id,
            noted_by(caller, session.program_id),
            or_(Enrolment.state != EnrolmentState.withdrawn, Attendance.id.is_not(None)),
        )
    )
    rows = await paging.fetch(db, query, Enrolment.id)
    people, actors = [row.person_id for row in rows["data"]], [row.actor_id for row in rows["data"]]
    await note_shown(db, caller, ("person_name", "attendance"), purpose=TRAINING, people=people, actors=actors)
    return rows


def no_shows(caller: Caller, wanted: NoShowFilters | None = None) -> Select[Any]:
    """No-shows within the caller's rows, with names, as flat rows."""
    query = (
        select(
            *(getattr(NoShow, column.name) for column in NoShow.__table__.columns),
            Person.full_name.label("person_name"),
            Program.title.label("program_title"),
        )
        .join(Person, Person.id == NoShow.person_id)
        .join(Program, Program.id == NoShow.program_id)
        .where(no_shows_visible_to(caller))
    )
    for column, values in (
        ()
        if wanted is None
        else ((NoShow.state, wanted.state), (NoShow.program_id, wanted.program), (NoShow.person_id, wanted.person))
    ):
        if values:
            query = query.where(column.in_(values))
    return query


def own_no_shows(caller: Caller) -> Select[Any]:
    """No-shows of the caller and of minors in their care; nobody else's, whoever the caller is."""
    return no_shows(caller).where(NoShow.person_id.in_(acted_for_by(caller.id)))


async def one_no_show(db: AsyncSession, caller: Caller, no_show_id: UUID) -> Any:
    """One row of `no_shows`, with its version. Raises NoShowNotFound."""
    row = (await db.execute(no_shows(caller).where(NoShow.id == no_show_id))).one_or_none()
    if row is None:
        raise NoShowNotFound()
    return row
