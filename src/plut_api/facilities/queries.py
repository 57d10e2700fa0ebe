"""Reads of the building: lists, a month's availability, use against capacity."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from string import Template
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, TextClause, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.facilities.calendar import SLOTS
from plut_api.facilities.models import Booking, EquipmentLoan, OpeningShift, Room, RoomKind

_USE = Template("""
    WITH slots AS ($slots), open_shifts AS (
        SELECT to_char(on_date, 'YYYY-MM') AS month, room_id, shift, count(*) AS open_shifts
        FROM slots WHERE status IN ('free', 'taken') GROUP BY 1, 2, 3
    )
    SELECT o.month, o.room_id, o.shift, s.organization_id, o.open_shifts, count(s.booking_id) AS booked,
        count(*) FILTER (WHERE s.booking_state = 'no_show') AS missed, coalesce(sum(s.attendees), 0) AS attendees
    FROM open_shifts o LEFT JOIN slots s
        ON s.status = 'taken' AND to_char(s.on_date, 'YYYY-MM') = o.month AND s.room_id = o.room_id
        AND s.shift = o.shift
    GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3 DESC, 4 NULLS FIRST
""")
_EMPTY = Template("""
    WITH slots AS ($slots)
    SELECT room_id, CAST(extract(isodow FROM on_date) AS int) AS weekday, shift, count(*) AS open_shifts,
        count(*) FILTER (WHERE status = 'free') AS empty
    FROM slots WHERE status IN ('free', 'taken')
    GROUP BY 1, 2, 3 HAVING count(*) FILTER (WHERE status = 'free') > 0
    ORDER BY CAST(count(*) FILTER (WHERE status = 'free') AS float) / count(*) DESC, 1, 2, 3 DESC
""")


def days_between(first: date, last: date) -> list[date]:
    """Every day from first to last."""
    return [first + timedelta(days=at) for at in range((last - first).days + 1)]


def days_of_month(month: str) -> list[date]:
    """Every day of a month written `YYYY-MM`."""
    year, number = int(month[:4]), int(month[5:])
    return days_between(date(year, number, 1), date(year, number, monthrange(year, number)[1]))


def rooms_of(facility_id: UUID, kind: RoomKind | None, at_least: int | None) -> Select[Any]:
    """The rooms of a facility that can be booked, by code."""
    query = select(Room).where(Room.facility_id == facility_id, Room.is_active)
    if kind is not None:
        query = query.where(Room.kind == kind)
    if at_least is not None:
        query = query.where(Room.capacity >= at_least)
    return query


async def opening_hours(db: AsyncSession, facility_ids: Sequence[UUID]) -> dict[UUID, list[OpeningShift]]:
    """The opening shifts of facilities, by weekday, the morning first."""
    query = select(OpeningShift).where(OpeningShift.facility_id.in_(facility_ids))
    hours: dict[UUID, list[OpeningShift]] = {facility_id: [] for facility_id in facility_ids}
    for shift in await db.scalars(query.order_by(OpeningShift.weekday, OpeningShift.since)):
        hours[shift.facility_id].append(shift)
    return hours


async def equipment_of(db: AsyncSession, booking_ids: Sequence[UUID]) -> dict[UUID, list[EquipmentLoan]]:
    """What goes with bookings."""
    query = select(EquipmentLoan).where(EquipmentLoan.booking_id.in_(booking_ids))
    loans: dict[UUID, list[EquipmentLoan]] = {booking_id: [] for booking_id in booking_ids}
    for loan in await db.scalars(query.order_by(EquipmentLoan.equipment_id)):
        loans[loan.booking_id].append(loan)
    return loans


async def with_equipment(db: AsyncSession, bookings: Sequence[Booking]) -> list[dict[str, Any]]:
    """Bookings as the values of their wire shape."""
    loans = await equipment_of(db, [booking.id for booking in bookings])
    names = [column.key for column in Booking.__table__.columns]
    return [
        {name: getattr(booking, name) for name in names}
        | {"equipment": [{"equipment_id": loan.equipment_id, "count": loan.count} for loan in loans[booking.id]]}
        for booking in bookings
    ]


async def use_of(db: AsyncSession, room_ids: Sequence[UUID], days: Sequence[date]) -> Sequence[Row[Any]]:
    """How much of the open shifts of these rooms was booked, by month, room, shift and organization."""
    return (await db.execute(_over_slots(_USE), {"rooms": list(room_ids), "days": list(days), "locale": "id"})).all()


async def empty_hours(db: AsyncSession, room_ids: Sequence[UUID], days: Sequence[date]) -> Sequence[Row[Any]]:
    """The weekdays and shifts in which these rooms stood empty, the emptiest first."""
    return (await db.execute(_over_slots(_EMPTY), {"rooms": list(room_ids), "days": list(days), "locale": "id"})).all()


def _over_slots(query: Template) -> TextClause:
    return text(query.substitute(slots=SLOTS))
