"""What stands in the way of a session on a day, for one day or for many at once: statements do not grow with days.

Who adds or moves sessions has the programme's row, and queues for each trainer and then for the room's time, always in
this order; the unique indexes stand behind it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.facilities.models import OpeningException, Room
from plut_api.facilities.service.holding import lock_things
from plut_api.facilities.words import next_free
from plut_api.kit.i18n import Text
from plut_api.kit.problems import Fault, fault
from plut_api.programs.models import Program, SessionTrainer, Shift, Trainer, TrainingSession
from plut_api.programs.problems import ProgramOver, SessionOnHoliday, SessionTaken, TrainerTaken
from plut_api.programs.states import SESSIONS_WELCOME
from plut_api.reference.models import Holiday, HolidayKind

SHIFT_NAMES: Mapping[Shift, Text] = {
    Shift.morning: Text(id="pagi", en="morning"),
    Shift.afternoon: Text(id="siang", en="afternoon"),
}
_ON_HOLIDAY = Text(id="Hari itu libur: {id_name}; pilih hari lain", en="That day is {en_name}; choose another day")
_TAUGHT_THEN = Text(
    id="Pengajar ini sudah mengajar pada {day}, giliran {id_shift}",
    en="This trainer teaches elsewhere on {day} in the {en_shift}",
)
_MET_THEN = Text(
    id="Program ini sudah bertemu pada {day}, giliran {id_shift}; pilih yang lain",
    en="The programme meets on {day} in the {en_shift} already; choose another",
)
_MOST_NAMED, _LOOK_AHEAD = 3, 21


@dataclass(frozen=True)
class Plan:
    """A session as it is wanted, but for its day."""

    shift: Shift
    title: str
    place: str | None
    room_id: UUID | None
    trainer_ids: Sequence[UUID]


def require_changeable(program: Program) -> None:
    """Let programmes through whose sessions can change. Raises ProgramOver for merged, completed, cancelled ones."""
    if program.state not in SESSIONS_WELCOME or program.merged_into is not None:
        raise ProgramOver()


def period_faults(program: Program, day: date, pointer: str = "#/held_on") -> list[Fault]:
    """A day must lie in the programme's period."""
    if program.starts_on <= day <= program.ends_on:
        return []
    first, last = program.starts_on.isoformat(), program.ends_on.isoformat()
    return [
        fault(
            pointer,
            "outside_period",
            id=f"Sesi harus antara {first} dan {last}",
            en=f"A session must lie between {first} and {last}",
        )
    ]


async def trainer_faults(db: AsyncSession, trainer_ids: Sequence[UUID], known: Sequence[UUID] = ()) -> list[Fault]:
    """Trainers must be there and active; who teaches in the session already stays."""
    if not trainer_ids:
        return []
    there = select(Trainer.id).where(Trainer.id.in_(trainer_ids), Trainer.is_active)
    found = {*(await db.scalars(there)), *known}
    return [_trainer_unknown(at) for at, trainer_id in enumerate(trainer_ids) if trainer_id not in found]


def _trainer_unknown(at: int) -> Fault:
    return fault(
        f"#/trainer_ids/{at}",
        "trainer_unknown",
        id="Tidak ada pengajar aktif ini; cari di /v1/trainers",
        en="There is no such active trainer; look in /v1/trainers",
    )


async def holidays_on(db: AsyncSession, days: Sequence[date], room_id: UUID | None) -> dict[date, Holiday]:
    """The national holidays among days, but for those on which the building of the room is open nevertheless.

    Joint leave (cuti bersama) is none: it binds offices, not training.
    """
    query = select(Holiday).where(Holiday.day.in_(days), Holiday.kind == HolidayKind.national)
    if room_id is not None:
        opened = select(OpeningException.on_date).join(Room, Room.facility_id == OpeningException.facility_id)
        query = query.where(Holiday.day.not_in(opened.where(Room.id == room_id, OpeningException.is_open)))
    return {holiday.day: holiday for holiday in await db.scalars(query)}


