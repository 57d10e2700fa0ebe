"""Asking for a room, and every move of a booking until its day is over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.facilities.access import hand_of, requester_of, require_booking, require_room
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
from plut_api.facilities.problems import BookingMoveNotAllowed, RoomNotAvailable, RoomTaken
from plut_api.facilities.service.holding import hold, lock_slots
from plut_api.facilities.states import MOVES, BookingMove, Hand, allowed_moves
from plut_api.facilities.words import (
    FROM_HERE,
    REASON_MISSING,
    TOO_EARLY,
    equipment_unknown,
    too_far,
    too_small,
    why_not,
)
from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller, Kind
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


@dataclass(frozen=True)
class Terms:
    """By which rule of the facility a caller asks."""

    requester: Requester
    days_ahead: int
    automatic_attendees: int


async def book(db: AsyncSession, caller: Caller, wish: Wish, on_date: date) -> Booking:
    """Ask for a room on a day. By the facility's rules it is given at once, or PLUT decides.

    Raises RoomNotFound, RoomNotAvailable, RoomTaken, EquipmentTaken, Invalid (`equipment_unknown`).
    Emits booking.requested, and booking.approved if it is given at once.
    """
    room = await require_room(db, wish.room_id)
    terms = await terms_of(db, caller, room, Requester.programme if wish.session_id else None)
    await require_equipment(db, room, wish.equipment)
    await lock_slots(db, [room.id, *wish.equipment], [on_date], wish.shift)
    slot = await one_slot(db, room.id, on_date, wish.shift)
    faults = unavailable(slot, room, wish, terms)
    if faults:
        raise RoomNotAvailable(errors=faults)
    if slot.status is SlotStatus.taken and not wish.wait:
        raise RoomTaken()
    return await place(db, caller, wish, terms, slot)


async def place(db: AsyncSession, caller: Caller, wish: Wish, terms: Terms, slot: Slot) -> Booking:
    """Write a booking for a slot that is locked and open: given, asked for, or waiting."""
    booking = Booking(
        id=new_id(),
        room_id=wish.room_id,
        on_date=slot.on_date,
        shift=wish.shift,
        state=BookingState.waiting if slot.status is SlotStatus.taken else BookingState.requested,
        requester=terms.requester,
        title=wish.title,
        attendees=wish.attendees,
        booked_by=caller.id,
        account_id=None if caller.kind is Kind.client else caller.id,
        organization_id=caller.organization_id,
        session_id=wish.session_id,
        series_id=wish.series_id,
    )
    db.add(booking)
    await db.flush()
    db.add_all(
        EquipmentLoan(booking_id=booking.id, equipment_id=thing, on_date=slot.on_date, shift=wish.shift, count=count)
        for thing, count in wish.equipment.items()
    )
    await db.flush()
    await _tell(db, caller, "booking.requested", booking)
    if booking.state is BookingState.requested and await is_automatic(db, booking, terms):
        await _approve(db, caller, booking)
    await db.refresh(booking)
    return booking


async def move(
    db: AsyncSession, caller: Caller, booking_id: UUID, step: BookingMove, reason: str | None = None
) -> Booking:
    """Move a booking on. `states.MOVES` holds what is legal. A room that comes free goes to who waited longest
    (`offer_next`, in the worker, since whoever gives it back may not see who waits).

    Raises BookingNotFound, BookingMoveNotAllowed, RoomTaken, EquipmentTaken, Invalid. Emits the event of the move.
    """
    booking = await require_booking(db, caller, booking_id)
    await lock_slots(db, [booking.room_id, *await _equipment_of(db, booking)], [booking.on_date], booking.shift)
    await db.refresh(booking)
    hand, rule = hand_of(caller), MOVES[step]
    if booking.state not in rule.starts or hand not in rule.by:
        raise _not_allowed(booking, hand)
    if rule.needs_reason and not reason:
        raise Invalid(errors=[REASON_MISSING])
    if step is BookingMove.no_show and booking.on_date > clock.today():
        raise Invalid(errors=[TOO_EARLY])
    booking.reason, booking.version = reason, booking.version + 1
    if step is BookingMove.approve:
        await _approve(db, caller, booking)
    else:
        await _end(db, caller, booking, step, hand)
    await db.refresh(booking)
    return booking


async def _approve(db: AsyncSession, caller: Caller | None, booking: Booking) -> None:
    await hold(db, booking, caller.id if caller else None)
    await _tell(db, caller, "booking.approved", booking)


async def _end(db: AsyncSession, caller: Caller, booking: Booking, step: BookingMove, hand: Hand) -> None:
    held = booking.state is BookingState.approved
    if step is BookingMove.cancel and held and hand is Hand.booker:
        days = (await rule_values(db, "booking."))["booking.cancel_days"]
        booking.is_late = booking.on_date - clock.today() < timedelta(days=days)
    booking.state = MOVES[step].leads_to
    booking.decided_at, booking.decided_by = clock.now(), caller.id
    await db.flush()
    await _tell(db, caller, MOVES[step].event, booking)
    if held and step is BookingMove.cancel:
        await _tell(db, caller, "booking.freed", booking)


async def offer_next(db: AsyncSession, freed_id: UUID) -> None:
    """Ask again for whoever waited longest for a slot that came free: it is given at once where the rules say so.

    Emits booking.offered, and booking.approved if it is given at once.
    """
    freed = await db.get_one(Booking, freed_id)
    if freed.on_date < clock.today():
        return
    waiting = select(Booking).where(
        Booking.room_id == freed.room_id,
        Booking.on_date == freed.on_date,
        Booking.shift == freed.shift,
        Booking.state == BookingState.waiting,
    )
    first = await db.scalar(waiting.order_by(Booking.id).limit(1))
    if first is None:
        return
    await lock_slots(db, [first.room_id, *await _equipment_of(db, first)], [first.on_date], first.shift)
    await db.refresh(first)
    if first.state is not BookingState.waiting:
        return
    first.state, first.version = BookingState.requested, first.version + 1
    await db.flush()
    await _tell(db, None, "booking.offered", first)
    terms = await _terms(db, await require_room(db, first.room_id), first.requester)
    if not await _equipment_of(db, first) and await is_automatic(db, first, terms):
        await _approve(db, None, first)


async def give_back(db: AsyncSession, session_ids: Sequence[UUID]) -> None:
    """Cancel what is still to come of the bookings for these training sessions. Emits booking.cancelled."""
    coming = (BookingState.requested, BookingState.waiting, BookingState.approved)
    query = select(Booking).where(Booking.session_id.in_(session_ids), Booking.state.in_(coming))
    for booking in await db.scalars(query.where(Booking.on_date >= clock.today()).order_by(Booking.id)):
        held = booking.state is BookingState.approved
        booking.state, booking.decided_at, booking.version = BookingState.cancelled, clock.now(), booking.version + 1
        await db.flush()
        await _tell(db, None, "booking.cancelled", booking)
        if held:
            await _tell(db, None, "booking.freed", booking)


async def terms_of(db: AsyncSession, caller: Caller, room: Room, requester: Requester | None = None) -> Terms:
    """The facility's rule for whom the caller asks; without one PLUT decides every booking."""
    return await _terms(db, room, requester or requester_of(caller))


