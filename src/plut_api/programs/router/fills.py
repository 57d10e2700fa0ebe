"""HTTP of what could fill empty rooms."""

from typing import Annotated

from fastapi import Request, Security
from pydantic import Field
from sqlalchemy import select

from plut_api.facilities.access import require_facility
from plut_api.facilities.models import Room
from plut_api.facilities.problems import FacilityNotFound
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import documented
from plut_api.kit.database import Database
from plut_api.kit.web import Router
from plut_api.kit.wire import Day, Id, Name, PathId, Read
from plut_api.programs.fills import suggested_fills
from plut_api.programs.schemas.details import SeatCount
from plut_api.programs.schemas.programs import ShiftField, Title

router = Router(tag="programs")
UseRead = Annotated[Caller, Security(signed_in, scopes=["facilities:read"])]


class SuggestedFill(Read):
    """A session without a room, and a free room that would take it."""

    session_id: Id
    program_id: Id
    program_title: Title
    organization_id: Id
    held_on: Day
    shift: ShiftField
    title: Title
    seats: SeatCount
    room_id: Id
    room_name: Name


class SuggestedFills(Read):
    """What could fill the empty shifts of the next sixty days."""

    data: list[SuggestedFill] = Field(max_length=200, description="By day; the smallest room that fits.")


@router.get(
    "/v1/facilities/{facility_id}/suggested-fills",
    responses=documented(FacilityNotFound),
    summary="See which programmes look for a room",
)
async def get_suggested_fills(facility_id: PathId, db: Database, caller: UseRead, request: Request) -> SuggestedFills:
    """Sessions of approved, published and running programmes that have no room yet, and one that would take each."""
    facility = await require_facility(db, facility_id)
    rooms = (await db.scalars(select(Room.id).where(Room.facility_id == facility.id).limit(500))).all()
    rows = await suggested_fills(db, rooms, request.state.locale)
    return SuggestedFills.model_validate({"data": rows}, from_attributes=True)
