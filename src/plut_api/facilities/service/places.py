"""Running the building: facilities, rooms, equipment, opening hours, closures, rules. Only PLUT does."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.facilities.access import require_facility, require_plut, require_room
from plut_api.facilities.models import (
    Booking,
    BookingRule,
    Closure,
    Equipment,
    Facility,
    OpeningException,
    OpeningShift,
    Room,
)
from plut_api.facilities.problems import ClosureNotFound, CodeTaken, EquipmentNotFound
from plut_api.facilities.schemas.hours import ClosureCreate, OpeningExceptionGiven, OpeningHours
from plut_api.facilities.schemas.places import (
    BookingRuleGiven,
    EquipmentCreate,
    FacilityCreate,
    RoomCreate,
)
from plut_api.facilities.service.holding import lock_facility
from plut_api.facilities.service.outside import outside, settle
from plut_api.facilities.words import CLOSES_BEFORE, ENDS_BEFORE, ROOM_UNKNOWN, named_twice
from plut_api.kit.caller import Caller
from plut_api.kit.database import Versioned, refusing
from plut_api.kit.etags import require_match
from plut_api.kit.ids import new_id
from plut_api.kit.problems import Invalid
from plut_api.reference.service import require_village

_TAKEN = {
    "uq_facilities_code": CodeTaken(),
    "uq_rooms_facility_id_code": CodeTaken(),
    "uq_equipment_facility_id_code": CodeTaken(),
}
Row = TypeVar("Row", bound=Versioned)


async def open_facility(db: AsyncSession, caller: Caller, given: FacilityCreate) -> Facility:
    """Add a facility, which is closed until it has opening hours. Raises PlutOnly, Invalid, CodeTaken."""
    require_plut(caller)
    village = await require_village(db, given.village_code)
    return await _added(db, Facility(id=new_id(), **given.model_dump() | {"village_code": village.code}))


async def add_room(db: AsyncSession, caller: Caller, facility_id: UUID, given: RoomCreate) -> Room:
    """Add a room. Raises PlutOnly, FacilityNotFound, CodeTaken."""
    require_plut(caller)
    facility = await require_facility(db, facility_id)
    return await _added(db, Room(id=new_id(), facility_id=facility.id, **given.model_dump()))


async def add_equipment(db: AsyncSession, caller: Caller, facility_id: UUID, given: EquipmentCreate) -> Equipment:
    """Add equipment. Raises PlutOnly, FacilityNotFound, CodeTaken."""
    require_plut(caller)
    facility = await require_facility(db, facility_id)
    return await _added(db, Equipment(id=new_id(), facility_id=facility.id, **given.model_dump()))


async def change_facility(
    db: AsyncSession, caller: Caller, facility_id: UUID, if_match: str | None, changes: Mapping[str, Any]
) -> Facility:
    """Change a facility. Raises PlutOnly, FacilityNotFound, PreconditionRequired, PreconditionFailed."""
    require_plut(caller)
    await lock_facility(db, facility_id)
    return await _changed(db, await require_facility(db, facility_id, for_update=True), if_match, changes)


async def change_room(
    db: AsyncSession, caller: Caller, room_id: UUID, if_match: str | None, changes: Mapping[str, Any]
) -> Room:
    """Change a room. Raises PlutOnly, RoomNotFound, PreconditionRequired, PreconditionFailed."""
    require_plut(caller)
    await lock_facility(db, (await require_room(db, room_id)).facility_id)
    return await _changed(db, await require_room(db, room_id, for_update=True), if_match, changes)


async def change_equipment(
    db: AsyncSession, caller: Caller, equipment_id: UUID, if_match: str | None, changes: Mapping[str, Any]
) -> Equipment:
    """Change equipment. Raises PlutOnly, EquipmentNotFound, PreconditionRequired, PreconditionFailed."""
    require_plut(caller)
    equipment = await db.scalar(select(Equipment).where(Equipment.id == equipment_id).with_for_update())
    if equipment is None:
        raise EquipmentNotFound()
    return await _changed(db, equipment, if_match, changes)


async def set_opening_hours(
    db: AsyncSession, caller: Caller, facility_id: UUID, if_match: str | None, given: OpeningHours
) -> tuple[Facility, list[Booking]]:
    """Replace the opening hours of the week; with the bookings that lie outside them now.

    Raises PlutOnly, FacilityNotFound, PreconditionRequired, PreconditionFailed, Invalid, BookingsInTheWay.
    """
    require_plut(caller)
    await lock_facility(db, facility_id)
    facility = await require_facility(db, facility_id, for_update=True)
    require_match(facility, if_match)
    shifts = given.shifts
    faults = [CLOSES_BEFORE for shift in shifts if shift.until <= shift.since]
    if len({(shift.weekday, shift.shift) for shift in shifts}) < len(shifts):
        faults.append(named_twice("#/shifts"))
    if faults:
        raise Invalid(errors=faults)
    before = await outside(db, facility.id)
    await _clear(db, select(OpeningShift).where(OpeningShift.facility_id == facility.id))
    db.add_all(OpeningShift(facility_id=facility.id, **shift.model_dump()) for shift in shifts)
    await db.flush()
    affected = await settle(db, caller, facility.id, before, given.bookings, given.reason)
    return await _changed(db, facility, if_match, {}), affected


async def set_exception(
    db: AsyncSession, caller: Caller, facility_id: UUID, given: OpeningExceptionGiven
) -> tuple[OpeningException, list[Booking]]:
    """Decide for one day whether a facility is open; with the bookings that lie outside now.

    Raises PlutOnly, FacilityNotFound, BookingsInTheWay.
    """
    require_plut(caller)
    await lock_facility(db, facility_id)  # Two who decide about one day queue here.
    facility = await require_facility(db, facility_id)
    before = await outside(db, facility.id)
    of_the_day = select(OpeningException).where(
        OpeningException.facility_id == facility.id, OpeningException.on_date == given.on_date
    )
    exception = await db.scalar(of_the_day) or OpeningException(id=new_id(), facility_id=facility.id)
    for name, value in given.model_dump(exclude={"bookings"}).items():
        setattr(exception, name, value)
    db.add(exception)
    await db.flush()
    return exception, await settle(db, caller, facility.id, before, given.bookings, given.note)


async def close(
    db: AsyncSession, caller: Caller, facility_id: UUID, given: ClosureCreate
) -> tuple[Closure, list[Booking]]:
    """Close a facility or a room for some days; with the bookings that lie in it.

    Raises PlutOnly, FacilityNotFound, Invalid, BookingsInTheWay.
    """
    require_plut(caller)
    await lock_facility(db, facility_id)
    facility = await require_facility(db, facility_id)
    rooms = select(Room.id).where(Room.facility_id == facility.id)
    faults = [ENDS_BEFORE] if given.last_on < given.first_on else []
    if given.room_id is not None and given.room_id not in set(await db.scalars(rooms)):
        faults.append(ROOM_UNKNOWN)
    if faults:
        raise Invalid(errors=faults)
    before = await outside(db, facility.id)
    values = given.model_dump(exclude={"bookings"})
    closure = Closure(id=new_id(), facility_id=facility.id, closed_by=caller.id, **values)
    db.add(closure)
    await db.flush()
    affected = await settle(db, caller, facility.id, before, given.bookings, given.reason)
    await db.refresh(closure)
    return closure, affected


async def reopen(db: AsyncSession, caller: Caller, closure_id: UUID) -> None:
    """End a closure. Raises PlutOnly, ClosureNotFound."""
    require_plut(caller)
    closure = await db.get(Closure, closure_id)
    if closure is None:
        raise ClosureNotFound()
    await lock_facility(db, closure.facility_id)
    await db.delete(closure)
    await db.flush()


async def set_rules(
    db: AsyncSession, caller: Caller, facility_id: UUID, if_match: str | None, rules: Sequence[BookingRuleGiven]
) -> Facility:
    """Replace the booking rules of a facility.

    Raises PlutOnly, FacilityNotFound, PreconditionRequired, PreconditionFailed, Invalid.
    """
    require_plut(caller)
    facility = await require_facility(db, facility_id, for_update=True)
    require_match(facility, if_match)
    if len({rule.requester for rule in rules}) < len(rules):
        raise Invalid(errors=[named_twice("#/rules")])
    await _clear(db, select(BookingRule).where(BookingRule.facility_id == facility.id))
    db.add_all(BookingRule(facility_id=facility.id, **rule.model_dump()) for rule in rules)
    return await _changed(db, facility, if_match, {})


async def _clear(db: AsyncSession, query: Select[Any]) -> None:
    for row in await db.scalars(query):
        await db.delete(row)
    await db.flush()


async def _added(db: AsyncSession, row: Row) -> Row:
    with refusing(_TAKEN):
        db.add(row)
        await db.flush()
    await db.refresh(row)
    return row


async def _changed(db: AsyncSession, row: Row, if_match: str | None, changes: Mapping[str, Any]) -> Row:
    require_match(row, if_match)
    for name, value in changes.items():
        setattr(row, name, value)
    row.version += 1
    await db.flush()
    await db.refresh(row)
    return row
