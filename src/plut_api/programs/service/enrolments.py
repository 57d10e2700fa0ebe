"""Taking, giving back and completing seats.

Whoever needs both locks the programme before the enrolment, so that those who take a seat and those who give one back
queue instead of waiting for each other.
"""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import outbox
from plut_api.kit.caller import Caller
from plut_api.kit.database import refusing
from plut_api.kit.etags import require_match
from plut_api.kit.ids import new_id
from plut_api.programs import seats
from plut_api.programs.access import (
    enrolments_visible_to,
    require_enrolment,
    require_participant_or_staff,
)
from plut_api.programs.attendance.service.completion import complete
from plut_api.programs.models import Enrolment, EnrolmentState, Program, ProgramState
from plut_api.programs.problems import (
    AlreadyEnrolled,
    EnrolmentNotFound,
    EnrolmentNotOpen,
    ProgramFull,
    ProgramNotFound,
    ProgramNotOpen,
)
from plut_api.programs.service.admission import admit, participant, repeated, require_owner_of
from plut_api.programs.waiting.models import OPEN, WaitingEntry
from plut_api.programs.waiting.offers import offer_freed_seats
from plut_api.programs.waiting.problems import AlreadyWaiting, WaitingListFirst, list_of


async def enrol(
    db: AsyncSession,
    caller: Caller,
    program_id: UUID,
    person_id: UUID | None = None,
    actor_id: UUID | None = None,
    waiver_reason: str | None = None,
) -> Enrolment:
    """Give a person a seat: the caller, or for PLUT's staff whom they name; the business must be the person's.

    A seat that is reserved for a segment of theirs comes first, else a general one; nobody overtakes who waits for it.
    The programme's row lock queues all who ask. Raises PersonNotFound, RegisterFirst, ProgramNotFound, ProgramNotOpen,
    AlreadyEnrolled, AlreadyWaiting, PrerequisiteMissing, DocumentsMissing, SessionClash, ProgramFull, WaitingListFirst,
    Invalid. Emits enrolment.created.
    """
    person_id = await participant(db, caller, person_id)
    await admit(db, caller, program_id, person_id, actor_id, waiver_reason)
    program = await require_open_program(db, program_id)
    await refuse_who_waits(db, program_id, person_id)
    kind = await _free_seat(db, program, person_id)
    await seats.count(db, program_id, {kind: 1})
    return await enter(
        db, caller, program, person_id=person_id, actor_id=actor_id, reserved_for=kind, waiver_reason=waiver_reason
    )


async def require_open_program(db: AsyncSession, program_id: UUID) -> Program:
    """A programme that gives seats, locked. Raises ProgramNotFound, ProgramNotOpen."""
    program = await seats.lock_program(db, program_id)
    if program is None:
        raise ProgramNotFound()
    if program.state is not ProgramState.published:
        raise ProgramNotOpen()
    return program


async def refuse_who_waits(db: AsyncSession, program_id: UUID, person_id: UUID) -> None:
    """Let nobody have a second way to a seat. Raises AlreadyWaiting."""
    query = select(WaitingEntry.id).where(
        WaitingEntry.program_id == program_id, WaitingEntry.person_id == person_id, WaitingEntry.state.in_(OPEN)
    )
    entry_id = await db.scalar(query)
    if entry_id is not None:
        raise AlreadyWaiting(extra={"waiting_entry": f"/v1/waiting-entries/{entry_id}"})


async def enter(
    db: AsyncSession,
    caller: Caller,
    program: Program,
    *,
    person_id: UUID,
    actor_id: UUID | None,
    reserved_for: seats.Kind,
    waiver_reason: str | None,
) -> Enrolment:
    """Write down a seat that was counted. Raises AlreadyEnrolled. Emits enrolment.created."""
    enrolment = Enrolment(
        id=new_id(),
        program_id=program.id,
        person_id=person_id,
        actor_id=actor_id,
        enrolled_by=caller.id,
        reserved_for=reserved_for,
        waiver_reason=waiver_reason,
        repeats_id=await repeated(db, program, person_id),
    )
    with refusing({"uq_enrolments_one_seat": AlreadyEnrolled()}):
        db.add(enrolment)
        await db.flush()
    await db.refresh(enrolment)
    await _tell(db, "enrolment.created", enrolment, caller)
    return enrolment


