"""What every move of a consultation has in common."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.consulting.access import hand_of, require_consultation
from plut_api.consulting.models import Consultation, ConsultationTransition
from plut_api.consulting.models import ConsultationState as S
from plut_api.consulting.problems import ConsultationMoveNotAllowed
from plut_api.consulting.states import MOVES, ConsultationMove, Hand, allowed_moves
from plut_api.consulting.texts import REASON, sealed
from plut_api.consulting.words import FROM_HERE, REASON_MISSING
from plut_api.facilities.models import Booking
from plut_api.facilities.service.bookings import call_off
from plut_api.facilities.service.holding import lock_times
from plut_api.facilities.states import COMING
from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller
from plut_api.kit.problems import Invalid


async def begin(
    db: AsyncSession, caller: Caller, consultation_id: UUID, move: ConsultationMove, reason: str | None
) -> Consultation:
    """A consultation that the caller may move so, locked.

    Raises ConsultationNotFound, ConsultationMoveNotAllowed, Invalid (no reason where one is needed).
    """
    consultation = await require_consultation(db, caller, consultation_id, for_update=True)
    hand, rule = hand_of(caller, consultation), MOVES[move]
    if consultation.state not in rule.starts or hand not in rule.by:
        raise _not_allowed(consultation, hand)
    if rule.needs_reason and not reason:
        raise Invalid(errors=[REASON_MISSING])
    return consultation


async def finish(
    db: AsyncSession,
    consultation: Consultation,
    move: ConsultationMove,
    caller: Caller | None,
    reason: str | None = None,
) -> Consultation:
    """Write where a consultation stands now, and who moved it there. Emits the event of the move."""
    note_transition(db, consultation, MOVES[move].leads_to, caller, reason)
    await db.flush()
    await db.refresh(consultation)
    await tell(db, MOVES[move].event, consultation, caller)
    return consultation


def note_transition(
    db: AsyncSession, consultation: Consultation, to: S, caller: Caller | None, reason: str | None
) -> None:
    """Set the state, and keep the move."""
    db.add(
        ConsultationTransition(
            consultation_id=consultation.id,
            from_state=consultation.state,
            to_state=to,
            caller_id=caller.id if caller else None,
            reason_sealed=sealed(REASON, reason),
        )
    )
    consultation.state = to
    consultation.version += 1


async def clear_appointment(db: AsyncSession, consultation: Consultation) -> None:
    """Take back when and where a consultation was to be."""
    await give_room_back(db, consultation)
    consultation.on_date = consultation.shift = consultation.starts_at = consultation.ends_at = None
    consultation.place_sealed = None


async def give_room_back(db: AsyncSession, consultation: Consultation) -> None:
    """Cancel the booking of the room that a consultation was to be in, if it is still to come."""
    booking = await db.get(Booking, consultation.booking_id) if consultation.booking_id is not None else None
    consultation.room_id = consultation.booking_id = None
    if booking is None or booking.on_date < clock.today():
        return
    await lock_times(db, {booking.room_id}, [(booking.on_date, booking.shift)])
    await db.refresh(booking)
    if booking.state in COMING:
        await call_off(db, None, [booking])


async def tell(db: AsyncSession, event: str, consultation: Consultation, caller: Caller | None) -> None:
    """Record an event of a consultation: ids, codes and numbers, nothing that was said."""
    facts = {
        "person_id": consultation.person_id,
        "actor_id": consultation.actor_id,
        "consultant_id": consultation.consultant_id,
        "field": consultation.field.value,
        "channel": consultation.channel.value,
        "minutes": consultation.minutes,
    }
    await outbox.record(db, event, consultation.id, by=caller, **facts)


def _not_allowed(consultation: Consultation, hand: Hand) -> ConsultationMoveNotAllowed:
    moves = [move.value for move in allowed_moves(consultation.state, hand)]
    words = FROM_HERE.filled(state=consultation.state.value, moves=", ".join(moves) or "-")
    return ConsultationMoveNotAllowed(detail=words, extra={"allowed_moves": moves})
