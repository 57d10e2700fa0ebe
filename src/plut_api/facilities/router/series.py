"""HTTP of bookings by a recurrence rule: asked for, read and called off as one."""

from datetime import timedelta

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.facilities import queries, service
from plut_api.facilities.models import Booking, BookingSeries
from plut_api.facilities.problems import RoomNotFound, RoomTaken, SeriesNotFound, SeriesOver
from plut_api.facilities.router.bookings import BookingsRead, BookingsWrite, wish_of
from plut_api.facilities.schemas.bookings import (
    BookingNote,
    BookingRead,
    DayFault,
    DayVerdict,
    SeriesBookings,
    SeriesCreate,
    SeriesRead,
)
from plut_api.facilities.service.series import Verdict, days_of
from plut_api.facilities.words import ENDS_BEFORE, too_far
from plut_api.kit.contract import documented
from plut_api.kit.database import Database
from plut_api.kit.i18n import Locale
from plut_api.kit.problems import Invalid
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId

router = Router(tag="facilities")

LONGEST_DAYS = 730


@router.post(
    "/v1/booking-series",
    responses=documented(RoomNotFound, RoomTaken),
    summary="Ask for a room on many days",
)
async def create_booking_series(
    body: SeriesCreate, db: Database, caller: BookingsWrite, request: Request
) -> SeriesRead:
    """Ask for a room by a recurrence rule (RFC 5545), for all its days or for those that are free.

    The answer says for each day what it gets. A dry run only says it.
    """
    if body.last_on < body.first_on:
        raise Invalid(errors=[ENDS_BEFORE])
    if body.last_on - body.first_on > timedelta(days=LONGEST_DAYS):
        raise Invalid(errors=[too_far(LONGEST_DAYS)])
    days = days_of(body.rule, body.first_on, body.last_on)
    series_id, verdicts = await service.book_series(
        db, caller, wish_of(body), body.rule, days, body.take, dry_run=body.dry_run
    )
    return SeriesRead(id=series_id, days=[_day(day, request.state.locale) for day in verdicts])


@router.get("/v1/booking-series/{series_id}", responses=documented(SeriesNotFound), summary="Read a series of bookings")
async def get_booking_series(series_id: PathId, db: Database, caller: BookingsRead) -> SeriesBookings:
    """A series and its bookings within the caller's rows, by day."""
    return await _shown(db, *await service.require_series(db, caller, series_id))


@router.post(
    "/v1/booking-series/{series_id}/cancel",
    responses=documented(SeriesNotFound, SeriesOver),
    summary="Cancel a series of bookings",
)
async def cancel_booking_series(
    series_id: PathId, body: BookingNote, db: Database, caller: BookingsWrite
) -> SeriesBookings:
    """Give back all that is still to come of a series, from today on. Who booked may, and PLUT."""
    return await _shown(db, *await service.cancel_series(db, caller, series_id, body.reason))


async def _shown(db: AsyncSession, series: BookingSeries, bookings: list[Booking]) -> SeriesBookings:
    rows = await queries.with_equipment(db, bookings)
    return SeriesBookings(
        id=series.id,
        room_id=series.room_id,
        rule=series.rule,
        shift=series.shift,
        created_at=series.created_at,
        bookings=[BookingRead.model_validate(row) for row in rows],
    )


def _day(verdict: Verdict, locale: Locale) -> DayVerdict:
    return DayVerdict(
        on_date=verdict.on_date,
        booking_id=verdict.booking_id,
        state=verdict.state,
        faults=[DayFault(code=fault.code, message=fault.message.in_locale(locale)) for fault in verdict.faults],
    )
