"""What the building does about events."""

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.facilities.service.bookings import offer_next
from plut_api.kit.outbox import Event, on


@on("booking.freed")
async def give_to_the_next(db: AsyncSession, event: Event) -> None:
    """A room was given back: whoever waited longest is next."""
    await offer_next(db, event.subject_id)
