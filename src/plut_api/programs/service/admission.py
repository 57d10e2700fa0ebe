"""Whether somebody may take a seat in a programme, before it is asked whether one is free."""

from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from plut_api.actors.access import PLUT_STAFF, own_person, require_acting_for
from plut_api.actors.models import Ownership, Person, owns
from plut_api.kit import clock
from plut_api.kit.caller import Caller
from plut_api.kit.i18n import Text
from plut_api.kit.problems import Fault, Invalid, fault
from plut_api.programs.access import require_program
from plut_api.programs.fund_sources import DOCUMENT_NAMES, NEXT_STEPS
from plut_api.programs.models import Enrolment, EnrolmentState, Program, ProgramState, Shift, TrainingSession
from plut_api.programs.problems import (
    AlreadyEnrolled,
    DocumentsMissing,
    PrerequisiteMissing,
    ProgramNotOpen,
    SessionClash,
)
from plut_api.programs.requirements import DocumentAsked, missing_documents, prerequisite_met
from plut_api.reference.rules import rule_value

_PERSON_MISSING = fault("#/person_id", "missing", id="Sebutkan siapa pesertanya", en="Name the participant")
_NOT_THEIR_BUSINESS = fault(
    "#/actor_id",
    "not_their_business",
    id="Peserta tidak tercatat sebagai pemilik usaha ini",
    en="The participant is not on file as an owner of this business",
)
_WAIVED_BY_STAFF = fault(
    "#/waiver_reason",
    "staff_only",
    id="Hanya petugas PLUT yang dapat mengecualikan program dasar",
    en="Only PLUT's staff can do without the programme that comes before",
)
_CLASH = Text(
    id="{day}, giliran {id_shift}: sudah ada sesi {title}",
    en="{day}, {en_shift}: there is a session of {title} already",
)
_SHIFTS = {Shift.morning: ("pagi", "morning"), Shift.afternoon: ("siang", "afternoon")}
_DOCUMENT = Text(id="{id_name} belum ada di data Anda. {id_step}.", en="{en_name} is not on file. {en_step}.")
_SEATED = Enrolment.state != EnrolmentState.withdrawn
_TOPIC_MONTHS = "waiting.repeat_months"


async def participant(db: AsyncSession, caller: Caller, person_id: UUID | None) -> UUID:
    """Whom a seat is for: the caller, or whom PLUT's staff name. Raises PersonNotFound, RegisterFirst, Invalid."""
    if person_id is not None:
        return (await require_acting_for(db, caller, person_id)).id
    if not caller.is_person:
        raise Invalid(errors=[_PERSON_MISSING])
    return (await own_person(db, caller)).id


async def require_owner_of(db: AsyncSession, person_id: UUID, actor_id: UUID | None) -> None:
    """Let through a business that the person owns, or none. Raises Invalid (`not_their_business`)."""
    if actor_id is None:
        return
    owned = select(Ownership.id).where(Ownership.actor_id == actor_id, Ownership.person_id == person_id, owns())
    if await db.scalar(owned) is None:
        raise Invalid(errors=[_NOT_THEIR_BUSINESS])


async def admit(
    db: AsyncSession, caller: Caller, program_id: UUID, person_id: UUID, actor_id: UUID | None, waiver: str | None
) -> Program:
    """The programme, where nothing but a lack of seats can keep a person from it.

    The person's row stays locked, so that two seats that clash cannot be taken at once. Raises ProgramNotFound,
    ProgramNotOpen, AlreadyEnrolled, PrerequisiteMissing, DocumentsMissing, SessionClash, Invalid.
    """
    await require_owner_of(db, person_id, actor_id)
    if waiver is not None and caller.role not in PLUT_STAFF:
        raise Invalid(errors=[_WAIVED_BY_STAFF])
    await lock_person(db, person_id)
    program = await require_program(db, caller, program_id)
    if program.state is not ProgramState.published:
        raise ProgramNotOpen()
    mine = select(Enrolment.id).where(Enrolment.program_id == program_id, Enrolment.person_id == person_id, _SEATED)
    if await db.scalar(mine) is not None:
        raise AlreadyEnrolled()
    if waiver is None and not await prerequisite_met(db, program, person_id):
        raise PrerequisiteMissing(extra={"prerequisite_id": str(program.prerequisite_id)})
    missing = await missing_documents(db, program, person_id, actor_id)
    if missing:
        raise DocumentsMissing(errors=[_missing(asked) for asked in missing])
    await require_no_clash(db, program_id, person_id)
    return program


async def lock_person(db: AsyncSession, person_id: UUID) -> None:
    """Queue whoever takes seats for the same person at the same moment. Comes before the lock of a programme."""
    await db.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))


async def require_no_clash(db: AsyncSession, program_id: UUID, person_id: UUID) -> None:
    """Let through a programme whose sessions to come leave the person's others alone. Raises SessionClash."""
    here, there, taken = aliased(TrainingSession), aliased(TrainingSession), aliased(Enrolment)
    clashes = (
        select(Program.title, there.held_on, there.shift)
        .join_from(here, there, (there.held_on == here.held_on) & (there.shift == here.shift))
        .join(taken, taken.program_id == there.program_id)
        .join(Program, Program.id == there.program_id)
        .where(
            here.program_id == program_id,
            here.cancelled_at.is_(None),
            here.held_on >= clock.today(),
            there.program_id != program_id,
            there.cancelled_at.is_(None),
            taken.person_id == person_id,
            taken.state == EnrolmentState.enrolled,
            Program.state.in_((ProgramState.published, ProgramState.running)),
        )
        .order_by(there.held_on, there.shift.desc())
        .limit(20)
    )
    rows = (await db.execute(clashes)).all()
    if rows:
        raise SessionClash(errors=[_clash(row.title, row.held_on.isoformat(), row.shift) for row in rows])


async def repeated(db: AsyncSession, program: Program, person_id: UUID) -> UUID | None:
    """The latest seat of a person in another programme on one of the same topics, if that ended, or will, within the
    months before this one begins that make a repeat; it is told to the organizer and keeps nobody out.
    """
    months = await rule_value(db, _TOPIC_MONTHS)
    other = aliased(Program)
    since = func.make_interval(0, months)
    query = (
        select(Enrolment.id)
        .join(other, other.id == Enrolment.program_id)
        .where(
            Enrolment.person_id == person_id,
            _SEATED,
            other.id != program.id,
            other.state.in_((ProgramState.published, ProgramState.running, ProgramState.completed)),
            or_(*(other.topics.any_() == topic for topic in program.topics)),
            other.ends_on >= program.starts_on - since,
        )
        .order_by(other.ends_on.desc(), Enrolment.id.desc())
    )
    return await db.scalar(query.limit(1))


def _clash(title: str, day: str, shift: Shift) -> Fault:
    id_shift, en_shift = _SHIFTS[shift]
    words = _CLASH.filled(day=day, id_shift=id_shift, en_shift=en_shift, title=title)
    return Fault("#", "session_clash", words)


def _missing(asked: DocumentAsked) -> Fault:
    name, step = DOCUMENT_NAMES[asked.demand.code], NEXT_STEPS[asked.demand.code]
    words = _DOCUMENT.filled(id_name=name.id, en_name=name.en, id_step=step.id, en_step=step.en)
    return Fault("#/actor_id", f"{asked.demand.code}_missing", words)