async def withdraw(db: AsyncSession, caller: Caller, enrolment_id: UUID) -> Enrolment:
    """Give a seat back, once: by the participant, or by PLUT's staff on their behalf. It is offered to who waits.

    Raises EnrolmentNotFound, ParticipantOrStaffOnly, EnrolmentNotOpen. Emits enrolment.withdrawn.
    """
    _, enrolment = await _locked(db, caller, enrolment_id)
    require_participant_or_staff(caller)
    _require_open(enrolment)
    enrolment.state = EnrolmentState.withdrawn
    enrolment.version += 1
    await seats.count(db, enrolment.program_id, {enrolment.reserved_for: -1})
    await db.flush()
    await db.refresh(enrolment)
    await _tell(db, "enrolment.withdrawn", enrolment, caller)
    await offer_freed_seats(db, enrolment.program_id, by=caller)
    return enrolment


async def complete_enrolment(
    db: AsyncSession, caller: Caller, enrolment_id: UUID, waive_reason: str | None = None
) -> Enrolment:
    """Note that a participant completed a programme, by its rule or by a waiver of it; see `attendance.service`.

    Raises EnrolmentNotFound, OrganizerOnly, EnrolmentNotOpen, ProgramNotTaught, NotCompletedYet. Emits
    enrolment.completed, certificate.issued.
    """
    return await complete(db, caller, enrolment_id, waive_reason)


async def name_business(
    db: AsyncSession, caller: Caller, enrolment_id: UUID, if_match: str | None, actor_id: UUID
) -> Enrolment:
    """Say which business an enrolment is for: by the participant, or by PLUT's staff on their behalf.

    Raises EnrolmentNotFound, ParticipantOrStaffOnly, PreconditionRequired, PreconditionFailed, Invalid
    (`not_their_business`). Emits enrolment.changed, which also names the business it was for before.
    """
    enrolment = await require_enrolment(db, caller, enrolment_id, for_update=True)
    require_participant_or_staff(caller)
    require_match(enrolment, if_match)
    await require_owner_of(db, enrolment.person_id, actor_id)
    former_actor_id, enrolment.actor_id = enrolment.actor_id, actor_id
    enrolment.version += 1
    await db.flush()
    await db.refresh(enrolment)
    await _tell(db, "enrolment.changed", enrolment, caller, former_actor_id=former_actor_id)
    return enrolment


async def _free_seat(db: AsyncSession, program: Program, person_id: UUID) -> seats.Kind:
    """The kind of seat that a person gets in a locked programme. Raises ProgramFull, WaitingListFirst."""
    free = await seats.left(db, program)
    if not free:
        raise ProgramFull(extra=list_of(program.id))
    row = (await db.execute(seats.standing(program.id, person_id, free))).mappings().one()
    fitting = {kind for kind in free if kind is not None and row[f"fits_{kind}"]}
    unclaimed = {kind: number for kind, number in free.items() if not row[f"waits_{kind}"]}
    try:
        return seats.best(unclaimed, fitting)
    except LookupError:
        claimed = None in free or not fitting.isdisjoint(free)
        raise (WaitingListFirst if claimed else ProgramFull)(extra=list_of(program.id)) from None


async def _locked(db: AsyncSession, caller: Caller, enrolment_id: UUID) -> tuple[Program, Enrolment]:
    """The programme of an enrolment and then the enrolment, both locked. Raises EnrolmentNotFound."""
    mine = select(Enrolment.program_id).where(Enrolment.id == enrolment_id, enrolments_visible_to(caller))
    query = select(Program).where(Program.id == mine.scalar_subquery()).with_for_update(key_share=True)
    program = await db.scalar(query.execution_options(populate_existing=True))
    if program is None:
        raise EnrolmentNotFound()
    return program, await require_enrolment(db, caller, enrolment_id, for_update=True)


def _require_open(enrolment: Enrolment) -> None:
    if enrolment.state is not EnrolmentState.enrolled:
        raise EnrolmentNotOpen()


async def _tell(db: AsyncSession, event: str, enrolment: Enrolment, caller: Caller, **more: UUID | None) -> None:
    facts = {"program_id": enrolment.program_id, "person_id": enrolment.person_id, "actor_id": enrolment.actor_id}
    await outbox.record(db, event, enrolment.id, by=caller, **facts, **more)
