"""Where a person is expected: the sessions to come of the programmes that they have a seat in. One statement."""

from typing import Any

from sqlalchemy import Integer, case, cast, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.minors import acted_for_by
from plut_api.actors.models import Person
from plut_api.kit import clock
from plut_api.kit.caller import Caller
from plut_api.kit.pages import Paging
from plut_api.programs.models import Enrolment, EnrolmentState, Program, ProgramState, Shift, TrainingSession

_BY_SHIFT = cast(case((TrainingSession.shift == Shift.morning, 0), else_=1), Integer)
_TAKES_PLACE = (ProgramState.published, ProgramState.running)


async def page_of_schedule(db: AsyncSession, paging: Paging, caller: Caller) -> dict[str, Any]:
    """Sessions from today on, of the caller and of minors in their care; none that was cancelled. Raises InvalidCursor.

    Leans on ix_enrolments_person_id and uq_training_sessions_one_at_a_time.
    """
    columns: tuple[Any, ...] = (
        TrainingSession.id,
        TrainingSession.held_on,
        TrainingSession.shift,
        TrainingSession.title,
        TrainingSession.place,
        TrainingSession.program_id,
        Program.title.label("program_title"),
        Enrolment.id.label("enrolment_id"),
        Enrolment.person_id,
        Person.full_name.label("person_name"),
    )
    query = (
        select(*columns)
        .join_from(Enrolment, Program, Program.id == Enrolment.program_id)
        .join(TrainingSession, TrainingSession.program_id == Program.id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(
            Enrolment.person_id.in_(acted_for_by(caller.id)),
            Enrolment.state == EnrolmentState.enrolled,
            Program.state.in_(_TAKES_PLACE),
            TrainingSession.cancelled_at.is_(None),
            TrainingSession.held_on >= clock.today(),
        )
    )
    return await paging.fetch(db, query, TrainingSession.held_on, _BY_SHIFT, TrainingSession.id, Enrolment.id)
