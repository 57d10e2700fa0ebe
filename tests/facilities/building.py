"""A building to book in: open on weekdays in both shifts."""

from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from plut_api.facilities.models import (
    Booking,
    BookingRule,
    BookingState,
    Equipment,
    Facility,
    OpeningShift,
    Requester,
    Room,
    RoomKind,
    Shift,
)
from plut_api.kit import clock
from plut_api.kit.ids import new_id
from tests.conftest import Api
from tests.factories import VILLAGES, Make

HOURS = {Shift.morning: (time(8), time(12)), Shift.afternoon: (time(13), time(17))}


async def facility(make: Make, *, automatic: int = 0, weekdays: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7)) -> Facility:
    """A facility that is open on these weekdays; up to `automatic` people get a room at once."""
    number = str(new_id())[-12:].upper()
    made = Facility(id=new_id(), code=f"GEDUNG-{number}", name="PLUT Contoh", village_code=VILLAGES[0])
    await make.add(made)
    shifts = [
        OpeningShift(facility_id=made.id, weekday=day, shift=shift, since=since, until=until)
        for day in weekdays
        for shift, (since, until) in HOURS.items()
    ]
    rules = [
        BookingRule(facility_id=made.id, requester=who, days_ahead=365, automatic_attendees=automatic)
        for who in Requester
    ]
    await make.add(*shifts, *(rules if automatic else []))
    return made


async def room(make: Make, of: Facility, **given: Any) -> Room:
    """A classroom."""
    values = {"code": f"R-{str(new_id())[-12:].upper()}", "name": "Kelas Contoh", "kind": RoomKind.classroom}
    made = Room(id=new_id(), facility_id=of.id, **values | {"capacity": 30, "features": []} | given)
    await make.add(made)
    return made


async def equipment(make: Make, of: Facility, count: int) -> Equipment:
    """So many sewing machines."""
    code = f"M-{str(new_id())[-12:].upper()}"
    made = Equipment(id=new_id(), facility_id=of.id, code=code, name="Mesin jahit", count=count)
    await make.add(made)
    return made


def booking(of: Room, account_id: UUID | None, **given: Any) -> Booking:
    """A request of a person that PLUT has not decided on."""
    assert account_id is not None
    values = {"on_date": workday(70), "shift": Shift.morning, "state": BookingState.requested} | given
    asked = {"requester": Requester.person, "title": "Temu usaha", "attendees": 5, "booked_by": account_id}
    return Booking(id=new_id(), room_id=of.id, account_id=account_id, **asked | values)


def workday(ahead: int = 7) -> date:
    """A day about so many days from now that is no holiday: a Wednesday far from the fixed feasts is looked for."""
    day = clock.today() + timedelta(days=ahead)
    return day + timedelta(days=(2 - day.weekday()) % 7)


def wish(of: Room, **given: Any) -> dict[str, Any]:
    """A booking to ask for."""
    values = {"room_id": str(of.id), "on_date": workday().isoformat(), "shift": "morning"}
    return values | {"title": "Temu usaha kopi", "attendees": 10} | given


async def booked(api: Api, who: Any, of: Room, **given: Any) -> dict[str, Any]:
    """A booking that was taken."""
    answer = await api.as_(who).post("/v1/bookings", **wish(of, **given))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found
