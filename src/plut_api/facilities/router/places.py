"""HTTP of facilities, rooms and equipment as anyone may read them, and of a month's availability."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.facilities import queries
from plut_api.facilities.access import require_facility
from plut_api.facilities.calendar import slots
from plut_api.facilities.models import Closure, Equipment, Facility, OpeningException, Room, RoomKind
from plut_api.facilities.problems import FacilityNotFound
from plut_api.facilities.schemas.bookings import Availability, RoomAvailability, SlotRead
from plut_api.facilities.schemas.hours import ClosurePage, OpeningExceptionPage
from plut_api.facilities.schemas.places import (
    EquipmentPage,
    FacilityPage,
    FacilityRead,
    OpeningShiftRead,
    RoomPage,
)
from plut_api.kit.contract import documented
from plut_api.kit.database import Database
from plut_api.kit.etags import put_etag
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router, cacheable
from plut_api.kit.wire import PathId

router = Router(tag="facilities")

Month = Annotated[
    str,
    Query(max_length=7, pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", description="Month, `YYYY-MM`.", examples=["2026-11"]),
]
Kind = Annotated[RoomKind | None, Query(description="Only rooms made for this.")]
AtLeast = Annotated[
    int | None,
    Query(ge=1, le=10_000, json_schema_extra={"format": "int32"}, description="Only rooms for so many people."),
]


@router.get("/v1/facilities", dependencies=[Depends(cacheable(300))], summary="List facilities")
async def list_facilities(db: Database, paging: PageOf) -> FacilityPage:
    """The buildings that PLUT runs, with the hours of their shifts, by code."""
    rows = await paging.fetch(db, select(Facility), Facility.code, Facility.id)
    return FacilityPage(**rows | {"data": await facility_shapes(db, rows["data"])})


@router.get(
    "/v1/facilities/{facility_id}",
    dependencies=[Depends(cacheable(0))],
    responses=documented(FacilityNotFound),
    summary="Read a facility",
)
async def get_facility(facility_id: PathId, db: Database, response: Response) -> FacilityRead:
    """One building. Its ETag is what a change of it, of its hours or of its rules asks for."""
    facility = await require_facility(db, facility_id)
    put_etag(response, facility)
    return (await facility_shapes(db, [facility]))[0]


@router.get(
    "/v1/facilities/{facility_id}/rooms",
    dependencies=[Depends(cacheable(60))],
    responses=documented(FacilityNotFound),
    summary="List the rooms of a facility",
)
async def list_rooms(
    facility_id: PathId, db: Database, paging: PageOf, kind: Kind = None, capacity: AtLeast = None
) -> RoomPage:
    """Rooms that can be booked, by code."""
    facility = await require_facility(db, facility_id)
    rows = await paging.fetch(db, queries.rooms_of(facility.id, kind, capacity), Room.code, Room.id)
    return RoomPage.model_validate(rows, from_attributes=True)


@router.get(
    "/v1/facilities/{facility_id}/equipment",
    dependencies=[Depends(cacheable(60))],
    responses=documented(FacilityNotFound),
    summary="List the equipment of a facility",
)
async def list_equipment(facility_id: PathId, db: Database, paging: PageOf) -> EquipmentPage:
    """What is lent with rooms, by code."""
    facility = await require_facility(db, facility_id)
    query = select(Equipment).where(Equipment.facility_id == facility.id)
    return EquipmentPage.model_validate(
        await paging.fetch(db, query, Equipment.code, Equipment.id), from_attributes=True
    )


@router.get(
    "/v1/facilities/{facility_id}/closures",
    dependencies=[Depends(cacheable(60))],
    responses=documented(FacilityNotFound),
    summary="List the closures of a facility",
)
async def list_closures(facility_id: PathId, db: Database, paging: PageOf) -> ClosurePage:
    """When the building or single rooms are closed, the last to end first."""
    facility = await require_facility(db, facility_id)
    query = select(Closure).where(Closure.facility_id == facility.id)
    rows = await paging.fetch(db, query, Closure.last_on, Closure.id, descending=True)
    return ClosurePage.model_validate(rows, from_attributes=True)


@router.get(
    "/v1/facilities/{facility_id}/opening-exceptions",
    dependencies=[Depends(cacheable(60))],
    responses=documented(FacilityNotFound),
    summary="List the days on which a facility decides for itself",
)
async def list_opening_exceptions(facility_id: PathId, db: Database, paging: PageOf) -> OpeningExceptionPage:
    """Days on which the building is open although it is a holiday, or closed like on one."""
    facility = await require_facility(db, facility_id)
    query = select(OpeningException).where(OpeningException.facility_id == facility.id)
    rows = await paging.fetch(db, query, OpeningException.on_date)
    return OpeningExceptionPage.model_validate(rows, from_attributes=True)


@router.get(
    "/v1/facilities/{facility_id}/availability",
    dependencies=[Depends(cacheable(0))],
    responses=documented(FacilityNotFound),
    summary="See when rooms can be had",
)
async def get_availability(
    facility_id: PathId,
    db: Database,
    request: Request,
    month: Month,
    kind: Kind = None,
    capacity: AtLeast = None,
) -> Availability:
    """Every shift of a month for every room of a building: free, taken, or closed and why. Never who has it."""
    facility = await require_facility(db, facility_id)
    query = queries.rooms_of(facility.id, kind, capacity).order_by(Room.code).limit(500)
    rooms: Sequence[Room] = (await db.scalars(query)).all()
    by_room: dict[UUID, list[SlotRead]] = {room.id: [] for room in rooms}
    for slot in await slots(db, list(by_room), queries.days_of_month(month), request.state.locale):
        by_room[slot.room_id].append(SlotRead.model_validate(slot))
    data = [
        RoomAvailability(room_id=room.id, name=room.name, capacity=room.capacity, slots=by_room[room.id])
        for room in rooms
    ]
    return Availability(month=month, data=data)


async def facility_shapes(db: AsyncSession, facilities: Sequence[Facility]) -> list[FacilityRead]:
    """Facilities on the wire, with their hours."""
    hours = await queries.opening_hours(db, [facility.id for facility in facilities])
    names = [name for name in FacilityRead.model_fields if name != "opening_hours"]
    return [
        FacilityRead(
            **{name: getattr(facility, name) for name in names},
            opening_hours=[OpeningShiftRead.model_validate(shift) for shift in hours[facility.id]],
        )
        for facility in facilities
    ]
