"""What a wish for a room meets: the facility's rules, what stands in the way of each day, and the rows that follow.

Written for many days at once, since a series asks for up to two hundred: the statements do not grow with the days.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.facilities.access import requester_of, require_room
from plut_api.facilities.calendar import SHUT, Slot, SlotStatus, slots
from plut_api.facilities.models import (
    Booking,
    BookingRule,
    BookingState,
    Equipment,
    EquipmentLoan,
    Requester,
    Room,
    Shift,
)
from plut_api.facilities.service.holding import TAKEN, lacking, lock_slots, share_facility
from plut_api.facilities.words import equipment_unknown, too_far, too_small, why_not
from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller, Kind
from plut_api.kit.database import refusing
from plut_api.kit.ids import new_id
from plut_api.kit.problems import Fault, Invalid
from plut_api.reference.rules import rule_values


@dataclass(frozen=True)
class Wish:
    """What somebody asks for. `equipment` maps ids to numbers; `wait` joins the waiting list of a taken room."""

    room_id: UUID
    shift: Shift
    title: str
    attendees: int
    equipment: Mapping[UUID, int] = field(default_factory=dict)
    wait: bool = False
    session_id: UUID | None = None
    series_id: UUID | None = None
    for_programme: bool = False

    @property
    def asks_as(self) -> Requester | None:
        """As whom it is asked besides for oneself."""
        return Requester.programme if self.for_programme or self.session_id else None


@dataclass(frozen=True)
class Terms:
    """By which rule of the facility a caller asks."""

    requester: Requester
    days_ahead: int
    automatic_attendees: int


@dataclass(frozen=True)
class Survey:
    """What a wish meets on each of its days: the slot, what stands in the way, what is lacking besides the room."""

    room: Room
    terms: Terms
    is_automatic: bool
    slots: Sequence[Slot]
    faults: Mapping[date, list[Fault]]
    lacking: Mapping[date, list[Fault]]


async def survey(db: AsyncSession, caller: Caller, wish: Wish, days: Sequence[date]) -> Survey:
    """Lock a room and equipment on these days, and look what each of them would get.

    Raises RoomNotFound, Invalid (`equipment_unknown`).
    """
    room = await require_room(db, wish.room_id)
    terms = await terms_of(db, room, wish.asks_as or requester_of(caller))
    await _require_equipment(db, room, wish.equipment)
    await share_facility(db, room.facility_id)
    await lock_slots(db, room.id, days, wish.shift, wish.equipment)
    await db.refresh(room, ["capacity"])
    found = [slot for slot in await slots(db, [room.id], days, "id") if slot.shift is wish.shift]
    automatic = await is_automatic(db, caller.id, wish.attendees, terms)
    short = await lacking(db, wish.equipment, days, wish.shift) if automatic else {}
    faults = {slot.on_date: _unavailable(slot, room, wish, terms) for slot in found}
    return Survey(room, terms, automatic, found, faults, short)


async def place(
    db: AsyncSession, caller: Caller, wish: Wish, found: Survey, chosen: Sequence[tuple[Slot, UUID | None]]
) -> list[Booking]:
    """Write a booking for each slot, which is locked and open: given, asked for, or waiting; with the session it is
    for, if any. Emits booking.requested, and booking.approved for those that are given at once.
    """
    bookings = [_booking(caller, wish, found, slot, session_id) for slot, session_id in chosen]
    with refusing(TAKEN):
        db.add_all(bookings)
        await db.flush()
    db.add_all(
        EquipmentLoan(booking_id=booking.id, equipment_id=thing, on_date=booking.on_date, shift=wish.shift, count=count)
        for booking in bookings
        for thing, count in wish.equipment.items()
    )
    await db.flush()
    await tell(db, caller, "booking.requested", bookings)
    await tell(db, caller, "booking.approved", [one for one in bookings if one.state is BookingState.approved])
    return bookings


def _booking(caller: Caller, wish: Wish, found: Survey, slot: Slot, session_id: UUID | None) -> Booking:
    state = BookingState.approved if found.is_automatic else BookingState.requested
    if slot.status is SlotStatus.taken:
        state = BookingState.waiting
    given = state is BookingState.approved
    return Booking(
        id=new_id(),
        room_id=wish.room_id,
        on_date=slot.on_date,
        shift=wish.shift,
        state=state,
        requester=found.terms.requester,
        title=wish.title,
        attendees=wish.attendees,
        booked_by=caller.id,
        account_id=None if caller.kind is Kind.client else caller.id,
        organization_id=caller.organization_id,
        session_id=session_id,
        series_id=wish.series_id,
        decided_at=clock.now() if given else None,
        decided_by=caller.id if given else None,
    )


async def tell(db: AsyncSession, caller: Caller | None, event: str, bookings: Sequence[Booking]) -> None:
    """Record an event of each booking, by one statement."""
    subjects = [
        (
            booking.id,
            {
                "room_id": booking.room_id,
                "organization_id": booking.organization_id,
                "session_id": booking.session_id,
            },
        )
        for booking in bookings
    ]
    await outbox.record_all(db, event, subjects, by=caller)


async def terms_of(db: AsyncSession, room: Room, requester: Requester) -> Terms:
    """The facility's rule for whom somebody asks; without one PLUT decides every booking."""
    of_them = select(BookingRule).where(BookingRule.facility_id == room.facility_id, BookingRule.requester == requester)
    rule = await db.scalar(of_them)
    if rule is not None:
        return Terms(requester, rule.days_ahead, rule.automatic_attendees)
    return Terms(requester, (await rule_values(db, "booking."))["booking.days_ahead"], 0)


