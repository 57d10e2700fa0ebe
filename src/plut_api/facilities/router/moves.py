"""HTTP of the moves of a booking. `booking_move_not_allowed` names the moves that are possible instead."""

from fastapi import Response

from plut_api.facilities import service
from plut_api.facilities.problems import (
    BookingMoveNotAllowed,
    BookingNotFound,
    EquipmentTaken,
    RoomNotAvailable,
    RoomTaken,
)
from plut_api.facilities.router.bookings import BookingsWrite, shown
from plut_api.facilities.schemas.bookings import BookingNote, BookingRead, BookingReason
from plut_api.facilities.states import BookingMove
from plut_api.kit.caller import Caller
from plut_api.kit.contract import documented, etagged
from plut_api.kit.database import Database
from plut_api.kit.etags import put_etag
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId

router = Router(tag="facilities")
ANSWERS = etagged() | documented(BookingNotFound, BookingMoveNotAllowed)


@router.post(
    "/v1/bookings/{booking_id}/approve",
    responses=etagged()
    | documented(BookingNotFound, BookingMoveNotAllowed, RoomTaken, EquipmentTaken, RoomNotAvailable),
    summary="Give the room",
)
async def approve_booking(
    booking_id: PathId, body: BookingNote, db: Database, caller: BookingsWrite, response: Response
) -> BookingRead:
    """Give a room that is asked for. PLUT may. Of two requests for one shift only one can be approved."""
    return await _moved(db, caller, response, booking_id, BookingMove.approve, body.reason)


@router.post("/v1/bookings/{booking_id}/reject", responses=ANSWERS, summary="Refuse the room")
async def reject_booking(
    booking_id: PathId, body: BookingReason, db: Database, caller: BookingsWrite, response: Response
) -> BookingRead:
    """Refuse a room, and say why. PLUT may."""
    return await _moved(db, caller, response, booking_id, BookingMove.reject, body.reason)


@router.post("/v1/bookings/{booking_id}/cancel", responses=ANSWERS, summary="Cancel a booking")
async def cancel_booking(
    booking_id: PathId, body: BookingNote, db: Database, caller: BookingsWrite, response: Response
) -> BookingRead:
    """Give a room back. Who booked may, and PLUT. Shortly before the day it counts like not coming."""
    return await _moved(db, caller, response, booking_id, BookingMove.cancel, body.reason)


@router.post("/v1/bookings/{booking_id}/no-show", responses=ANSWERS, summary="Note that nobody came")
async def miss_booking(
    booking_id: PathId, body: BookingNote, db: Database, caller: BookingsWrite, response: Response
) -> BookingRead:
    """Note that nobody came. PLUT may, from the day on. Who misses often gets no room without PLUT's approval."""
    return await _moved(db, caller, response, booking_id, BookingMove.no_show, body.reason)


async def _moved(
    db: Database, caller: Caller, response: Response, booking_id: PathId, step: BookingMove, reason: str | None
) -> BookingRead:
    booking = await service.move(db, caller, booking_id, step, reason)
    put_etag(response, booking)
    return await shown(db, booking)
