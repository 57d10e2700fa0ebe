"""Giving a room and equipment to a booking, so that nobody gets them twice.

Who decides about a slot holds its lock, so that a free room and the pieces that are left stay so until the commit; the
exclusion constraint stands behind it. Who asks for a room also shares the lock of its facility, which whoever changes
its hours, closures or rooms has alone: no booking slips through while a day is being closed. Advisory locks, because
callers behind a wall may not lock rows of rooms. The facility's comes first, then those of slots in one order.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.facilities.models import Booking, BookingState, Equipment, EquipmentLoan, Shift
from plut_api.facilities.problems import EquipmentTaken, RoomTaken
from plut_api.facilities.words import equipment_left
from plut_api.kit import clock
from plut_api.kit.database import refusing
from plut_api.kit.problems import Fault

_LOCK = text(
    "SELECT pg_advisory_xact_lock(hashtextextended(key, 0)) FROM unnest(CAST(:keys AS text[])) AS k (key) ORDER BY key"
)
_SHARE = text("SELECT pg_advisory_xact_lock_shared(hashtextextended(:key, 0))")
_LENT = text("""
    SELECT equipment_id, on_date, CAST(sum(count) AS int) AS lent FROM held_equipment
    WHERE equipment_id = ANY(:equipment) AND on_date = ANY(:days) AND shift = :shift GROUP BY equipment_id, on_date
""")
TAKEN = {"ex_bookings_one_at_a_time": RoomTaken()}
Time = tuple[date, Shift]


async def share_facility(db: AsyncSession, facility_id: UUID) -> None:
    """Have hours, closures and rooms of a facility stay as they are until the transaction ends."""
    await db.execute(_SHARE, {"key": f"facility {facility_id}"})


async def lock_facility(db: AsyncSession, facility_id: UUID) -> None:
    """Wait until nobody is about to book in a facility, and have others wait until the transaction ends.

    Comes before any row lock: who books holds a share of it when the foreign key locks the room.
    """
    await db.execute(_LOCK, {"keys": [f"facility {facility_id}"]})


async def lock_things(db: AsyncSession, things: Iterable[UUID]) -> None:
    """Queue for what is not a room, such as equipment or who teaches, at any time: few enough, unlike their times."""
    await db.execute(_LOCK, {"keys": sorted(_things(things))})


async def lock_times(
    db: AsyncSession, rooms: Iterable[UUID], times: Sequence[Time], things: Iterable[UUID] = ()
) -> None:
    """Queue for rooms at these times, and for things, until the transaction ends; always in one order."""
    slots = {f"slot {room} {day} {shift.value}" for room in rooms for day, shift in times}
    await db.execute(_LOCK, {"keys": sorted(slots | _things(things))})


async def lock_slots(
    db: AsyncSession, room_id: UUID, days: Sequence[date], shift: Shift, things: Iterable[UUID] = ()
) -> None:
    """The same for one room on several days in one shift."""
    await lock_times(db, [room_id], [(day, shift) for day in days], things)


def _things(things: Iterable[UUID]) -> set[str]:
    return {f"thing {thing}" for thing in things}


async def hold(db: AsyncSession, booking: Booking, by: UUID | None) -> None:
    """Give a booking its room and equipment, by somebody or by the rules. The slot is locked.

    Raises RoomTaken, EquipmentTaken.
    """
    wanted = select(EquipmentLoan.equipment_id, EquipmentLoan.count).where(EquipmentLoan.booking_id == booking.id)
    pieces = {thing: count for thing, count in await db.execute(wanted)}  # noqa: C416 (a row has a method `count`)
    faults = (await lacking(db, pieces, [booking.on_date], booking.shift)).get(booking.on_date)
    if faults:
        raise EquipmentTaken(errors=faults)
    booking.state, booking.decided_at, booking.decided_by = BookingState.approved, clock.now(), by
    with refusing(TAKEN):
        await db.flush()


async def lacking(
    db: AsyncSession, wanted: Mapping[UUID, int], days: Sequence[date], shift: Shift
) -> Mapping[date, list[Fault]]:
    """The days in this shift on which fewer pieces are left than are wanted, and how many are."""
    if not wanted:
        return {}
    of_them = select(Equipment).where(Equipment.id.in_(wanted)).order_by(Equipment.code)
    things = (await db.scalars(of_them)).all()
    given = {"equipment": list(wanted), "days": list(days), "shift": shift.value}
    lent = {(row.equipment_id, row.on_date): row.lent for row in await db.execute(_LENT, given)}
    found: dict[date, list[Fault]] = {}
    for thing in things:
        for day in days:
            left = thing.count - lent.get((thing.id, day), 0)
            if wanted[thing.id] > left:
                found.setdefault(day, []).append(equipment_left(thing.code, thing.name, left))
    return found
