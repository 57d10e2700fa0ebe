"""What programmes do about events: rooms and trainers of what is off are free for others, who takes part is told.

In the worker, because whoever moves a session may be behind the wall of an OPD, where neither the bookings of others
nor messages can be written.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.facilities.models import Room
from plut_api.facilities.service import give_back
from plut_api.kit import clock, messages, outbox
from plut_api.kit.outbox import Event, on
from plut_api.programs.models import (
    Enrolment,
    EnrolmentState,
    Program,
    ProgramState,
    ProgramTransition,
    TrainingSession,
)


@on("session.moved", "session.changed", "session.cancelled")
async def free_former_room(db: AsyncSession, event: Event) -> None:
    """Give back what rooms a session holds besides its present one: those that its mover could not see."""
    session = await db.get(TrainingSession, event.subject_id)
    if session is not None:
        await give_back(db, [session.id], kept=session.booking_id if session.cancelled_at is None else None)


@on("session.moved", "session.cancelled")
async def tell_participants(db: AsyncSession, event: Event) -> None:
    """Tell who takes part when and where a session is now, or that it was called off; of what is past nobody is told.

    What is told is how the session stands when it is told, so a later move that overtook this one is told once.
    """
    session = await db.get(TrainingSession, event.subject_id)
    if session is None or session.held_on < clock.today():
        return
    called_off = session.cancelled_at is not None
    if called_off != (event.name == "session.cancelled"):
        return
    title = await db.scalar(select(Program.title).where(Program.id == session.program_id)) or ""
    facts: dict[str, Any] = {"program": title, "held_on": session.held_on.isoformat(), "shift": session.shift.value}
    facts |= {"reason": session.cancel_reason} if called_off else {"place": session.place or "-"}
    seated = select(Enrolment.person_id).where(
        Enrolment.program_id == session.program_id, Enrolment.state == EnrolmentState.enrolled
    )
    key = f"{session.id}:{session.version}"
    letters = [messages.Letter(person_id, facts, key) for person_id in await db.scalars(seated)]
    template = "session_cancelled" if called_off else "session_moved"
    await messages.send_all(db, template=template, letters=letters, kind=messages.Kind.decision)


@on("booking.cancelled", "booking.rejected")
async def lose_the_room(db: AsyncSession, event: Event) -> None:
    """The room of a session was refused or taken back: it stands without one, and who takes part is told.

    Emits session.moved.
    """
    if not event.facts.get("session_id"):
        return
    query = select(TrainingSession).where(
        TrainingSession.id == UUID(event.facts["session_id"]),
        TrainingSession.booking_id == event.subject_id,
        TrainingSession.cancelled_at.is_(None),
    )
    session = await db.scalar(query.with_for_update())
    if session is None or session.room_id is None:
        return
    if session.place == await db.scalar(select(Room.name).where(Room.id == session.room_id)):
        session.place = None
    session.room_id = session.booking_id = None
    session.version += 1
    await db.flush()
    facts = {"program_id": session.program_id, "held_on": session.held_on.isoformat(), "shift": session.shift.value}
    await outbox.record(db, "session.moved", session.id, by=None, **facts)


@on("program.cancelled")
async def call_sessions_off(db: AsyncSession, event: Event) -> None:
    """A programme was called off: what it still had to hold is too, for the same reason, so rooms and trainers are free
    for others. That the programme is off is told elsewhere, once.
    """
    reason = await db.scalar(
        select(ProgramTransition.reason)
        .where(ProgramTransition.program_id == event.subject_id, ProgramTransition.to_state == ProgramState.cancelled)
        .order_by(ProgramTransition.id.desc())
        .limit(1)
    )
    coming = select(TrainingSession).where(
        TrainingSession.program_id == event.subject_id,
        TrainingSession.held_on >= clock.today(),
        TrainingSession.cancelled_at.is_(None),
    )
    sessions = (await db.scalars(coming.order_by(TrainingSession.id).with_for_update())).all()
    for session in sessions:
        session.cancelled_at, session.cancel_reason = clock.now(), reason or "-"
        session.version += 1
    await db.flush()
    await give_back(db, [session.id for session in sessions])
