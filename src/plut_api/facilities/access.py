"""Which bookings a caller reaches. Applied in the query, so unknown and not-yours look alike."""

from uuid import UUID

from sqlalchemy import ColumnElement, false, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.facilities.models import Booking, Facility, Requester, Room
from plut_api.facilities.problems import BookingNotFound, FacilityNotFound, PlutOnly, RoomNotFound
from plut_api.facilities.states import Hand
from plut_api.kit.caller import Caller, Role

RUNS_THE_BUILDING = Role.dinas


def bookings_visible_to(caller: Caller) -> ColumnElement[bool]:
    """The condition on `bookings`: one's own, those of the own organization, all for the Dinas."""
    if caller.role is RUNS_THE_BUILDING:
        return true()
    if caller.is_person or caller.role is Role.consultant:
        return Booking.account_id == caller.id
    return Booking.organization_id == caller.organization_id if caller.organization_id is not None else false()


def hand_of(caller: Caller) -> Hand:
    """By whose hand a caller acts on a booking within their rows."""
    return Hand.plut if caller.role is RUNS_THE_BUILDING else Hand.booker


def requester_of(caller: Caller) -> Requester:
    """As whom a caller asks for a room."""
    if caller.is_person:
        return Requester.person
    return Requester.plut if caller.role in (Role.dinas, Role.consultant) else Requester.organization


def require_plut(caller: Caller) -> None:
    """Let only those through who run the building. Raises PlutOnly."""
    if caller.role is not RUNS_THE_BUILDING:
        raise PlutOnly()


async def require_facility(db: AsyncSession, facility_id: UUID, *, for_update: bool = False) -> Facility:
    """A facility; they are public. Raises FacilityNotFound."""
    query = select(Facility).where(Facility.id == facility_id)
    facility = await db.scalar(query.with_for_update() if for_update else query)
    if facility is None:
        raise FacilityNotFound()
    return facility


async def require_room(db: AsyncSession, room_id: UUID, *, for_update: bool = False) -> Room:
    """A room; they are public. Raises RoomNotFound."""
    query = select(Room).where(Room.id == room_id)
    room = await db.scalar(query.with_for_update() if for_update else query)
    if room is None:
        raise RoomNotFound()
    return room


async def require_booking(db: AsyncSession, caller: Caller, booking_id: UUID) -> Booking:
    """A booking within the caller's rows. Raises BookingNotFound."""
    query = select(Booking).where(Booking.id == booking_id, bookings_visible_to(caller))
    booking = await db.scalar(query.execution_options(populate_existing=True))
    if booking is None:
        raise BookingNotFound()
    return booking
