"""Giving a room and equipment to a booking, so that nobody gets them twice.

Who decides about a slot holds its lock, so that a free room and the pieces that are left stay so until the commit; the
exclusion constraint stands behind it. Advisory locks, because callers behind a wall may not lock rows of rooms.
"""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.facilities.models import Booking, BookingState, Equipment, EquipmentLoan, Shift
from plut_api.facilities.problems import EquipmentTaken, RoomTaken
from plut_api.kit import clock
from plut_api.kit.database import refusing
from plut_api.kit.problems import Fault, fault

_LOCK = text(
    "SELECT pg_advisory_xact_lock(hashtextextended(key, 0)) FROM unnest(CAST(:keys AS text[])) AS k (key) ORDER BY key"
)
_LENT = text("""
    SELECT equipment_id, CAST(sum(count) AS int) AS lent FROM held_equipment
    WHERE equipment_id = ANY(:equipment) AND on_date = :on_date AND shift = :shift GROUP BY equipment_id
""")
TAKEN = {"ex_bookings_one_at_a_time": RoomTaken()}


async def lock_slots(db: AsyncSession, things: list[UUID], days: list[date], shift: Shift) -> None:
    """Queue for rooms and equipment on these days in this shift, until the transaction ends; always in one order."""
    keys = [f"slot {thing} {day} {shift.value}" for thing in things for day in days]
    await db.execute(_LOCK, {"keys": sorted(set(keys))})


async def hold(db: AsyncSession, booking: Booking, by: UUID | None) -> None:
    """Give a booking its room and equipment, by somebody or by the rules. The slot is locked.

    Raises RoomTaken, EquipmentTaken.
    """
    faults = await _lacking(db, booking)
    if faults:
        raise EquipmentTaken(errors=faults)
    booking.state, booking.decided_at, booking.decided_by = BookingState.approved, clock.now(), by
    with refusing(TAKEN):
        await db.flush()


async def _lacking(db: AsyncSession, booking: Booking) -> list[Fault]:
    wanted = select(Equipment, EquipmentLoan.count.label("wanted")).join(EquipmentLoan)
    rows = (await db.execute(wanted.where(EquipmentLoan.booking_id == booking.id))).all()
    lent = await lent_out(db, [row.Equipment.id for row in rows], booking.on_date, booking.shift)
    faults = []
    for row in rows:
        left = row.Equipment.count - lent.get(row.Equipment.id, 0)
        if row.wanted > left:
            words = {"id": f"{row.Equipment.name}: tinggal {left}", "en": f"{row.Equipment.name}: {left} left"}
            faults.append(fault(f"#/equipment/{row.Equipment.code}", "equipment_taken", **words))
    return faults


async def lent_out(db: AsyncSession, equipment: list[UUID], on_date: date, shift: Shift) -> Mapping[UUID, int]:
    """How many pieces of each go with bookings that have their room then."""
    if not equipment:
        return {}
    given = {"equipment": equipment, "on_date": on_date, "shift": shift.value}
    return {row.equipment_id: row.lent for row in await db.execute(_LENT, given)}
