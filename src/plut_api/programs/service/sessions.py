"""Adding, moving and cancelling the sessions of programmes, with their rooms and trainers."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.facilities.access import require_room
from plut_api.facilities.problems import RoomNotAvailable
from plut_api.facilities.service import Wish, book, release
from plut_api.facilities.service.holding import lock_times, share_facility
from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller
from plut_api.kit.database import refusing
from plut_api.kit.etags import require_match
from plut_api.kit.ids import new_id
from plut_api.kit.problems import Fault, Invalid
from plut_api.programs.access import programs_visible_to, require_hand, require_program
from plut_api.programs.attendance.models import Attendance
from plut_api.programs.models import Program, SessionTrainer, TrainingSession
from plut_api.programs.problems import SessionAttended, SessionCancelled, SessionNotFound, SessionTaken
from plut_api.programs.schemas.sessions import TrainingSessionCreate
from plut_api.programs.service.session_rules import (
    Plan,
    meetings_on,
    met_then,
    period_faults,
    races,
    refuse_holiday,
    refuse_overlap,
    require_changeable,
    trainer_faults,
)

_WHEN_AND_WHERE = ("held_on", "shift", "place", "room_id")
_OF_A_SESSION = {"#/on_date": "#/held_on", "#/attendees": "#/room_id"}


async def add_session(
    db: AsyncSession, caller: Caller, program_id: UUID, given: TrainingSessionCreate
) -> TrainingSession:
    """Add a session on a day within the programme's period that is no national holiday.

    Joint leave (cuti bersama) is allowed: it binds offices, not training. Raises ProgramNotFound, OrganizerOnly,
    ProgramOver, Invalid (`outside_period`, `trainer_unknown`), SessionOnHoliday, SessionTaken, TrainerTaken; with a
    room also what `facilities.service.book` raises. Emits session.added.
    """
    program = await require_program(db, caller, program_id, for_update=True)
    require_hand(caller, program)
    require_changeable(program)
    plan = Plan(given.shift, given.title, given.place, given.room_id, given.trainer_ids)
    faults = period_faults(program, given.held_on) + await trainer_faults(db, plan.trainer_ids)
    if faults:
        raise Invalid(errors=faults)
    await refuse_holiday(db, program, given.held_on, plan.room_id)
    await _refuse_meeting(db, program, given.held_on, plan)
    await refuse_overlap(db, given.held_on, plan)
    session = new_session(program.id, given.held_on, plan)
    with refusing(races(session.held_on, session.shift)):
        db.add(session)
        await db.flush()
        await _teach(db, session, plan.trainer_ids)
    if plan.room_id is not None:
        await _book_room(db, caller, program, session, plan.room_id)
    await db.refresh(session)
    await _tell(db, caller, "session.added", session)
    return session


async def change_session(
    db: AsyncSession, caller: Caller, session_id: UUID, if_match: str | None, changes: Mapping[str, Any]
) -> TrainingSession:
    """Change a session, or move it to another day, shift, room or trainers; the room it had is given back.

    Raises SessionNotFound, OrganizerOnly, PreconditionRequired, PreconditionFailed, ProgramOver, SessionCancelled,
    SessionAttended (attendance was noted, so its day and shift stay) and what `add_session` raises. Emits session.moved
    if participants have to know, else session.changed.
    """
    program, session = await _locked(db, caller, session_id)
    require_match(session, if_match)
    _require_open(program, session)
    before = await _trainers_of(db, session.id)
    day: date = changes.get("held_on", session.held_on)
    plan = _planned(session, changes, [row.trainer_id for row in before])
    moves = (day, plan.shift) != (session.held_on, session.shift)
    await _refuse_change(db, program, session, day, plan, [row.trainer_id for row in before])
    told = tuple(getattr(session, name) for name in _WHEN_AND_WHERE)
    await _release_trainers(db, [row for row in before if row.trainer_id not in plan.trainer_ids])
    rebooks = plan.room_id != session.room_id or (moves and plan.room_id is not None)
    if rebooks:
        await _queue_for_rooms(db, session, day, plan)
    had = (session.room_id, session.booking_id, session.place)
    session.held_on, session.shift, session.title, session.place = day, plan.shift, plan.title, plan.place
    session.version += 1
    with refusing(races(day, plan.shift)):
        await db.flush()
        taught = {row.trainer_id for row in before}
        await _teach(db, session, [trainer_id for trainer_id in plan.trainer_ids if trainer_id not in taught])
    if rebooks:
        await _rebook(db, caller, program, session, plan, had)
    await db.refresh(session)
    moved = told != tuple(getattr(session, name) for name in _WHEN_AND_WHERE)
    await _tell(db, caller, "session.moved" if moved else "session.changed", session)
    return session


async def cancel_session(db: AsyncSession, caller: Caller, session_id: UUID, reason: str) -> TrainingSession:
    """Call a session off: its room is given back, its trainers are free, its participants are told.

    Raises SessionNotFound, OrganizerOnly, ProgramOver, SessionCancelled. Emits session.cancelled.
    """
    program, session = await _locked(db, caller, session_id)
    _require_open(program, session)
    session.cancelled_at, session.cancel_reason = clock.now(), reason
    session.version += 1
    await db.flush()
    if session.booking_id is not None:
        await release(db, caller, session.booking_id)
    await db.refresh(session)
    await _tell(db, caller, "session.cancelled", session)
    return session


def new_session(program_id: UUID, day: date, plan: Plan) -> TrainingSession:
    """A row for a planned session, without its room."""
    return TrainingSession(
        id=new_id(), program_id=program_id, held_on=day, shift=plan.shift, title=plan.title, place=plan.place
    )


def teaching(session: TrainingSession, trainer_ids: Sequence[UUID]) -> list[SessionTrainer]:
    """Rows for those who teach in a session that is held."""
    return [
        SessionTrainer(
            session_id=session.id, trainer_id=trainer_id, held_on=session.held_on, shift=session.shift, is_held=True
        )
        for trainer_id in trainer_ids
    ]


@contextmanager
def as_of_a_session() -> Iterator[None]:
    """Have what stands in the way of a room point to the fields of a session."""
    try:
        yield
    except RoomNotAvailable as problem:
        problem.errors = [
            Fault(_OF_A_SESSION.get(one.pointer, one.pointer), one.code, one.message) for one in problem.errors
        ]
        raise


async def _locked(db: AsyncSession, caller: Caller, session_id: UUID) -> tuple[Program, TrainingSession]:
    """A session within the caller's reach, with its programme, both locked, the programme first."""
    of_it = select(Program.id).join(TrainingSession, TrainingSession.program_id == Program.id)
    program_id = await db.scalar(of_it.where(TrainingSession.id == session_id, programs_visible_to(caller)))
    if program_id is None:
        raise SessionNotFound()
    program = await require_program(db, caller, program_id)
    require_hand(caller, program)
    program = await require_program(db, caller, program_id, for_update=True)
    query = select(TrainingSession).where(TrainingSession.id == session_id, TrainingSession.program_id == program.id)
    session = await db.scalar(query.with_for_update(key_share=True).execution_options(populate_existing=True))
    if session is None:  # A merge of programmes took it along meanwhile.
        raise SessionNotFound()
    return program, session


