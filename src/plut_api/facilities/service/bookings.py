"""Asking for a room, and every move of a booking until its day is over."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.facilities.access import bookings_visible_to, hand_of, require_booking, require_room
from plut_api.facilities.calendar import SHUT, Slot, SlotStatus, slots
from plut_api.facilities.models import Booking, BookingState, EquipmentLoan, Shift
from plut_api.facilities.problems import BookingMoveNotAllowed, EquipmentTaken, RoomNotAvailable, RoomTaken
from plut_api.facilities.service.holding import hold, lock_slots, lock_times, share_facility
from plut_api.facilities.service.placing import Wish, free_days, is_automatic, place, survey, tell, terms_of
from plut_api.facilities.states import COMING, MOVES, BookingMove, Hand, allowed_moves
from plut_api.facilities.words import FROM_HERE, REASON_MISSING, TOO_EARLY, next_free, why_not
from plut_api.kit import clock
from plut_api.kit.caller import Caller
from plut_api.kit.problems import Invalid, Problem
from plut_api.reference.rules import rule_values


async def book(db: AsyncSession, caller: Caller, wish: Wish, on_date: date) -> Booking:
    """Ask for a room on a day. By the facility's rules it is given at once, or PLUT decides.

    Raises RoomNotFound, RoomNotAvailable and RoomTaken (both with `next_free_days`), EquipmentTaken, Invalid
    (`equipment_unknown`). Emits booking.requested, and booking.approved if it is given at once.
    """
    found = await survey(db, caller, wish, [on_date])
    slot, faults = found.slots[0], found.faults[on_date]
    if faults:
        elsewhen = await elsewhen_of(db, slot, RoomNotAvailable) if slot.status in SHUT else {}
        raise RoomNotAvailable(errors=faults, **elsewhen)
    if slot.status is SlotStatus.taken and not wish.wait:
        raise RoomTaken(**await elsewhen_of(db, slot, RoomTaken))
    if slot.status is SlotStatus.free and found.lacking.get(on_date):
        raise EquipmentTaken(errors=found.lacking[on_date])
    (booking,) = await place(db, caller, wish, found, [(slot, wish.session_id)])
    await db.refresh(booking)
    return booking


async def elsewhen_of(db: AsyncSession, slot: Slot, problem: type[Problem]) -> dict[str, Any]:
    """What a problem with a slot says of the next days on which the same room could be had in that shift."""
    days = await free_days(db, slot.room_id, slot.shift, slot.on_date)
    written = [day.isoformat() for day in days]
    return {"detail": next_free(problem.title, written), "extra": {"next_free_days": written}}


async def move(
    db: AsyncSession, caller: Caller, booking_id: UUID, step: BookingMove, reason: str | None = None
) -> Booking:
    """Move a booking on. `states.MOVES` holds what is legal. A room that comes free goes to who waited longest
    (`offer_next`, in the worker, since whoever gives it back may not see who waits).

    Raises BookingNotFound, BookingMoveNotAllowed, RoomNotAvailable (to be given, but closed by now), RoomTaken,
    EquipmentTaken, Invalid. Emits the event of the move.
    """
    booking = await require_booking(db, caller, booking_id)
    if step is BookingMove.approve:
        await share_facility(db, (await require_room(db, booking.room_id)).facility_id)
    await lock_slots(db, booking.room_id, [booking.on_date], booking.shift, await _equipment_of(db, booking))
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
        await _require_open(db, booking)
        await _approve(db, caller, booking)
    else:
        await _end(db, caller, booking, step, hand)
    await db.refresh(booking)
    return booking


async def _approve(db: AsyncSession, caller: Caller | None, booking: Booking) -> None:
    await hold(db, booking, caller.id if caller else None)
    await tell(db, caller, "booking.approved", [booking])


async def _end(db: AsyncSession, caller: Caller, booking: Booking, step: BookingMove, hand: Hand) -> None:
    held = booking.state is BookingState.approved
    if step is BookingMove.cancel and held and hand is Hand.booker:
        await _mark_late(db, [booking])
    booking.state = MOVES[step].leads_to
    booking.decided_at, booking.decided_by = clock.now(), caller.id
    await db.flush()
    await tell(db, caller, MOVES[step].event, [booking])
    if held and step is BookingMove.cancel:
        await tell(db, caller, "booking.freed", [booking])


async def _mark_late(db: AsyncSession, held: Sequence[Booking]) -> None:
    days = (await rule_values(db, "booking."))["booking.cancel_days"]
    for booking in held:
        booking.is_late = booking.on_date - clock.today() < timedelta(days=days)


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
    room = await require_room(db, first.room_id)
    await share_facility(db, room.facility_id)
    await lock_slots(db, first.room_id, [first.on_date], first.shift, await _equipment_of(db, first))
    await db.refresh(first)
    if first.state is not BookingState.waiting:
        return
    first.state, first.version = BookingState.requested, first.version + 1
    await db.flush()
    await tell(db, None, "booking.offered", [first])
    terms = await terms_of(db, room, first.requester)
    is_free = (await one_slot(db, room.id, first.on_date, first.shift)).status is SlotStatus.free
    automatic = await is_automatic(db, first.booked_by, first.attendees, terms)
    if is_free and automatic and not await _equipment_of(db, first):
        await _approve(db, None, first)


async def release(db: AsyncSession, caller: Caller, booking_id: UUID) -> None:
    """Cancel what is still to come of a booking for a session, if it is within the caller's rows; a co-host's or the
    Dinas' is not, and `give_back` cancels it soon after. Emits booking.cancelled.
    """
    mine = select(Booking.state).where(
        Booking.id == booking_id, bookings_visible_to(caller), Booking.on_date >= clock.today()
    )
    if await db.scalar(mine) in COMING:
        await move(db, caller, booking_id, BookingMove.cancel)


async def give_back(db: AsyncSession, session_ids: Sequence[UUID], *, kept: UUID | None = None) -> None:
    """Cancel what is still to come of the bookings for these training sessions, but for one. Emits booking.cancelled,
    and booking.freed for rooms that others get now.
    """
    query = select(Booking).where(Booking.session_id.in_(session_ids), Booking.state.in_(COMING))
    if kept is not None:
        query = query.where(Booking.id != kept)
    query = query.where(Booking.on_date >= clock.today()).order_by(Booking.id)
    found = (await db.scalars(query)).all()
    if not found:
        return
    await lock_times(db, {one.room_id for one in found}, [(one.on_date, one.shift) for one in found])
    await call_off(db, None, (await db.scalars(query.execution_options(populate_existing=True))).all())


async def call_off(
    db: AsyncSession,
    caller: Caller | None,
    bookings: Sequence[Booking],
    reason: str | None = None,
    *,
    freed: bool = True,
) -> None:
    """Cancel bookings that are locked and still to come, all at once. `freed`: their rooms go to who waits for them.
    Shortly before the day it counts for who booked like not coming.

    Emits booking.cancelled and booking.freed.
    """
    held = [booking for booking in bookings if booking.state is BookingState.approved]
    if caller is not None and hand_of(caller) is Hand.booker:
        await _mark_late(db, held)
    for booking in bookings:
        booking.state, booking.decided_at, booking.version = BookingState.cancelled, clock.now(), booking.version + 1
        booking.decided_by, booking.reason = caller.id if caller else None, reason
    await db.flush()
    await tell(db, caller, "booking.cancelled", bookings)
    if freed:
        await tell(db, caller, "booking.freed", held)


async def one_slot(db: AsyncSession, room_id: UUID, on_date: date, shift: Shift) -> Slot:
    """The present state of a slot."""
    return next(slot for slot in await slots(db, [room_id], [on_date], "id") if slot.shift is shift)


async def _equipment_of(db: AsyncSession, booking: Booking) -> Sequence[UUID]:
    query = select(EquipmentLoan.equipment_id).where(EquipmentLoan.booking_id == booking.id)
    return (await db.scalars(query)).all()


async def _require_open(db: AsyncSession, booking: Booking) -> None:
    slot = await one_slot(db, booking.room_id, booking.on_date, booking.shift)
    if slot.status in SHUT:
        raise RoomNotAvailable(errors=[why_not(slot.status.value, slot.why)])


def _not_allowed(booking: Booking, hand: Hand) -> BookingMoveNotAllowed:
    moves = [move.value for move in allowed_moves(booking.state, hand)]
    words = FROM_HERE.filled(state=booking.state.value, moves=", ".join(moves) or "-")
    return BookingMoveNotAllowed(detail=words, extra={"allowed_moves": moves})
