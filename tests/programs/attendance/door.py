"""A programme that runs, with sessions that are open the whole day, and what is said at its door."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Person
from plut_api.facilities.models import Facility, OpeningShift, Room, RoomKind, Shift
from plut_api.identity.models import Account
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.ids import new_id
from plut_api.kit.outbox import Event
from plut_api.programs.attendance.codes import codes_from
from plut_api.programs.attendance.models import Attendance, How
from plut_api.programs.models import Enrolment, Program, ProgramState, TrainingSession
from plut_api.worker import work_off
from tests.factories import VILLAGES, Make
from tests.programs import teaching

Sessions = async_sessionmaker[AsyncSession]
RULES = {"attendance.code_seconds": 60, "attendance.clock_seconds": 120}


@dataclass
class Training:
    """A programme with its organizer, sessions, and people who take part."""

    program: Program
    organizer: Account
    sessions: list[TrainingSession]
    people: list[Person] = field(default_factory=list)
    enrolments: list[Enrolment] = field(default_factory=list)

    @property
    def session(self) -> TrainingSession:
        """The first session, which is yesterday's if there are several."""
        return self.sessions[0]

    @property
    def today(self) -> TrainingSession:
        """The last session, which is today's."""
        return self.sessions[-1]


async def training(make: Make, people: int = 1, sessions: int = 1, **given: Any) -> Training:
    """A programme that runs, a session a day until today, and so many participants."""
    opd = await make.organization()
    today = clock.today()
    values = {"state": ProgramState.running, "starts_on": today - timedelta(days=30), "ends_on": today} | given
    made = Training(await make.program(opd, **values), await make.staff(Role.opd, opd), [])
    room = await room_all_day(make)
    for ago in reversed(range(sessions)):
        day = today - timedelta(days=ago)
        made.sessions.append(await teaching.session(make, made.program, held_on=day, room_id=room.id))
    for _ in range(people):
        made.people.append(await make.person())
        made.enrolments.append(await make.enrolment(made.program, made.people[-1]))
    return made


async def room_all_day(make: Make) -> Room:
    """A room in a building whose morning lasts the whole day, so that tests do not depend on the hour."""
    number = str(new_id())[-12:].upper()
    house = Facility(id=new_id(), code=f"TERBUKA-{number}", name="Balai Contoh", village_code=VILLAGES[0])
    await make.add(house)
    hours = {"shift": Shift.morning, "since": time(0), "until": time(23, 59)}
    await make.add(*(OpeningShift(facility_id=house.id, weekday=day, **hours) for day in range(1, 8)))
    room = Room(id=new_id(), facility_id=house.id, code=f"T-{number}", name="Aula", kind=RoomKind.hall, capacity=99)
    room.features = []
    await make.add(room)
    return room


def shown(session: TrainingSession, at: datetime | None = None) -> str:
    """The code that is shown at the door of a session."""
    return codes_from(session.id, at or clock.now(), 1, RULES)[0].code


def noon(day: date) -> datetime:
    """Noon of a day in WITA."""
    return datetime.combine(day, time(12), clock.WITA)


def row(enrolment: Enrolment, at: datetime | None = None, **given: Any) -> dict[str, Any]:
    """A row of an upload: somebody came."""
    return {"enrolment_id": str(enrolment.id), "came": True, "at": (at or clock.now()).isoformat()} | given


async def came(make: Make, session: TrainingSession, *enrolments: Enrolment) -> None:
    """That participants came to a session, as rows."""
    at = noon(session.held_on)
    said = {"came": True, "at": at, "recorded_at": at, "how": How.organizer, "recorded_by": new_id()}
    await make.add(*(Attendance(session_id=session.id, enrolment_id=one.id, **said) for one in enrolments))


async def worked_off(app: FastAPI) -> None:
    """The worker has done what there was to do."""
    await work_off(app.state.settings)


async def told(sessions: Sessions, name: str) -> list[Event]:
    """The events of a name, in the order they were written."""
    async with sessions() as db:
        return list(await db.scalars(select(Event).where(Event.name == name).order_by(Event.id)))
