"""HTTP of how much of the building is used."""

from datetime import timedelta
from typing import Annotated

from fastapi import Query, Security
from sqlalchemy import select

from plut_api.facilities import queries
from plut_api.facilities.access import require_facility
from plut_api.facilities.models import Room
from plut_api.facilities.problems import FacilityNotFound
from plut_api.facilities.schemas.bookings import EmptyHours, Use, Utilisation
from plut_api.facilities.words import ENDS_BEFORE, too_far
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import documented
from plut_api.kit.database import Database
from plut_api.kit.problems import Invalid
from plut_api.kit.web import Router
from plut_api.kit.wire import Day, PathId

router = Router(tag="facilities")

UseRead = Annotated[Caller, Security(signed_in, scopes=["facilities:read"])]
First = Annotated[Day, Query(description="First day.")]
Last = Annotated[Day, Query(description="Last day, at most a year later.")]
LONGEST_DAYS = 366


@router.get(
    "/v1/facilities/{facility_id}/utilisation",
    responses=documented(FacilityNotFound),
    summary="See how much of a facility is used",
)
async def get_utilisation(
    facility_id: PathId, db: Database, caller: UseRead, first_on: First, last_on: Last
) -> Utilisation:
    """Use against capacity by month, room, shift and organization, and the weekdays and shifts that stay empty."""
    if last_on < first_on:
        raise Invalid(errors=[ENDS_BEFORE])
    if last_on - first_on > timedelta(days=LONGEST_DAYS):
        raise Invalid(errors=[too_far(LONGEST_DAYS)])
    facility = await require_facility(db, facility_id)
    rooms = (await db.scalars(select(Room.id).where(Room.facility_id == facility.id).limit(500))).all()
    days = queries.days_between(first_on, last_on)
    use = [Use.model_validate(row) for row in await queries.use_of(db, rooms, days)]
    empty = [EmptyHours.model_validate(row) for row in await queries.empty_hours(db, rooms, days)]
    return Utilisation(data=use, empty_hours=empty)
