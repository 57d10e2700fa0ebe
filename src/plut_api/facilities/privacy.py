"""What this room holds of a person, and what becomes of it when they are erased."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.facilities.models import Booking, BookingState
from plut_api.facilities.service.bookings import move
from plut_api.facilities.states import BookingMove
from plut_api.kit import clock
from plut_api.kit.caller import Caller
from plut_api.kit.i18n import Text
from plut_api.kit.privacy import Erased, Kept, Row, Subject, erasing, holds_nothing_to_tell, personal_data, rows_of

holds_nothing_to_tell("booking_series", "rules of recurrence; the bookings by them are told")
holds_nothing_to_tell("equipment_loans", "what goes with bookings, which are told")
holds_nothing_to_tell("closures", "made by staff")


@personal_data(
    "bookings",
    "bookings",
    about=Text(id="Ruang yang Anda pesan.", en="The rooms that you booked."),
    of_accounts=True,
)
async def held_bookings(db: AsyncSession, subject: Subject) -> list[Row]:
    """Bookings that the account made."""
    return await rows_of(db, Booking, Booking.account_id == subject.account_id, subject)


@erasing(order=30)
async def give_rooms_back(db: AsyncSession, caller: Caller, subject: Subject) -> Erased:
    """Cancel what is still to come; that a room was used stays, for utilisation, without a title or an account."""
    mine = select(Booking).where(Booking.account_id == subject.account_id).order_by(Booking.id)
    rows = list(await db.scalars(mine))
    coming = (BookingState.requested, BookingState.waiting, BookingState.approved)
    for booking in rows:
        if booking.on_date >= clock.today() and booking.state in coming:
            await move(db, caller, booking.id, BookingMove.cancel)
        booking.title, booking.reason, booking.account_id = "-", None, None
    await db.flush()
    kept = Kept(
        "bookings",
        Text(
            id="Bahwa ruang dipakai, tanpa nama, untuk laporan.",
            en="That a room was used, without a name, for reports.",
        ),
        "UU 27/2022 art. 44",
    )
    return Erased("bookings", emptied=len(rows), kept=[kept] if rows else [])
