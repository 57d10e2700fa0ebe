"""HTTP of running the building. PLUT may."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Body, Response, Security
from sqlalchemy import select

from plut_api.facilities.access import require_facility, require_plut
from plut_api.facilities.models import Booking, BookingRule
from plut_api.facilities.problems import (
    BookingsInTheWay,
    ClosureNotFound,
    CodeTaken,
    EquipmentNotFound,
    FacilityNotFound,
    PlutOnly,
    RoomNotFound,
)
from plut_api.facilities.router.places import facility_shapes
from plut_api.facilities.schemas.hours import (
    AffectedBooking,
    ClosureCreate,
    ClosureMade,
    ClosureRead,
    FacilityHours,
    OpeningExceptionGiven,
    OpeningExceptionMade,
    OpeningHours,
)
from plut_api.facilities.schemas.places import (
    BookingRules,
    BookingRulesRead,
    EquipmentCreate,
    EquipmentPatch,
    EquipmentRead,
    FacilityCreate,
    FacilityPatch,
    FacilityRead,
    RoomCreate,
    RoomPatch,
    RoomRead,
)
from plut_api.facilities.service import places
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import created, documented
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch, put_etag
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId

router = Router(tag="facilities")

FacilitiesWrite = Annotated[Caller, Security(signed_in, scopes=["facilities:write"])]
FACILITY_MERGE = Annotated[FacilityPatch, Body(media_type="application/merge-patch+json")]
ROOM_MERGE = Annotated[RoomPatch, Body(media_type="application/merge-patch+json")]
EQUIPMENT_MERGE = Annotated[EquipmentPatch, Body(media_type="application/merge-patch+json")]


@router.post(
    "/v1/facilities", status_code=201, responses=created() | documented(PlutOnly, CodeTaken), summary="Add a facility"
)
async def create_facility(
    body: FacilityCreate, db: Database, caller: FacilitiesWrite, response: Response
) -> FacilityRead:
    """Add a building. It is closed until it has opening hours."""
    facility = await places.open_facility(db, caller, body)
    put_etag(response, facility)
    response.headers["Location"] = f"/v1/facilities/{facility.id}"
    return (await facility_shapes(db, [facility]))[0]


@router.patch(
    "/v1/facilities/{facility_id}", responses=documented(FacilityNotFound, PlutOnly), summary="Change a facility"
)
async def change_facility(
    facility_id: PathId,
    body: FACILITY_MERGE,
    db: Database,
    caller: FacilitiesWrite,
    response: Response,
    if_match: IfMatch = None,
) -> FacilityRead:
    """Change a building; switched off, it cannot be booked."""
    facility = await places.change_facility(db, caller, facility_id, if_match, body.changes())
    put_etag(response, facility)
    return (await facility_shapes(db, [facility]))[0]


@router.put(
    "/v1/facilities/{facility_id}/opening-hours",
    responses=documented(FacilityNotFound, PlutOnly, BookingsInTheWay),
    summary="Set the opening hours of a facility",
)
async def set_opening_hours(
    facility_id: PathId,
    body: OpeningHours,
    db: Database,
    caller: FacilitiesWrite,
    response: Response,
    if_match: IfMatch = None,
) -> FacilityHours:
    """Replace the opening hours of the whole week. `bookings` says what becomes of those that lie outside then."""
    facility, affected = await places.set_opening_hours(db, caller, facility_id, if_match, body)
    put_etag(response, facility)
    shape = (await facility_shapes(db, [facility]))[0]
    return FacilityHours(**shape.model_dump(), affected_bookings=affected_shapes(affected))


@router.post(
    "/v1/facilities/{facility_id}/opening-exceptions",
    responses=documented(FacilityNotFound, PlutOnly, BookingsInTheWay),
    summary="Decide for one day",
)
async def set_opening_exception(
    facility_id: PathId, body: OpeningExceptionGiven, db: Database, caller: FacilitiesWrite
) -> OpeningExceptionMade:
    """Have a building open on a holiday, or closed on a day like any other. A later decision replaces it.

    `bookings` says what becomes of those that lie outside then.
    """
    day, affected = await places.set_exception(db, caller, facility_id, body)
    return OpeningExceptionMade(
        on_date=day.on_date, is_open=day.is_open, note=day.note, affected_bookings=affected_shapes(affected)
    )


@router.post(
    "/v1/facilities/{facility_id}/rooms",
    status_code=201,
    responses=created() | documented(FacilityNotFound, PlutOnly, CodeTaken),
    summary="Add a room",
)
async def create_room(
    facility_id: PathId, body: RoomCreate, db: Database, caller: FacilitiesWrite, response: Response
) -> RoomRead:
    """Offer another room."""
    room = await places.add_room(db, caller, facility_id, body)
    put_etag(response, room)
    response.headers["Location"] = f"/v1/facilities/{facility_id}/rooms"
    return RoomRead.model_validate(room)


@router.patch("/v1/rooms/{room_id}", responses=documented(RoomNotFound, PlutOnly), summary="Change a room")
async def change_room(
    room_id: PathId,
    body: ROOM_MERGE,
    db: Database,
    caller: FacilitiesWrite,
    response: Response,
    if_match: IfMatch = None,
) -> RoomRead:
    """Change a room; switched off, it cannot be booked any more. What is booked stays."""
    room = await places.change_room(db, caller, room_id, if_match, body.changes())
    put_etag(response, room)
    return RoomRead.model_validate(room)


@router.post(
    "/v1/facilities/{facility_id}/equipment",
    status_code=201,
    responses=created() | documented(FacilityNotFound, PlutOnly, CodeTaken),
    summary="Add equipment",
)
async def create_equipment(
    facility_id: PathId, body: EquipmentCreate, db: Database, caller: FacilitiesWrite, response: Response
) -> EquipmentRead:
    """Lend another kind of things with rooms."""
    equipment = await places.add_equipment(db, caller, facility_id, body)
    put_etag(response, equipment)
    response.headers["Location"] = f"/v1/facilities/{facility_id}/equipment"
    return EquipmentRead.model_validate(equipment)


@router.patch(
    "/v1/equipment/{equipment_id}", responses=documented(EquipmentNotFound, PlutOnly), summary="Change equipment"
)
async def change_equipment(
    equipment_id: PathId,
    body: EQUIPMENT_MERGE,
    db: Database,
    caller: FacilitiesWrite,
    response: Response,
    if_match: IfMatch = None,
) -> EquipmentRead:
    """Change name or number. Bookings that were given more than there are now keep what they have."""
    equipment = await places.change_equipment(db, caller, equipment_id, if_match, body.changes())
    put_etag(response, equipment)
    return EquipmentRead.model_validate(equipment)


@router.post(
    "/v1/facilities/{facility_id}/closures",
    status_code=201,
    responses=documented(FacilityNotFound, PlutOnly, BookingsInTheWay),
    summary="Close a facility or a room",
)
async def create_closure(
    facility_id: PathId, body: ClosureCreate, db: Database, caller: FacilitiesWrite, response: Response
) -> ClosureMade:
    """Close for some days. Approved bookings in them refuse it, unless `bookings` says that they are cancelled with
    the reason, or stay; the answer names them.
    """
    closure, affected = await places.close(db, caller, facility_id, body)
    response.headers["Location"] = f"/v1/facilities/{facility_id}/closures"
    shape = ClosureRead.model_validate(closure)
    return ClosureMade(**shape.model_dump(), affected_bookings=affected_shapes(affected))


@router.post(
    "/v1/closures/{closure_id}/end",
    status_code=204,
    responses=documented(ClosureNotFound, PlutOnly),
    summary="End a closure",
)
async def end_closure(closure_id: PathId, db: Database, caller: FacilitiesWrite) -> None:
    """Open again what was closed."""
    await places.reopen(db, caller, closure_id)


@router.get(
    "/v1/facilities/{facility_id}/booking-rules",
    responses=documented(FacilityNotFound, PlutOnly),
    summary="Read the booking rules of a facility",
)
async def get_booking_rules(
    facility_id: PathId, db: Database, caller: FacilitiesWrite, response: Response
) -> BookingRulesRead:
    """Who gets a room without waiting for PLUT. The ETag is that of the facility."""
    require_plut(caller)
    facility = await require_facility(db, facility_id)
    put_etag(response, facility)
    return await _rules(db, facility.id)


@router.put(
    "/v1/facilities/{facility_id}/booking-rules",
    responses=documented(FacilityNotFound, PlutOnly),
    summary="Set the booking rules of a facility",
)
async def set_booking_rules(
    facility_id: PathId,
    body: BookingRules,
    db: Database,
    caller: FacilitiesWrite,
    response: Response,
    if_match: IfMatch = None,
) -> BookingRulesRead:
    """Replace the rules. `If-Match` is the ETag of the facility. For whom none is named PLUT decides every booking."""
    facility = await places.set_rules(db, caller, facility_id, if_match, body.rules)
    put_etag(response, facility)
    return await _rules(db, facility.id)


def affected_shapes(bookings: Sequence[Booking]) -> list[AffectedBooking]:
    """Bookings that a change leaves outside, on the wire."""
    return [AffectedBooking.model_validate(booking) for booking in bookings]


async def _rules(db: Database, facility_id: PathId) -> BookingRulesRead:
    rules = await db.scalars(select(BookingRule).where(BookingRule.facility_id == facility_id))
    return BookingRulesRead.model_validate(
        {"data": sorted(rules, key=lambda rule: rule.requester)}, from_attributes=True
    )