async def is_automatic(db: AsyncSession, booked_by: UUID, attendees: int, terms: Terms) -> bool:
    """Whether the rules give the room without PLUT: few enough people, and not too often missed of late."""
    if attendees > terms.automatic_attendees:
        return False
    values = await rule_values(db, "booking.")
    since = clock.today() - timedelta(days=values["booking.no_show_days"])
    missed = select(Booking.id).where(
        Booking.booked_by == booked_by,
        Booking.on_date >= since,
        or_(Booking.state == BookingState.no_show, Booking.is_late),
    )
    rows = (await db.scalars(missed.limit(values["booking.no_show_limit"]))).all()
    return len(rows) < values["booking.no_show_limit"]


async def free_days(db: AsyncSession, room_id: UUID, shift: Shift, after: date) -> list[date]:
    """The next days on which a room is open and free in a shift, three at most, within two months."""
    first = max(after, clock.today())
    days = [first + timedelta(days=at) for at in range(1, _LOOK_AHEAD + 1)]
    found = await slots(db, [room_id], days, "id")
    return [slot.on_date for slot in found if slot.shift is shift and slot.status is SlotStatus.free][:_MOST_NAMED]


_LOOK_AHEAD, _MOST_NAMED = 60, 3


def _unavailable(slot: Slot, room: Room, wish: Wish, terms: Terms) -> list[Fault]:
    """All that stands in the way of a booking besides another one."""
    faults = []
    today = clock.today()
    if slot.on_date < today:
        faults.append(why_not("past"))
    if (slot.on_date - today).days > terms.days_ahead:
        faults.append(too_far(terms.days_ahead))
    if slot.status in SHUT:
        faults.append(why_not(slot.status.value, slot.why))
    if wish.attendees > room.capacity:
        faults.append(too_small(room.capacity))
    return faults


async def _require_equipment(db: AsyncSession, room: Room, wanted: Mapping[UUID, int]) -> None:
    query = select(Equipment.id).where(Equipment.id.in_(wanted), Equipment.facility_id == room.facility_id)
    known = set(await db.scalars(query)) if wanted else set()
    faults = [equipment_unknown(at) for at, thing in enumerate(wanted) if thing not in known]
    if faults:
        raise Invalid(errors=faults)
