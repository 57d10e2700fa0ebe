"""What the building does about events."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.facilities.models import Booking, Room
from plut_api.facilities.service.bookings import offer_next
from plut_api.kit import clock, messages
from plut_api.kit.outbox import Event, on


@on("booking.freed")
async def give_to_the_next(db: AsyncSession, event: Event) -> None:
    """A room was given back: whoever waited longest is next."""
    await offer_next(db, event.subject_id)


@on("booking.approved", "booking.rejected", "booking.cancelled")
async def tell_who_booked(db: AsyncSession, event: Event) -> None:
    """Tell the person who asked for a room what became of it, unless they did it themself or the day is past.

    Whose room is given at once sees that in the answer.
    """
    booking = await db.get_one(Booking, event.subject_id)
    is_own = event.caller_id == booking.booked_by
    if booking.account_id is None or booking.session_id is not None or is_own or booking.on_date < clock.today():
        return
    facts = {
        "room": await db.scalar(select(Room.name).where(Room.id == booking.room_id)),
        "on_date": booking.on_date.isoformat(),
        "shift": booking.shift.value,
        "state": booking.state.value,
    }
    key = f"{booking.id}:{booking.version}"
    await messages.send(db, to=booking.account_id, template="booking_decided", facts=facts, dedupe_key=key)
