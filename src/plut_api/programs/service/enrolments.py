"""Taking, giving back and completing seats.

Whoever needs both locks the programme before the enrolment, so that those who take a seat and those who give one back
queue instead of waiting for each other.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.access import PLUT_STAFF, own_person, require_acting_for
from plut_api.actors.models import Ownership, owns
from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller
from plut_api.kit.database import refusing
from plut_api.kit.etags import require_match
from plut_api.kit.ids import new_id
from plut_api.kit.problems import Invalid, Problem, fault
from plut_api.programs.access import (
    enrolments_visible_to,
    require_enrolment,
    require_hand,
    require_participant_or_staff,
    require_program,
)
from plut_api.programs.models import Enrolment, EnrolmentState, Program, ProgramState
from plut_api.programs.problems import (
    AlreadyEnrolled,
    EnrolmentNotFound,
    EnrolmentNotOpen,
    ProgramFull,
    ProgramNotOpen,
    ProgramNotTaught,
)
from plut_api.programs.states import TAUGHT

_PERSON_MISSING = fault("#/person_id", "missing", id="Sebutkan siapa pesertanya", en="Name the participant")
_NOT_THEIR_BUSINESS = fault(
    "#/actor_id",
    "not_their_business",
    id="Peserta tidak tercatat sebagai pemilik usaha ini",
    en="The participant is not on file as an owner of this business",
)


async def enrol(
    db: AsyncSession, caller: Caller, program_id: UUID, person_id: UUID | None = None, actor_id: UUID | None = None
) -> Enrolment:
    """Give a person a seat: the caller, or for PLUT's staff whom they name; the business must be the person's.

    One statement takes the seat if there is one, and its row lock queues the others; the rollback of a refusal gives
    it back. Raises PersonNotFound, RegisterFirst, ProgramNotFound, ProgramNotOpen, ProgramFull, AlreadyEnrolled,
    Invalid (`not_their_business`). Emits enrolment.created.
    """
    person_id = await _participant(db, caller, person_id)
    await _require_owner(db, person_id, actor_id)
    seat = await db.scalar(
        _counted(program_id, 1)
        .where(Program.state == ProgramState.published, Program.seats_taken < Program.seats)
        .returning(Program.id)
    )
    if seat is None:
        raise await _refusal(db, caller, program_id, person_id)
    enrolment = Enrolment(
        id=new_id(), program_id=program_id, person_id=person_id, actor_id=actor_id, enrolled_by=caller.id
    )
    with refusing({"uq_enrolments_one_seat": AlreadyEnrolled()}):
        db.add(enrolment)
        await db.flush()
    await db.refresh(enrolment)
    await _tell(db, "enrolment.created", enrolment, caller)
    return enrolment


async def withdraw(db: AsyncSession, caller: Caller, enrolment_id: UUID) -> Enrolment:
    """Give a seat back, once: by the participant, or by PLUT's staff on their behalf.

    Raises EnrolmentNotFound, ParticipantOrStaffOnly, EnrolmentNotOpen. Emits enrolment.withdrawn.
    """
    _, enrolment = await _locked(db, caller, enrolment_id)
    require_participant_or_staff(caller)
    _require_open(enrolment)
    enrolment.state = EnrolmentState.withdrawn
    enrolment.version += 1
    await db.execute(_counted(enrolment.program_id, -1))
    await db.flush()
    await db.refresh(enrolment)
    await _tell(db, "enrolment.withdrawn", enrolment, caller)
    return enrolment


async def complete_enrolment(db: AsyncSession, caller: Caller, enrolment_id: UUID) -> Enrolment:
    """Note that a participant completed a programme that runs or has ended: by its organizer or PLUT's staff.

    Raises EnrolmentNotFound, OrganizerOnly, EnrolmentNotOpen, ProgramNotTaught. Emits enrolment.completed.
    """
    program, enrolment = await _locked(db, caller, enrolment_id)
    if caller.role not in PLUT_STAFF:
        require_hand(caller, program)
    _require_open(enrolment)
    if program.state not in TAUGHT:
        raise ProgramNotTaught()
    enrolment.state = EnrolmentState.completed
    enrolment.completed_at = clock.now()
    enrolment.version += 1
    await db.flush()
    await db.refresh(enrolment)
    await _tell(db, "enrolment.completed", enrolment, caller)
    return enrolment


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
    await _require_owner(db, enrolment.person_id, actor_id)
    former_actor_id, enrolment.actor_id = enrolment.actor_id, actor_id
    enrolment.version += 1
    await db.flush()
    await db.refresh(enrolment)
    await _tell(db, "enrolment.changed", enrolment, caller, former_actor_id=former_actor_id)
    return enrolment


def _counted(program_id: UUID, by: int) -> Any:
    """The statement that moves the counter of seats; what a programme shows changes with it, so its version does."""
    statement = update(Program).where(Program.id == program_id)
    statement = statement.values(seats_taken=Program.seats_taken + by, version=Program.version + 1)
    return statement.execution_options(synchronize_session=False)


async def _refusal(db: AsyncSession, caller: Caller, program_id: UUID, person_id: UUID) -> Problem:
    """Why there was no seat. Raises ProgramNotFound."""
    program = await require_program(db, caller, program_id)
    if program.state is not ProgramState.published:
        return ProgramNotOpen()
    seated = select(Enrolment.id).where(
        Enrolment.program_id == program_id,
        Enrolment.person_id == person_id,
        Enrolment.state != EnrolmentState.withdrawn,
    )
    return AlreadyEnrolled() if await db.scalar(seated) else ProgramFull()


async def _participant(db: AsyncSession, caller: Caller, person_id: UUID | None) -> UUID:
    if person_id is not None:
        return (await require_acting_for(db, caller, person_id)).id
    if not caller.is_person:
        raise Invalid(errors=[_PERSON_MISSING])
    return (await own_person(db, caller)).id


async def _require_owner(db: AsyncSession, person_id: UUID, actor_id: UUID | None) -> None:
    if actor_id is None:
        return
    owned = select(Ownership.id).where(Ownership.actor_id == actor_id, Ownership.person_id == person_id, owns())
    if await db.scalar(owned) is None:
        raise Invalid(errors=[_NOT_THEIR_BUSINESS])


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