def _require_open(program: Program, session: TrainingSession) -> None:
    require_changeable(program)
    if session.cancelled_at is not None:
        raise SessionCancelled()


def _planned(session: TrainingSession, changes: Mapping[str, Any], trainer_ids: Sequence[UUID]) -> Plan:
    return Plan(
        changes.get("shift", session.shift),
        changes.get("title", session.title),
        changes.get("place", session.place),
        changes.get("room_id", session.room_id),
        changes.get("trainer_ids", trainer_ids),
    )


async def _refuse_change(
    db: AsyncSession, program: Program, session: TrainingSession, day: date, plan: Plan, before: Sequence[UUID]
) -> None:
    """Hold a session as it is to be against the rules, as far as it changes."""
    if (day, plan.shift) != (session.held_on, session.shift):
        noted = select(Attendance.id).where(Attendance.session_id == session.id, Attendance.came)
        if await db.scalar(noted.limit(1)) is not None:
            raise SessionAttended()
    faults = period_faults(program, day) if day != session.held_on else []
    faults += await trainer_faults(db, plan.trainer_ids, before)
    if faults:
        raise Invalid(errors=faults)
    if day != session.held_on or plan.room_id != session.room_id:
        await refuse_holiday(db, program, day, plan.room_id)
    await _refuse_meeting(db, program, day, plan, session.id)
    await refuse_overlap(db, day, plan, session.id)


async def _refuse_meeting(db: AsyncSession, program: Program, day: date, plan: Plan, but: UUID | None = None) -> None:
    if await meetings_on(db, program.id, [day], plan.shift, but):
        raise SessionTaken(detail=met_then(day, plan.shift))


async def _trainers_of(db: AsyncSession, session_id: UUID) -> Sequence[SessionTrainer]:
    return (await db.scalars(select(SessionTrainer).where(SessionTrainer.session_id == session_id))).all()


async def _release_trainers(db: AsyncSession, rows: Sequence[SessionTrainer]) -> None:
    for row in rows:
        await db.delete(row)
    await db.flush()


async def _teach(db: AsyncSession, session: TrainingSession, trainer_ids: Sequence[UUID]) -> None:
    db.add_all(teaching(session, trainer_ids))
    await db.flush()


async def _book_room(
    db: AsyncSession, caller: Caller, program: Program, session: TrainingSession, room_id: UUID
) -> None:
    """Ask for a room for all seats; its name is the place, unless another was named."""
    wish = Wish(room_id, session.shift, session.title, program.seats, session_id=session.id)
    with as_of_a_session():
        booking = await book(db, caller, wish, session.held_on)
    session.booking_id, session.room_id = booking.id, room_id
    session.place = session.place or (await require_room(db, room_id)).name
    await db.flush()


async def _queue_for_rooms(db: AsyncSession, session: TrainingSession, day: date, plan: Plan) -> None:
    """Lock the room that is given back and the one that is asked for at once, so that two who swap do not block."""
    if plan.room_id is not None:
        await share_facility(db, (await require_room(db, plan.room_id)).facility_id)
    rooms = {room_id for room_id in (plan.room_id, session.room_id) if room_id is not None}
    await lock_times(db, rooms, [(day, plan.shift), (session.held_on, session.shift)])


async def _rebook(
    db: AsyncSession,
    caller: Caller,
    program: Program,
    session: TrainingSession,
    plan: Plan,
    had: tuple[UUID | None, UUID | None, str | None],
) -> None:
    """Take the room of the plan, if any, and give back the one that the session had."""
    room_id, booking_id, place = had
    if room_id is not None and plan.place == place == (await require_room(db, room_id)).name:
        session.place = None  # It was the room's name, and follows the room.
    session.room_id = session.booking_id = None
    await db.flush()
    if plan.room_id is not None:
        await _book_room(db, caller, program, session, plan.room_id)
    if booking_id is not None:
        await release(db, caller, booking_id)


async def _tell(db: AsyncSession, caller: Caller, event: str, session: TrainingSession) -> None:
    await outbox.record(
        db,
        event,
        session.id,
        by=caller,
        program_id=session.program_id,
        held_on=session.held_on.isoformat(),
        shift=session.shift.value,
    )
