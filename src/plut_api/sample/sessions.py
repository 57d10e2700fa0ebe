"""Who teaches, and the sessions of invented programmes in the rooms of the building, mornings and afternoons."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.facilities.models import Room, RoomKind, Shift
from plut_api.facilities.service.series import Take
from plut_api.kit.caller import Caller
from plut_api.kit.clock import clock_at
from plut_api.programs.models import Program, Trainer
from plut_api.programs.schemas.sessions import SessionSeriesCreate
from plut_api.programs.schemas.trainers import TrainerCreate
from plut_api.programs.service import add_sessions
from plut_api.programs.service.trainers import note_trainer
from plut_api.sample.programs import Plan, days_before

EXPERTS = ("Dr. Baiq Contoh", "Lalu Ahli Contoh", "Siti Pengajar Contoh", "Abdul Praktisi Contoh")
TAUGHT_IN = frozenset({RoomKind.classroom, RoomKind.hall})
VILLAGE_HALL = "Balai desa (contoh)"


async def note_trainers(db: AsyncSession, dinas: Caller, organizers: Mapping[str, Caller]) -> dict[str, list[Trainer]]:
    """An officer and an expert from outside for each organization, by its code."""
    trainers = {}
    for number, (code, officer) in enumerate(organizers.items()):
        expert = f"{EXPERTS[number % len(EXPERTS)]} {number + 1}"
        staff = TrainerCreate(name=f"Pengajar contoh {code}", account_id=officer.id, organization_id=None)
        outside = TrainerCreate(name=expert, organization_id=officer.organization_id, about="Pengajar tamu (contoh).")
        trainers[code] = [await note_trainer(db, officer, staff), await note_trainer(db, dinas, outside)]
    return trainers


async def schedule(
    db: AsyncSession,
    organizer: Caller,
    program: Program,
    plan: Plan,
    rooms: Sequence[Room],
    trainers: Mapping[str, Sequence[Trainer]],
) -> int:
    """Three days in one shift, every fourth programme in both; every fifth in a village. How many sessions."""
    halls = [room for room in rooms if room.kind in TAUGHT_IN and room.capacity >= program.seats]
    room = None if plan.number % 5 == 4 else halls[plan.number % len(halls)]
    first = Shift.afternoon if plan.number % 3 == 2 else Shift.morning
    shifts = [first] if plan.number % 4 else [Shift.morning, Shift.afternoon]
    trainer = trainers[plan.course.organization][plan.number % 2]
    made = 0
    with clock_at(days_before(program.starts_on, 40)):
        for shift in shifts:
            made += await _series(db, organizer, program, shift, room, trainer.id)
        if not made:  # Holidays and other bookings left no day of the room.
            made = await _series(db, organizer, program, first, None, trainer.id)
    return made


async def _series(
    db: AsyncSession, organizer: Caller, program: Program, shift: Shift, room: Room | None, trainer_id: UUID
) -> int:
    given = SessionSeriesCreate(
        rule="FREQ=DAILY",
        first_on=program.starts_on,
        last_on=program.starts_on + timedelta(days=3),
        shift=shift,
        title=f"Materi {'pagi' if shift is Shift.morning else 'siang'} (contoh)",
        place=None if room is not None else VILLAGE_HALL,
        room_id=room.id if room is not None else None,
        trainer_ids=[trainer_id],
        take=Take.free,
    )
    return sum(day.session_id is not None for day in await add_sessions(db, organizer, program.id, given))
