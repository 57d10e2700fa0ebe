"""Which programmes and enrolments a caller reaches. Applied in the query, so unknown and not-yours look alike."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, false, or_, select, true, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from plut_api.actors.access import Ids, assigned_to, is_outside, reads_people
from plut_api.actors.minors import acted_for_by
from plut_api.kit.caller import Caller, Role
from plut_api.programs.models import (
    Enrolment,
    EnrolmentState,
    Program,
    ProgramHost,
    SessionTrainer,
    Trainer,
    TrainingSession,
)
from plut_api.programs.problems import EnrolmentNotFound, OrganizerOnly, ParticipantOrStaffOnly, ProgramNotFound
from plut_api.programs.states import PUBLIC, Hand


def hosts(organization_id: UUID | None, program: Any = Program) -> ColumnElement[bool]:
    """The condition on `programs`, or an alias of it, that an organization runs it: as its owner or a co-host.

    An invitation that was not accepted is not enough. Leans on ix_programs_organization_id and
    ix_program_hosts_organization_id.
    """
    if organization_id is None:
        return false()
    owned = aliased(Program)
    own = select(owned.id).where(owned.organization_id == organization_id)
    condition: ColumnElement[bool] = program.id.in_(union_all(own, _named(organization_id, accepted=True)))
    return condition


def _named(organization_id: UUID | None, *, accepted: bool = False) -> Select[Any]:
    """The programmes that an organization co-hosts, and unless only `accepted` counts, is invited to co-host."""
    host = aliased(ProgramHost)
    query = select(host.program_id).where(host.organization_id == organization_id)
    return query.where(host.accepted_at.is_not(None)) if accepted else query


def programs_visible_to(caller: Caller | None) -> ColumnElement[bool]:
    """The condition on `programs`: published, running and completed ones for anyone.

    Also all of them for the Dinas, for staff and machines of an organization those that it runs, hosts or is invited to
    host, and those that a person is or was enrolled in, so that a cancelled one can be read by who was to come, and by
    their consultant.
    """
    public = Program.state.in_(sorted(PUBLIC))
    if caller is None or "programs:read" not in caller.scopes:
        return public
    if caller.role is Role.dinas:
        return true()
    joined = Program.id.in_(select(Enrolment.program_id).where(enrolments_visible_to(caller)))
    if caller.is_person:
        return or_(public, joined)
    own = or_(hosts(caller.organization_id), Program.id.in_(_named(caller.organization_id)))
    return or_(public, own, joined) if caller.role is Role.consultant else or_(public, own)


def enrolments_visible_to(caller: Caller) -> ColumnElement[bool]:
    """The condition on `enrolments`: a person's own and those of minors in their care, of people assigned to a
    consultant, in programmes that an OPD runs or co-hosts. The Dinas reaches all.
    """
    if caller.role is Role.dinas:
        return true()
    if caller.role is Role.consultant:
        return assigned_to(caller.id, Enrolment.person_id)
    if caller.is_person:
        return Enrolment.person_id.in_(acted_for_by(caller.id))
    if caller.role is Role.opd:
        own = select(Program.id).where(hosts(caller.organization_id))
        return Enrolment.program_id.in_(own)
    return false()


@reads_people(Role.opd)
def participants_of(caller: Caller, person_id: Ids) -> ColumnElement[bool]:
    """The condition that a person has a seat in a programme that the caller's organization runs or co-hosts; who gave
    it back is gone.

    Leans on ix_enrolments_person_id.
    """
    seat, taught = aliased(Enrolment), aliased(Program)
    seats = select(seat.id).join(taught, taught.id == seat.program_id)
    return exists(
        seats.where(
            seat.person_id == person_id,
            seat.state != EnrolmentState.withdrawn,
            hosts(caller.organization_id, taught),
        )
    )


def trains(account_id: UUID, program_id: UUID | Ids) -> ColumnElement[bool]:
    """The condition that the holder of an account teaches in a programme, in a session that was not cancelled."""
    taught = select(SessionTrainer.id).join(Trainer, Trainer.id == SessionTrainer.trainer_id)
    taught = taught.join(TrainingSession, TrainingSession.id == SessionTrainer.session_id)
    return exists(
        taught.where(Trainer.account_id == account_id, TrainingSession.program_id == program_id, SessionTrainer.is_held)
    )


async def require_program(
    db: AsyncSession, caller: Caller | None, program_id: UUID, *, for_update: bool = False
) -> Program:
    """A programme that the caller may see, and that did not end in another, whose address leads there.

    Raises ProgramNotFound.
    """
    lives = Program.merged_into.is_(None)
    query = select(Program).where(Program.id == program_id, lives, programs_visible_to(caller))
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
    """By whose hand the caller acts on a programme; a co-host acts as its organizer does. Raises OrganizerOnly."""
    if caller.role is Role.dinas:
        return Hand.dinas
    run_by = (program.organization_id, *program.host_organization_ids)
    if caller.role is Role.opd and caller.organization_id in run_by:
        return Hand.organizer
    raise OrganizerOnly()


def require_owner(caller: Caller, program: Program) -> None:
    """Let the Dinas through, and the OPD that proposed a programme, but not its co-hosts. Raises OrganizerOnly."""
    if caller.role is not Role.dinas and program.organization_id != caller.organization_id:
        raise OrganizerOnly()


def require_participant_or_staff(caller: Caller) -> None:
    """Let the participant through, whose rows are their own, and PLUT's staff. Raises ParticipantOrStaffOnly."""
    if is_outside(caller):
        raise ParticipantOrStaffOnly()
