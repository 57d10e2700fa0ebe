"""A month at a glance for everybody, and use against capacity for those who run the building."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.facilities.models import Closure
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.ids import new_id
from plut_api.kit.outbox import Event
from plut_api.programs.handlers import call_sessions_off
from plut_api.programs.models import ProgramState
from tests.conftest import Api
from tests.facilities.building import booked, facility, room, workday
from tests.factories import Make


def month_of(day: date) -> str:
    return f"{day:%Y-%m}"


async def test_anyone_sees_a_whole_month_but_not_who_has_a_room(api: Api, make: Make, statements: list[str]) -> None:
    house = await facility(make, automatic=20, weekdays=(3,))
    classroom = await room(make, house)
    day = workday()
    await booked(api, await make.staff(Role.opd), classroom, title="Rapat rahasia")
    path = f"/v1/facilities/{house.id}/availability"

    month = await api.get(path, month=month_of(day))
    slots = month.json()["data"][0]["slots"]
    of_the_day = {slot["shift"]: slot["status"] for slot in slots if slot["on_date"] == day.isoformat()}

    assert len(slots) == 2 * monthrange(day.year, day.month)[1]
    assert of_the_day == {"morning": "taken", "afternoon": "free"}
    assert "rahasia" not in month.text
    statements.clear()
    await api.get(path, month=month_of(day))
    for_one = len(statements)
    for _ in range(6):
        await room(make, house)
    statements.clear()
    await api.get(path, month=month_of(day))
    assert len(statements) == for_one


async def test_an_opd_sees_what_others_hold_as_taken(api: Api, make: Make) -> None:
    house = await facility(make, automatic=20)
    classroom, day = await room(make, house), workday()
    await booked(api, await make.person(), classroom)

    month = await api.as_(await make.staff(Role.opd)).get(
        f"/v1/facilities/{house.id}/availability", month=month_of(day)
    )

    slots = month.json()["data"][0]["slots"]
    assert [s["status"] for s in slots if s["on_date"] == day.isoformat()] == ["taken", "free"]


async def test_use_is_counted_by_room_shift_and_organization_against_open_shifts(api: Api, make: Make) -> None:
    house = await facility(make, automatic=20, weekdays=(3,))
    classroom, day, opd = await room(make, house), workday(), await make.organization()
    shut = day + timedelta(days=7)
    await make.add(
        Closure(id=new_id(), facility_id=house.id, first_on=shut, last_on=shut, reason="Cat ulang", closed_by=new_id())
    )
    await booked(api, await make.staff(Role.opd, opd), classroom, attendees=12)
    await booked(api, await make.person(), classroom, shift="afternoon")

    answer = await api.as_(await make.staff(Role.dinas)).get(
        f"/v1/facilities/{house.id}/utilisation",
        first_on=day.isoformat(),
        last_on=(day + timedelta(days=14)).isoformat(),
    )
    used = [row for row in answer.json()["data"] if row["booked"]]

    assert {(row["shift"], row["organization_id"], row["booked"], row["attendees"]) for row in used} == {
        ("morning", str(opd.id), 1, 12),
        ("afternoon", None, 1, 10),
    }
    assert {
        (row["weekday"], row["shift"], row["open_shifts"], row["empty"]) for row in answer.json()["empty_hours"]
    } == {
        (3, "morning", 2, 1),
        (3, "afternoon", 2, 1),
    }


async def test_a_session_books_its_room_and_gives_it_back_when_the_programme_is_cancelled(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    house = await facility(make, automatic=40)
    classroom, day, opd = await room(make, house), workday(), await make.organization()
    officer = api.as_(await make.staff(Role.opd, opd))
    program = await make.program(opd, starts_on=day, ends_on=day, state=ProgramState.approved)
    session: dict[str, Any] = {
        "held_on": day.isoformat(),
        "shift": "morning",
        "title": "Pembukaan",
        "room_id": str(classroom.id),
    }

    added = (await officer.post(f"/v1/programs/{program.id}/sessions", **session)).json()
    booking = (await officer.get(f"/v1/bookings/{added['booking_id']}")).json()
    async with unit_of_work(sessions) as db:
        await call_sessions_off(db, Event(id=new_id(), name="program.cancelled", subject_id=program.id, facts={}))
    after = (await officer.get(f"/v1/bookings/{added['booking_id']}")).json()

    assert (added["place"], booking["state"], booking["requester"]) == ("Kelas Contoh", "approved", "programme")
    assert booking["session_id"] == added["id"]
    assert after["state"] == "cancelled"


async def test_a_session_whose_room_is_taken_is_not_added(api: Api, make: Make) -> None:
    classroom, day, opd = await room(make, await facility(make, automatic=40)), workday(), await make.organization()
    officer = api.as_(await make.staff(Role.opd, opd))
    program = await make.program(opd, starts_on=day, ends_on=day)
    await booked(api, await make.person(), classroom)
    session: dict[str, Any] = {
        "held_on": day.isoformat(),
        "shift": "morning",
        "title": "Pembukaan",
        "room_id": str(classroom.id),
    }

    answer = await officer.post(f"/v1/programs/{program.id}/sessions", **session)

    assert (answer.status_code, answer.json()["code"]) == (409, "room_taken")
    assert (await api.get(f"/v1/programs/{program.id}/sessions")).json()["data"] == []


async def test_sessions_without_a_room_are_shown_the_smallest_that_fits(api: Api, make: Make) -> None:
    house, day, opd = await facility(make), workday(), await make.organization()
    await room(make, house, capacity=10)
    fitting = await room(make, house, capacity=25)
    await room(make, house, capacity=200)
    officer = api.as_(await make.staff(Role.opd, opd))
    program = await make.program(opd, starts_on=day, ends_on=day, seats=25)
    await officer.post(f"/v1/programs/{program.id}/sessions", held_on=day.isoformat(), shift="morning", title="Satu")

    fills = (await officer.get(f"/v1/facilities/{house.id}/suggested-fills")).json()["data"]

    assert [(fill["program_id"], fill["room_id"]) for fill in fills] == [(str(program.id), str(fitting.id))]
