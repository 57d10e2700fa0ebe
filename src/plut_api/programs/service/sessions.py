"""Adding sessions to programmes."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.facilities.access import require_room
from plut_api.facilities.service import Wish, book
from plut_api.identity.models import Account
from plut_api.kit import outbox
from plut_api.kit.caller import Caller, Kind
from plut_api.kit.database import refusing
from plut_api.kit.i18n import Text
from plut_api.kit.ids import new_id
from plut_api.kit.problems import Fault, Invalid, fault
from plut_api.programs.access import require_hand, require_program
from plut_api.programs.models import Program, TrainingSession
from plut_api.programs.problems import ProgramOver, SessionOnHoliday, SessionTaken
from plut_api.programs.schemas.programs import TrainingSessionCreate
from plut_api.programs.states import SESSIONS_WELCOME
from plut_api.reference.models import Holiday, HolidayKind

_TAKEN = {"uq_training_sessions_program_id_held_on_shift": SessionTaken()}
_ON_HOLIDAY = Text(id="Hari itu libur: {id_name}; pilih hari lain", en="That day is {en_name}; choose another day")
_TRAINER_UNKNOWN = fault(
    "#/trainer_id", "trainer_unknown", id="Tidak ada akun petugas ini", en="There is no such staff account"
)


async def add_session(
    db: AsyncSession, caller: Caller, program_id: UUID, given: TrainingSessionCreate
) -> TrainingSession:
    """Add a session on a day within the programme's period that is no national holiday.

    Joint leave (cuti bersama) is allowed: it binds offices, not training. Raises ProgramNotFound, OrganizerOnly,
    ProgramOver, Invalid (`outside_period`, `trainer_unknown`), SessionOnHoliday, SessionTaken; with a room also what
    `facilities.service.book` raises. Emits session.added.
    """
    program = await require_program(db, caller, program_id, for_update=True)
    require_hand(caller, program)
    if program.state not in SESSIONS_WELCOME:
        raise ProgramOver()
    faults = _period_faults(program, given) + await _trainer_faults(db, given.trainer_id)
    if faults:
        raise Invalid(errors=faults)
    await _refuse_holiday(db, given)
    session = TrainingSession(id=new_id(), program_id=program.id, **given.model_dump(exclude={"room_id"}))
    with refusing(_TAKEN):
        db.add(session)
        await db.flush()
    if given.room_id is not None:
        await _book_room(db, caller, program, session, given.room_id)
    await db.refresh(session)
    await outbox.record(db, "session.added", session.id, by=caller, program_id=program.id)
    return session


async def _book_room(
    db: AsyncSession, caller: Caller, program: Program, session: TrainingSession, room_id: UUID
) -> None:
    """Ask for a room for all seats; its name is the place, unless another was named."""
    wish = Wish(room_id, session.shift, session.title, program.seats, session_id=session.id)
    session.booking_id = (await book(db, caller, wish, session.held_on)).id
    session.place = session.place or (await require_room(db, room_id)).name
    await db.flush()


def _period_faults(program: Program, given: TrainingSessionCreate) -> list[Fault]:
    if program.starts_on <= given.held_on <= program.ends_on:
        return []
    first, last = program.starts_on.isoformat(), program.ends_on.isoformat()
    return [
        fault(
            "#/held_on",
            "outside_period",
            id=f"Sesi harus antara {first} dan {last}",
            en=f"A session must lie between {first} and {last}",
        )
    ]


async def _trainer_faults(db: AsyncSession, trainer_id: UUID | None) -> list[Fault]:
    if trainer_id is None:
        return []
    staff = select(Account.id).where(Account.id == trainer_id, Account.kind == Kind.staff)
    return [] if await db.scalar(staff) else [_TRAINER_UNKNOWN]


async def _refuse_holiday(db: AsyncSession, given: TrainingSessionCreate) -> None:
    holiday = await db.get(Holiday, (given.held_on, HolidayKind.national))
    if holiday is not None:
        words = _ON_HOLIDAY.filled(id_name=holiday.name_id, en_name=holiday.name_en)
        raise SessionOnHoliday(detail=words, errors=[Fault("#/held_on", "national_holiday", words)])
