"""Bookings that a change of hours or a closure leaves outside, and what becomes of them."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.facilities.calendar import SHUT, SLOTS
from plut_api.facilities.models import Booking, BookingState, Room
from plut_api.facilities.problems import BookingsInTheWay
from plut_api.facilities.service.bookings import call_off
from plut_api.facilities.states import COMING, InTheWay
from plut_api.facilities.words import REASON_MISSING, in_the_way
from plut_api.kit import clock
from plut_api.kit.caller import Caller
from plut_api.kit.problems import Invalid

_OUTSIDE = text(f"""
    WITH slots AS ({SLOTS})
    SELECT b.id FROM bookings b
    JOIN slots s ON s.room_id = b.room_id AND s.on_date = b.on_date AND s.shift = b.shift
    WHERE b.state = ANY(:coming) AND s.status = ANY(:shut)
""")  # noqa: S608 (a constant of this room)


async def outside(db: AsyncSession, facility_id: UUID) -> set[UUID]:
    """Bookings still to come in a facility whose slot is closed by now."""
    rooms = (await db.scalars(select(Room.id).where(Room.facility_id == facility_id))).all()
    coming = select(Booking.on_date).where(
        Booking.room_id.in_(rooms), Booking.on_date >= clock.today(), Booking.state.in_(COMING)
    )
    days = (await db.scalars(coming.distinct())).all()
    given = {"rooms": rooms, "days": days, "locale": "id", "coming": list(COMING), "shut": sorted(SHUT)}
    return set(await db.scalars(_OUTSIDE, given)) if days else set()


async def settle(
    db: AsyncSession, caller: Caller, facility_id: UUID, before: Collection[UUID], way: InTheWay, reason: str | None
) -> list[Booking]:
    """Deal with the bookings that the change just made leaves outside and that were not `before`, and tell which.

    The facility is locked, so none comes in between. Raises BookingsInTheWay (with `refuse`, if one of them is
    approved), Invalid (with `cancel`, without a reason). Emits booking.cancelled.
    """
    found = await outside(db, facility_id) - set(before)
    query = select(Booking).where(Booking.id.in_(found)).order_by(Booking.on_date, Booking.id)
    bookings = list(await db.scalars(query.with_for_update())) if found else []
    approved = [booking for booking in bookings if booking.state is BookingState.approved]
    if way is InTheWay.refuse and approved:
        raise BookingsInTheWay(errors=[in_the_way(one.on_date, one.shift.value, one.id) for one in approved])
    if way is InTheWay.cancel and not reason:
        raise Invalid(errors=[REASON_MISSING])
    if way is InTheWay.cancel and bookings:
        await call_off(db, caller, bookings, reason, freed=False)
    return bookings
