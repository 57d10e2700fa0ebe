"""HTTP of bookings. Anyone signed in may ask for a room."""

from typing import Annotated

from fastapi import Query, Response, Security
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
    EquipmentWanted,
    SeriesCreate,
)
from plut_api.facilities.service import Wish
from plut_api.facilities.words import named_twice
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
    booking = await service.book(db, caller, wish_of(body), body.on_date)
    put_etag(response, booking)
    response.headers["Location"] = f"/v1/bookings/{booking.id}"
    return await shown(db, booking)


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


def wish_of(body: BookingCreate | SeriesCreate) -> Wish:
    """What a body asks for. Raises Invalid (`named_twice`)."""
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
