"""Appointments: when and where a consultation is to be, and what became of it.

A consultant is nowhere twice: an exclusion constraint holds their scheduled appointments apart, and whoever makes one
queues for the consultant's day, so that two who choose one time at once do not wait for each other.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.consulting.models import AgreedAction, Consultation, ConsultationNote
from plut_api.consulting.problems import ConsultantBusy, ConsultantMissing
from plut_api.consulting.schemas import Appointment, Record
from plut_api.consulting.service.moving import begin, finish, give_room_back
from plut_api.consulting.states import ConsultationMove
from plut_api.consulting.texts import ADVICE, NOTE, PLACE, WHAT, sealed
from plut_api.consulting.words import (
    NEXT_BEFORE,
    SHIFT_OR_START,
    TOO_EARLY,
    TOO_LONG,
    due_before,
    too_far_ahead,
    too_long_ago,
)
from plut_api.facilities.models import Shift
from plut_api.facilities.service import Wish, book
from plut_api.kit import clock
from plut_api.kit.caller import Caller
from plut_api.kit.database import refusing
from plut_api.kit.problems import Fault, Invalid
from plut_api.reference.rules import rule_values

RULES = "consulting."
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(CAST(:key AS text), 0))")
_BUSY = {"ex_consultations_one_place_at_a_time": ConsultantBusy()}
_TITLE = "Konsultasi"
"""What a booking of a room is called; who comes is nobody's business."""
_SEATS = 2


@dataclass(frozen=True)
class Time:
    """From when to when an appointment is, and in which shift of the building."""

    since: datetime
    until: datetime
    shift: Shift


async def schedule(db: AsyncSession, caller: Caller, consultation_id: UUID, given: Appointment) -> Consultation:
    """Make or move the appointment of a consultation, with a room of PLUT if one is named.

    Raises ConsultationNotFound, ConsultationMoveNotAllowed, ConsultantMissing, ConsultantBusy, RoomNotFound,
    RoomNotAvailable, RoomTaken, Invalid (`shift_or_start`, `past_midnight`, `too_long_ago`, `too_far_ahead`).
    Emits consultation.scheduled.
    """
    consultation = await begin(db, caller, consultation_id, ConsultationMove.schedule, given.reason)
    if consultation.consultant_id is None:
        raise ConsultantMissing()
    when = _time(given, await rule_values(db, RULES))
    await db.execute(_LOCK, {"key": f"consultant {consultation.consultant_id} {given.on_date}"})
    await give_room_back(db, consultation)
    if given.room_id is not None:
        wish = Wish(room_id=given.room_id, shift=when.shift, title=_TITLE, attendees=_SEATS)
        consultation.room_id = given.room_id
        consultation.booking_id = (await book(db, caller, wish, given.on_date)).id
    consultation.on_date, consultation.shift = given.on_date, given.shift
    consultation.starts_at, consultation.ends_at = when.since, when.until
    consultation.place_sealed = sealed(PLACE, given.place)
    with refusing(_BUSY):
        return await finish(db, consultation, ConsultationMove.schedule, caller, given.reason)


async def hold(db: AsyncSession, caller: Caller, consultation_id: UUID, given: Record) -> Consultation:
    """Record a consultation that took place. Its consultant does.

    Raises ConsultationNotFound, ConsultationMoveNotAllowed, Invalid (`day_still_to_come`, `before_this_visit`,
    `due_before_visit`). Emits consultation.held.
    """
    consultation = await begin(db, caller, consultation_id, ConsultationMove.hold, None)
    on_date = _day_of(consultation)
    faults = [due_before(at) for at, action in enumerate(given.actions) if action.due_on < on_date]
    if given.next_visit_on is not None and given.next_visit_on <= on_date:
        faults.append(NEXT_BEFORE)
    if faults:
        raise Invalid(errors=faults)
    consultation.minutes, consultation.result = given.minutes, given.result
    consultation.advice_sealed = sealed(ADVICE, given.advice)
    consultation.next_visit_on, consultation.held_by = given.next_visit_on, caller.id
    finished = await finish(db, consultation, ConsultationMove.hold, caller)
    db.add_all(
        AgreedAction(consultation_id=consultation.id, what_sealed=sealed(WHAT, action.what), due_on=action.due_on)
        for action in given.actions
    )
    if given.private_note is not None:
        note = sealed(NOTE, given.private_note)
        db.add(ConsultationNote(consultation_id=consultation.id, author_id=caller.id, text_sealed=note))
    await db.flush()
    return finished


async def note_no_show(
    db: AsyncSession, caller: Caller, consultation_id: UUID, reason: str | None = None
) -> Consultation:
    """Note that the client did not come, from the day on.

    Raises ConsultationNotFound, ConsultationMoveNotAllowed, Invalid (`day_still_to_come`). Emits consultation.missed.
    """
    consultation = await begin(db, caller, consultation_id, ConsultationMove.no_show, reason)
    _day_of(consultation)
    return await finish(db, consultation, ConsultationMove.no_show, caller, reason)


async def cancel(db: AsyncSession, caller: Caller, consultation_id: UUID, reason: str) -> Consultation:
    """Call a consultation off, and give its room back. The client may, the consultant, and the Dinas.

    Raises ConsultationNotFound, ConsultationMoveNotAllowed. Emits consultation.cancelled.
    """
    consultation = await begin(db, caller, consultation_id, ConsultationMove.cancel, reason)
    await give_room_back(db, consultation)
    return await finish(db, consultation, ConsultationMove.cancel, caller, reason)


def _day_of(consultation: Consultation) -> date:
    """The day of an appointment that has come. Raises Invalid (`day_still_to_come`)."""
    if consultation.on_date is None or consultation.on_date > clock.today():
        raise Invalid(errors=[TOO_EARLY])
    return consultation.on_date


def _time(given: Appointment, values: dict[str, int]) -> Time:
    """From when to when. Raises Invalid with every fault."""
    faults = _day_faults(given.on_date, values)
    if (given.shift is None) == (given.starts is None):
        raise Invalid(errors=[*faults, SHIFT_OR_START])
    noon = values["consulting.afternoon_from_minutes"]
    if given.shift is not None:
        first, last = (values[f"consulting.{given.shift.value}_{end}_minutes"] for end in ("from", "to"))
        shift = given.shift
    else:
        first = _minutes(given.starts or "")
        last = first + (given.planned_minutes or values["consulting.appointment_minutes"])
        shift = Shift.morning if first < noon else Shift.afternoon
    if last > _DAY:
        faults.append(TOO_LONG)
    if faults:
        raise Invalid(errors=faults)
    midnight = datetime.combine(given.on_date, time(), clock.WITA)
    return Time(midnight + timedelta(minutes=first), midnight + timedelta(minutes=last), shift)


_DAY = 24 * 60


def _day_faults(on_date: date, values: dict[str, int]) -> list[Fault]:
    ahead, back = (values[f"consulting.{name}"] for name in ("days_ahead", "late_record_days"))
    days = (on_date - clock.today()).days
    if days < -back:
        return [too_long_ago(back)]
    return [too_far_ahead(ahead)] if days > ahead else []


def _minutes(clock_time: str) -> int:
    written = time.fromisoformat(clock_time)
    return written.hour * 60 + written.minute
