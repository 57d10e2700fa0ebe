"""An invented building: its rooms and hours, and what is booked besides training: half a year back, a month ahead."""

import random
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.facilities.calendar import SlotStatus, slots
from plut_api.facilities.models import Requester, Room, RoomKind, Shift
from plut_api.facilities.schemas.hours import OpeningHours, OpeningShiftGiven
from plut_api.facilities.schemas.places import (
    BookingRuleGiven,
    EquipmentCreate,
    FacilityCreate,
    RoomCreate,
)
from plut_api.facilities.service import Wish, book, places
from plut_api.kit import clock
from plut_api.kit.caller import Caller
from plut_api.kit.clock import WITA, clock_at

ROOMS = (
    ("KELAS-1", "Kelas 1 (contoh)", RoomKind.classroom, 40),
    ("KELAS-2", "Kelas 2 (contoh)", RoomKind.classroom, 25),
    ("AULA", "Aula (contoh)", RoomKind.hall, 150),
    ("DAPUR", "Dapur uji (contoh)", RoomKind.kitchen, 12),
    ("STUDIO", "Studio foto (contoh)", RoomKind.studio, 8),
    ("RAPAT", "Ruang rapat (contoh)", RoomKind.meeting, 10),
)
EQUIPMENT = (("PROYEKTOR", "Proyektor (contoh)", 3), ("JAHIT", "Mesin jahit (contoh)", 10))
HOURS = {Shift.morning: (time(8), time(12)), Shift.afternoon: (time(13), time(17))}
PURPOSES = ("Temu usaha kopi", "Foto produk", "Rapat koordinasi", "Uji resep keripik", "Kelas label kemasan")
BOOKINGS = 150


async def open_building(db: AsyncSession, dinas: Caller) -> list[Room]:
    """Open it, two years ago; its rooms."""
    given = FacilityCreate(code="PLUT-NTB", name="Gedung PLUT NTB (contoh)", village_code="52.71.01.1004")
    facility = await places.open_facility(db, dinas, given)
    week = [
        OpeningShiftGiven(weekday=day, shift=shift, since=since, until=until)
        for day in range(1, 7)
        for shift, (since, until) in HOURS.items()
    ]
    await places.set_opening_hours(db, dinas, facility.id, f'"{facility.version}"', OpeningHours(shifts=week))
    rules = [BookingRuleGiven(requester=who, days_ahead=180, automatic_attendees=200) for who in Requester]
    await places.set_rules(db, dinas, facility.id, f'"{facility.version}"', rules)
    for code, name, count in EQUIPMENT:
        await places.add_equipment(db, dinas, facility.id, EquipmentCreate(code=code, name=name, count=count))
    return [
        await places.add_room(db, dinas, facility.id, RoomCreate(code=code, name=name, kind=kind, capacity=capacity))
        for code, name, kind, capacity in ROOMS
    ]


async def let_others_book(
    db: AsyncSession, callers: Sequence[Caller], rooms: Sequence[Room], chance: random.Random
) -> str:
    """Organizations book what training leaves free; the afternoon stays emptier than the morning. In words."""
    made = [await _booked(db, chance.choice(callers), chance.choice(rooms), chance) for _ in range(BOOKINGS)]
    return f"1 building with {len(rooms)} rooms and {sum(made)} bookings besides training"


async def _booked(db: AsyncSession, caller: Caller, room: Room, chance: random.Random) -> bool:
    """Book a day between half a year ago and a month ahead, asked for a week before; False if it could not be had."""
    day = clock.today() + timedelta(days=chance.randint(-180, 30))
    shift = chance.choices(list(HOURS), weights=(3, 1))[0]
    found = await slots(db, [room.id], [day], "id")
    if not any(slot.shift is shift and slot.status is SlotStatus.free for slot in found):
        return False
    wish = Wish(room.id, shift, f"{chance.choice(PURPOSES)} (contoh)", chance.randint(3, room.capacity))
    asked_on = min(day, clock.today()) - timedelta(days=7)
    with clock_at(datetime.combine(asked_on, time(9), WITA)):
        await book(db, caller, wish, day)
    return True