async def refuse_holiday(db: AsyncSession, program: Program, day: date, room_id: UUID | None) -> None:
    """Raises SessionOnHoliday, with the next days of the programme that are none."""
    holiday = (await holidays_on(db, [day], room_id)).get(day)
    if holiday is None:
        return
    words = holiday_words(holiday)
    days = [day + timedelta(days=at) for at in range(1, _LOOK_AHEAD)]
    inside = [one for one in days if program.starts_on <= one <= program.ends_on]
    others = await holidays_on(db, inside, room_id) if inside else {}
    written = [one.isoformat() for one in inside if one not in others][:_MOST_NAMED]
    raise SessionOnHoliday(
        detail=next_free(words, written),
        errors=[Fault("#/held_on", "national_holiday", words)],
        extra={"next_free_days": written},
    )


def holiday_words(holiday: Holiday) -> Text:
    """That a day is a holiday, by its name."""
    return _ON_HOLIDAY.filled(id_name=holiday.name_id, en_name=holiday.name_en)


async def meetings_on(
    db: AsyncSession, program_id: UUID, days: Sequence[date], shift: Shift, but: UUID | None = None
) -> set[date]:
    """The days on which the programme meets in this shift already, in another session."""
    query = select(TrainingSession.held_on).where(
        TrainingSession.program_id == program_id,
        TrainingSession.held_on.in_(days),
        TrainingSession.shift == shift,
        TrainingSession.cancelled_at.is_(None),
    )
    return set(await db.scalars(query if but is None else query.where(TrainingSession.id != but)))


async def taught_on(
    db: AsyncSession, trainer_ids: Sequence[UUID], days: Sequence[date], shift: Shift, but: UUID | None = None
) -> dict[date, set[UUID]]:
    """By day, who of these trainers teaches elsewhere in this shift. They are locked until the commit."""
    if not trainer_ids:
        return {}
    await lock_things(db, trainer_ids)
    query = select(SessionTrainer.held_on, SessionTrainer.trainer_id).where(
        SessionTrainer.trainer_id.in_(trainer_ids),
        SessionTrainer.held_on.in_(days),
        SessionTrainer.shift == shift,
        SessionTrainer.is_held,
    )
    found: dict[date, set[UUID]] = {}
    for row in await db.execute(query if but is None else query.where(SessionTrainer.session_id != but)):
        found.setdefault(row.held_on, set()).add(row.trainer_id)
    return found


async def refuse_overlap(db: AsyncSession, day: date, plan: Plan, but: UUID | None = None) -> None:
    """Raises TrainerTaken, which names each trainer's place in the request, with day and shift."""
    busy = (await taught_on(db, plan.trainer_ids, [day], plan.shift, but)).get(day, set())
    errors = overlap_faults(plan, day, busy)
    if errors:
        raise TrainerTaken(detail=taught_then(day, plan.shift), errors=errors)


def overlap_faults(plan: Plan, day: date, busy: set[UUID]) -> list[Fault]:
    """Those trainers of a plan who teach elsewhere."""
    return [
        Fault(f"#/trainer_ids/{at}", "trainer_taken", taught_then(day, plan.shift))
        for at, trainer_id in enumerate(plan.trainer_ids)
        if trainer_id in busy
    ]


def taught_then(day: date, shift: Shift) -> Text:
    """That a trainer teaches elsewhere then."""
    return _when(_TAUGHT_THEN, day, shift)


def met_then(day: date, shift: Shift) -> Text:
    """That the programme meets then already."""
    return _when(_MET_THEN, day, shift)


def _when(words: Text, day: date, shift: Shift) -> Text:
    name = SHIFT_NAMES[shift]
    return words.filled(day=day.isoformat(), id_shift=name.id, en_shift=name.en)


def races(day: date, shift: Shift) -> dict[str, SessionTaken | TrainerTaken]:
    """What the unique indexes mean for a session on a day."""
    return {
        "uq_training_sessions_one_at_a_time": SessionTaken(detail=met_then(day, shift)),
        "uq_session_trainers_one_place": TrainerTaken(detail=taught_then(day, shift)),
    }
