"""The building, and bookings of its rooms."""

import itertools
from datetime import timedelta
from typing import Any

from plut_api.facilities.models import Closure
from plut_api.kit import clock
from plut_api.kit.ids import new_id
from tests.access.calls.call import Call, etag, prepared
from tests.access.rows import Side
from tests.access.world import World
from tests.facilities import building

_NUMBERS = itertools.count(1)
WEEK = [{"weekday": 1, "shift": "morning", "since": "08:00", "until": "12:00"}]


def _house(side: Side) -> Call:
    return Call(path={"facility_id": side.id("facility")}, about=side.id("facility"))


@prepared
async def list_facilities(world: World, side: Side, who: str) -> Call:
    return Call(query={"limit": 200})


@prepared
async def get_facility(world: World, side: Side, who: str) -> Call:
    return _house(side)


@prepared
async def list_rooms(world: World, side: Side, who: str) -> Call:
    return _house(side)


@prepared
async def list_equipment(world: World, side: Side, who: str) -> Call:
    return _house(side)


@prepared
async def list_closures(world: World, side: Side, who: str) -> Call:
    return _house(side)


@prepared
async def list_opening_exceptions(world: World, side: Side, who: str) -> Call:
    return _house(side)


@prepared
async def get_availability(world: World, side: Side, who: str) -> Call:
    call = _house(side)
    call.query = {"month": f"{clock.today():%Y-%m}"}
    return call


@prepared
async def get_utilisation(world: World, side: Side, who: str) -> Call:
    call, today = _house(side), clock.today()
    call.query = {"first_on": today.isoformat(), "last_on": (today + timedelta(days=30)).isoformat()}
    return call


@prepared
async def get_suggested_fills(world: World, side: Side, who: str) -> Call:
    return _house(side)


@prepared
async def create_facility(world: World, side: Side, who: str) -> Call:
    return Call(body={"code": f"BARU-{next(_NUMBERS)}", "name": "Gedung Baru", "village_code": world.village()})


@prepared
async def change_facility(world: World, side: Side, who: str) -> Call:
    call = _house(side)
    call.body, call.headers = {"about": "Parkir di belakang."}, await etag(world, side.rows["facility"])
    return call


@prepared
async def set_opening_hours(world: World, side: Side, who: str) -> Call:
    house = await building.facility(world.make)
    body: dict[str, Any] = {"shifts": WEEK}
    return Call(path={"facility_id": house.id}, body=body, headers=await etag(world, house), about=house.id)


@prepared
async def set_opening_exception(world: World, side: Side, who: str) -> Call:
    call = _house(side)
    call.body = {"on_date": building.workday(140).isoformat(), "is_open": False, "note": "Bazar"}
    return call


@prepared
async def create_room(world: World, side: Side, who: str) -> Call:
    call = _house(side)
    call.body = {"code": f"K-{next(_NUMBERS)}", "name": "Kelas", "kind": "classroom", "capacity": 20}
    return call


@prepared
async def change_room(world: World, side: Side, who: str) -> Call:
    room = side.rows["room"]
    headers = await etag(world, room)
    return Call(path={"room_id": side.id("room")}, body={"capacity": 31}, headers=headers, about=side.id("room"))


@prepared
async def create_equipment(world: World, side: Side, who: str) -> Call:
    call = _house(side)
    call.body = {"code": f"A-{next(_NUMBERS)}", "name": "Proyektor", "count": 2}
    return call


@prepared
async def change_equipment(world: World, side: Side, who: str) -> Call:
    equipment = side.id("equipment")
    headers = await etag(world, side.rows["equipment"])
    return Call(path={"equipment_id": equipment}, body={"count": 4}, headers=headers, about=equipment)


@prepared
async def create_closure(world: World, side: Side, who: str) -> Call:
    call, day = _house(side), building.workday(200).isoformat()
    call.body = {"first_on": day, "last_on": day, "reason": "Perbaikan atap"}
    return call


@prepared
async def end_closure(world: World, side: Side, who: str) -> Call:
    day = building.workday(210)
    house = side.id("facility")
    closure = Closure(id=new_id(), facility_id=house, first_on=day, last_on=day, reason="Cat ulang", closed_by=new_id())
    await world.make.add(closure)
    return Call(path={"closure_id": closure.id}, about=closure.id)


@prepared
async def get_booking_rules(world: World, side: Side, who: str) -> Call:
    return _house(side)


@prepared
async def set_booking_rules(world: World, side: Side, who: str) -> Call:
    house = await building.facility(world.make)
    body: dict[str, Any] = {"rules": []}
    return Call(path={"facility_id": house.id}, body=body, headers=await etag(world, house), about=house.id)


@prepared
async def create_booking(world: World, side: Side, who: str) -> Call:
    return Call(body=building.wish(await _fresh_room(world)))


@prepared
async def create_booking_series(world: World, side: Side, who: str) -> Call:
    body = building.wish(await _fresh_room(world))
    day = body.pop("on_date")
    return Call(body=body | {"rule": "FREQ=DAILY", "first_on": day, "last_on": day})


@prepared
async def list_bookings(world: World, side: Side, who: str) -> Call:
    return Call(query={"limit": 200})


@prepared
async def get_booking(world: World, side: Side, who: str) -> Call:
    return Call(path={"booking_id": side.id("booking")}, about=side.id("booking"))


@prepared
async def approve_booking(world: World, side: Side, who: str) -> Call:
    return await _of_person(world, side, {})


@prepared
async def reject_booking(world: World, side: Side, who: str) -> Call:
    return await _of_person(world, side, {"reason": "Ruang dipakai."})


@prepared
async def cancel_booking(world: World, side: Side, who: str) -> Call:
    return await _of_person(world, side, {})


@prepared
async def miss_booking(world: World, side: Side, who: str) -> Call:
    return await _of_person(world, side, {}, on_date=clock.today(), state="approved", decided_at=clock.now())


async def _of_person(world: World, side: Side, body: dict[str, Any], **given: Any) -> Call:
    booking = building.booking(await _fresh_room(world), side.person.account_id, **given)
    await world.make.add(booking)
    return Call(path={"booking_id": booking.id}, body=body, about=booking.id)


async def _fresh_room(world: World) -> Any:
    return await building.room(world.make, await building.facility(world.make))
