"""Which programmes and enrolments a caller reaches. Applied in the query, so unknown and not-yours look alike."""

from uuid import UUID

from sqlalchemy import ColumnElement, exists, false, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from plut_api.actors.access import Ids, assigned_to, is_outside, reads_people
from plut_api.actors.minors import acted_for_by
from plut_api.kit.caller import Caller, Role
from plut_api.programs.models import Enrolment, EnrolmentState, Program
from plut_api.programs.problems import EnrolmentNotFound, OrganizerOnly, ParticipantOrStaffOnly, ProgramNotFound
from plut_api.programs.states import PUBLIC, Hand


def programs_visible_to(caller: Caller | None) -> ColumnElement[bool]:
    """The condition on `programs`: published, running and completed ones for anyone.

    Also all of them for the Dinas, those of the own organization for its staff and machines, and those that a person
    is or was enrolled in, so that a cancelled one can be read by who was to come, and by their consultant.
    """
    public = Program.state.in_(sorted(PUBLIC))
    if caller is None or "programs:read" not in caller.scopes:
        return public
    if caller.role is Role.dinas:
        return true()
    joined = Program.id.in_(select(Enrolment.program_id).where(enrolments_visible_to(caller)))
    if caller.is_person:
        return or_(public, joined)
    own = Program.organization_id == caller.organization_id
    return or_(public, own, joined) if caller.role is Role.consultant else or_(public, own)


def enrolments_visible_to(caller: Caller) -> ColumnElement[bool]:
    """The condition on `enrolments`: a person's own and those of minors in their care, of people assigned to a
    consultant, in programmes of an OPD. The Dinas reaches all.
    """
    if caller.role is Role.dinas:
        return true()
    if caller.role is Role.consultant:
        return assigned_to(caller.id, Enrolment.person_id)
    if caller.is_person:
        return Enrolment.person_id.in_(acted_for_by(caller.id))
    if caller.role is Role.opd:
        own = select(Program.id).where(Program.organization_id == caller.organization_id)
        return Enrolment.program_id.in_(own)
    return false()


@reads_people(Role.opd)
def participants_of(caller: Caller, person_id: Ids) -> ColumnElement[bool]:
    """The condition that a person has a seat in a programme of the caller's organization; who gave it back is gone.

    Leans on ix_enrolments_person_id.
    """
    seat, taught = aliased(Enrolment), aliased(Program)
    seats = select(seat.id).join(taught, taught.id == seat.program_id)
    return exists(
        seats.where(
            seat.person_id == person_id,
            seat.state != EnrolmentState.withdrawn,
            taught.organization_id == caller.organization_id,
        )
    )


async def require_program(
    db: AsyncSession, caller: Caller | None, program_id: UUID, *, for_update: bool = False
) -> Program:
    """A programme that the caller may see. Raises ProgramNotFound."""
    query = select(Program).where(Program.id == program_id, programs_visible_to(caller))
    query = query.execution_options(populate_existing=True)
    program = await db.scalar(query.with_for_update(key_share=True) if for_update else query)
    if program is None:
        raise ProgramNotFound()
    return program


async def require_enrolment(
    db: AsyncSession, caller: Caller, enrolment_id: UUID, *, for_update: bool = False
) -> Enrolment:
    """An enrolment within the caller's rows. Raises EnrolmentNotFound."""
    query = select(Enrolment).where(Enrolment.id == enrolment_id, enrolments_visible_to(caller))
    query = query.execution_options(populate_existing=True)
    enrolment = await db.scalar(query.with_for_update(key_share=True) if for_update else query)
    if enrolment is None:
        raise EnrolmentNotFound()
    return enrolment


def require_hand(caller: Caller, program: Program) -> Hand:
    """By whose hand the caller acts on a programme. Raises OrganizerOnly."""
    if caller.role is Role.dinas:
        return Hand.dinas
    if caller.role is Role.opd and caller.organization_id == program.organization_id:
        return Hand.organizer
    raise OrganizerOnly()


def require_participant_or_staff(caller: Caller) -> None:
    """Let the participant through, whose rows are their own, and PLUT's staff. Raises ParticipantOrStaffOnly."""
    if is_outside(caller):
        raise ParticipantOrStaffOnly()
