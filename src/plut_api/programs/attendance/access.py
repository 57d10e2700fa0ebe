"""Who runs the door of a session, and whose attendance and scores a caller may note."""

from uuid import UUID

from sqlalchemy import ColumnElement, exists, false, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.access import assigned_to, is_outside
from plut_api.actors.minors import acted_for_by
from plut_api.kit.caller import Caller, Role
from plut_api.programs.access import enrolments_visible_to, programs_visible_to, require_hand, require_program, trains
from plut_api.programs.attendance.models import NoShow
from plut_api.programs.attendance.problems import DoorOnly, NoShowNotFound
from plut_api.programs.models import Enrolment, Program, SessionTrainer, Trainer, TrainingSession
from plut_api.programs.problems import EnrolmentNotFound, OrganizerOnly, SessionNotFound


async def require_session(db: AsyncSession, caller: Caller, session_id: UUID) -> tuple[TrainingSession, Program]:
    """A session of a programme that the caller may see, and the programme. Raises SessionNotFound."""
    query = (
        select(TrainingSession, Program)
        .join(Program, Program.id == TrainingSession.program_id)
        .where(TrainingSession.id == session_id, programs_visible_to(caller))
    )
    found = (await db.execute(query)).one_or_none()
    if found is None:
        raise SessionNotFound()
    session, program = found
    return session, program


async def require_door(db: AsyncSession, caller: Caller, session_id: UUID) -> tuple[TrainingSession, Program]:
    """A session whose door the caller runs: as organizer or co-host, as PLUT's staff, as its trainer.

    Raises SessionNotFound, DoorOnly.
    """
    session, program = await require_session(db, caller, session_id)
    if not _runs(caller, program) and not await db.scalar(select(teaches(caller, session.id))):
        raise DoorOnly()
    return session, program


def _runs(caller: Caller, program: Program) -> bool:
    if caller.role is Role.consultant:
        return True
    try:
        require_hand(caller, program)
    except OrganizerOnly:
        return False
    return True


def teaches(caller: Caller, session_id: UUID) -> ColumnElement[bool]:
    """The condition that a caller is a trainer of a session."""
    taught = select(SessionTrainer.id).join(Trainer, Trainer.id == SessionTrainer.trainer_id)
    return exists(taught.where(SessionTrainer.session_id == session_id, Trainer.account_id == caller.id))


async def require_noting(db: AsyncSession, caller: Caller, program_id: UUID) -> Program:
    """A programme of which the caller may note attendance and scores: as organizer, co-host or PLUT's staff.

    Of which participants is another condition (`noted_by`). Raises ProgramNotFound, OrganizerOnly.
    """
    program = await require_program(db, caller, program_id)
    if caller.role is not Role.consultant:
        require_hand(caller, program)
    return program


def noted_by(caller: Caller, program_id: UUID) -> ColumnElement[bool]:
    """The condition on enrolments of a programme that the caller may note attendance and scores of them.

    A consultant who teaches there may of all participants, others of people assigned to them.
    """
    mine = enrolments_visible_to(caller)
    return or_(mine, trains(caller.id, program_id)) if caller.role is Role.consultant else mine


async def require_noted(db: AsyncSession, caller: Caller, enrolment_id: UUID) -> tuple[Program, Enrolment]:
    """An enrolment whose attendance and scores the caller may note, and its programme, both locked.

    Raises EnrolmentNotFound, OrganizerOnly.
    """
    of_mine = select(Enrolment.program_id).where(Enrolment.id == enrolment_id)
    program_id = await db.scalar(of_mine)
    if program_id is None:
        raise EnrolmentNotFound()
    program, enrolment = await locked(db, enrolment_id, noted_by(caller, program_id))
    if caller.role is not Role.consultant:
        require_hand(caller, program)
    return program, enrolment


async def locked(db: AsyncSession, enrolment_id: UUID, visible: ColumnElement[bool]) -> tuple[Program, Enrolment]:
    """The programme of an enrolment and then the enrolment, both locked. Raises EnrolmentNotFound."""
    mine = select(Enrolment.program_id).where(Enrolment.id == enrolment_id, visible)
    query = select(Program).where(Program.id == mine.scalar_subquery()).with_for_update(key_share=True, of=Program)
    program = await db.scalar(query.execution_options(populate_existing=True))
    of_it = select(Enrolment).where(Enrolment.id == enrolment_id, visible).with_for_update(key_share=True, of=Enrolment)
    enrolment = await db.scalar(of_it.execution_options(populate_existing=True))
    if program is None or enrolment is None:
        raise EnrolmentNotFound()
    return program, enrolment


def no_shows_visible_to(caller: Caller) -> ColumnElement[bool]:
    """The condition on `no_shows`: all for the Dinas, of people assigned to a consultant, a person's own."""
    if caller.role is Role.dinas:
        return true()
    if caller.role is Role.consultant:
        return assigned_to(caller.id, NoShow.person_id)
    return NoShow.person_id.in_(acted_for_by(caller.id)) if caller.is_person else false()


async def require_no_show(db: AsyncSession, caller: Caller, no_show_id: UUID, *, for_update: bool = False) -> NoShow:
    """A no-show within the caller's rows. Raises NoShowNotFound."""
    if is_outside(caller):  # Behind their walls nothing of the table may be locked.
        raise NoShowNotFound()
    query = select(NoShow).where(NoShow.id == no_show_id, no_shows_visible_to(caller))
    query = query.execution_options(populate_existing=True)
    no_show = await db.scalar(query.with_for_update(of=NoShow) if for_update else query)
    if no_show is None:
        raise NoShowNotFound()
    return no_show
