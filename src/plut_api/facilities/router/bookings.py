"""HTTP of bookings. Anyone signed in may ask for a room."""

from datetime import timedelta
from typing import Annotated

from fastapi import Query, Request, Response, Security
from sqlalchemy import select

from plut_api.facilities import queries, service
from plut_api.facilities.access import bookings_visible_to, require_booking
from plut_api.facilities.models import Booking, BookingState
from plut_api.facilities.problems import (
    BookingNotFound,
    EquipmentTaken,
    RoomNotAvailable,
    RoomNotFound,
    RoomTaken,
)
from plut_api.facilities.schemas.bookings import (
    BookingCreate,
    BookingPage,
    BookingRead,
    DayFault,
    DayVerdict,
    EquipmentWanted,
    SeriesCreate,
    SeriesRead,
)
from plut_api.facilities.service import Wish
from plut_api.facilities.service.series import days_of
from plut_api.facilities.words import ENDS_BEFORE, named_twice, too_far
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import created, documented
from plut_api.kit.database import Database
from plut_api.kit.etags import put_etag
from plut_api.kit.pages import PageOf
from plut_api.kit.problems import Invalid
from plut_api.kit.web import Router
from plut_api.kit.wire import Day, Id, PathId

router = Router(tag="facilities")

BookingsRead = Annotated[Caller, Security(signed_in, scopes=["bookings:read"])]
BookingsWrite = Annotated[Caller, Security(signed_in, scopes=["bookings:write"])]
States = Annotated[list[BookingState] | None, Query(max_length=6, description="Only in these states.")]
RoomIds = Annotated[list[Id] | None, Query(max_length=50, description="Only of these rooms.")]
Since = Annotated[Day | None, Query(description="Only from this day on.")]
Until = Annotated[Day | None, Query(description="Only up to this day.")]
LONGEST_DAYS = 730


@router.post(
    "/v1/bookings",
    status_code=201,
    responses=created() | documented(RoomNotFound, RoomNotAvailable, RoomTaken, EquipmentTaken),
    summary="Ask for a room",
)
async def create_booking(body: BookingCreate, db: Database, caller: BookingsWrite, response: Response) -> BookingRead:
    """Ask for a room on one day in one shift, with equipment.

    By the rules of the building it is given at once (`approved`), or PLUT decides (`requested`). If somebody has it,
    one can wait for it (`wait`); when it comes free, whoever waited longest is next.
    """
    booking = await service.book(db, caller, _wish(body), body.on_date)
    put_etag(response, booking)
    response.headers["Location"] = f"/v1/bookings/{booking.id}"
    return await shown(db, booking)


@router.post(
    "/v1/booking-series",
    responses=documented(RoomNotFound, RoomNotAvailable, RoomTaken, EquipmentTaken),
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
        db, caller, _wish(body), body.rule, days, body.take, dry_run=body.dry_run
    )
    locale = request.state.locale
    return SeriesRead(
        id=series_id,
        days=[
            DayVerdict(
                on_date=day.on_date,
                booking_id=day.booking_id,
                state=day.state,
                faults=[DayFault(code=fault.code, message=fault.message.in_locale(locale)) for fault in day.faults],
            )
            for day in verdicts
        ],
    )


@router.get("/v1/bookings", summary="List bookings")
async def list_bookings(
    db: Database,
    caller: BookingsRead,
    paging: PageOf,
    state: States = None,
    room: RoomIds = None,
    since: Since = None,
    until: Until = None,
) -> BookingPage:
    """One's own bookings, those of the own organization, all for the Dinas. Newest first."""
    query = select(Booking).where(bookings_visible_to(caller))
    if state:
        query = query.where(Booking.state.in_(state))
    if room:
        query = query.where(Booking.room_id.in_(room))
    if since is not None:
        query = query.where(Booking.on_date >= since)
    if until is not None:
        query = query.where(Booking.on_date <= until)
    rows = await paging.fetch(db, query, Booking.id, descending=True)
    return BookingPage.model_validate(rows | {"data": await queries.with_equipment(db, rows["data"])})


@router.get("/v1/bookings/{booking_id}", responses=documented(BookingNotFound), summary="Read a booking")
async def get_booking(booking_id: PathId, db: Database, caller: BookingsRead, response: Response) -> BookingRead:
    """One booking within the caller's rows."""
    booking = await require_booking(db, caller, booking_id)
    put_etag(response, booking)
    return await shown(db, booking)


async def shown(db: Database, booking: Booking) -> BookingRead:
    """A booking on the wire."""
    return BookingRead.model_validate((await queries.with_equipment(db, [booking]))[0])


def _wish(body: BookingCreate | SeriesCreate) -> Wish:
    return Wish(
        room_id=body.room_id,
        shift=body.shift,
        title=body.title,
        attendees=body.attendees,
        equipment=_once_each(body.equipment),
        wait=body.wait,
    )


def _once_each(wanted: list[EquipmentWanted]) -> dict[Id, int]:
    found = {item.equipment_id: item.count for item in wanted}
    if len(found) < len(wanted):
        raise Invalid(errors=[named_twice("#/equipment")])
    return found