async def _terms(db: AsyncSession, room: Room, requester: Requester) -> Terms:
    of_them = select(BookingRule).where(BookingRule.facility_id == room.facility_id, BookingRule.requester == requester)
    rule = await db.scalar(of_them)
    if rule is not None:
        return Terms(requester, rule.days_ahead, rule.automatic_attendees)
    return Terms(requester, (await rule_values(db, "booking."))["booking.days_ahead"], 0)


async def is_automatic(db: AsyncSession, booking: Booking, terms: Terms) -> bool:
    """Whether the rules give the room without PLUT: few enough people, and not too often missed of late."""
    if booking.attendees > terms.automatic_attendees:
        return False
    values = await rule_values(db, "booking.")
    since = clock.today() - timedelta(days=values["booking.no_show_days"])
    missed = select(Booking.id).where(
        Booking.booked_by == booking.booked_by,
        Booking.on_date >= since,
        or_(Booking.state == BookingState.no_show, Booking.is_late),
    )
    rows = (await db.scalars(missed.limit(values["booking.no_show_limit"]))).all()
    return len(rows) < values["booking.no_show_limit"]


async def one_slot(db: AsyncSession, room_id: UUID, on_date: date, shift: Shift) -> Slot:
    """The present state of a slot."""
    return next(slot for slot in await slots(db, [room_id], [on_date], "id") if slot.shift is shift)


def unavailable(slot: Slot, room: Room, wish: Wish, terms: Terms) -> list[Fault]:
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


async def require_equipment(db: AsyncSession, room: Room, wanted: Mapping[UUID, int]) -> None:
    """Let only equipment of the room's facility through. Raises Invalid (`equipment_unknown`)."""
    query = select(Equipment.id).where(Equipment.id.in_(wanted), Equipment.facility_id == room.facility_id)
    known = set(await db.scalars(query)) if wanted else set()
    faults = [equipment_unknown(at) for at, thing in enumerate(wanted) if thing not in known]
    if faults:
        raise Invalid(errors=faults)


async def _equipment_of(db: AsyncSession, booking: Booking) -> Sequence[UUID]:
    query = select(EquipmentLoan.equipment_id).where(EquipmentLoan.booking_id == booking.id)
    return (await db.scalars(query)).all()


def _not_allowed(booking: Booking, hand: Hand) -> BookingMoveNotAllowed:
    moves = [move.value for move in allowed_moves(booking.state, hand)]
    words = FROM_HERE.filled(state=booking.state.value, moves=", ".join(moves) or "-")
    return BookingMoveNotAllowed(detail=words, extra={"allowed_moves": moves})


async def _tell(db: AsyncSession, caller: Caller | None, event: str, booking: Booking) -> None:
    facts = {"room_id": booking.room_id, "organization_id": booking.organization_id, "session_id": booking.session_id}
    await outbox.record(db, event, booking.id, by=caller, **facts)
