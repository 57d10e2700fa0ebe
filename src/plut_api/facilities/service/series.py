"""Many days by one rule (RFC 5545): what each of them would get, and all of them or the free ones at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum
from uuid import UUID

from dateutil.rrule import rrulestr
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.facilities.access import RUNS_THE_BUILDING, bookings_visible_to
from plut_api.facilities.calendar import SlotStatus
from plut_api.facilities.models import Booking, BookingSeries, BookingState
from plut_api.facilities.problems import RoomTaken, SeriesNotFound, SeriesOver
from plut_api.facilities.service.bookings import call_off
from plut_api.facilities.service.holding import lock_slots
from plut_api.facilities.service.placing import Survey, Wish, place, survey
from plut_api.facilities.states import COMING
from plut_api.facilities.words import rule_invalid, rule_names_no_day, rule_names_too_many
from plut_api.kit import clock
from plut_api.kit.caller import Caller
from plut_api.kit.ids import new_id
from plut_api.kit.problems import Fault, Invalid

MOST_DAYS = 200


class Take(StrEnum):
    """Which days a series takes: all of them or none, or those that are free."""

    all = "all"
    free = "free"


@dataclass(frozen=True)
class Verdict:
    """What one day of a series gets: the state of its booking, or what stands in the way."""

    on_date: date
    state: BookingState | None
    faults: Sequence[Fault] = ()
    booking_id: UUID | None = None


def days_of(rule: str, first_on: date, last_on: date) -> list[date]:
    """The days that a recurrence rule names from a day to a day.

    Raises Invalid (`rule_invalid`, `rule_names_no_day`, `rule_names_too_many_days`).
    """
    start, end = datetime.combine(first_on, time.min), datetime.combine(last_on, time.min)
    try:
        rule_of_days = rrulestr(rule, dtstart=start, ignoretz=True).replace(until=end)  # Its end bounds the search.
    except (ValueError, TypeError, KeyError):
        raise Invalid(errors=[rule_invalid()]) from None
    days = [day.date() for day in rule_of_days]
    if not days:
        raise Invalid(errors=[rule_names_no_day()])
    if len(days) > MOST_DAYS:
        raise Invalid(errors=[rule_names_too_many(MOST_DAYS)])
    return days


async def book_series(
    db: AsyncSession, caller: Caller, wish: Wish, rule: str, days: Sequence[date], take: Take, *, dry_run: bool
) -> tuple[UUID | None, list[Verdict]]:
    """Ask for a room on many days; the id of the series and a verdict for each day, in order.

    With `all`, one day that cannot be had refuses the whole: RoomTaken, its `errors` say which. A dry run writes
    nothing. The statements do not grow with the days. Raises RoomNotFound, RoomTaken, Invalid.
    """
    found = await survey(db, caller, wish, days)
    faults = {slot.on_date: hindrances(found, slot.on_date, wait=wish.wait) for slot in found.slots}
    if dry_run:
        return None, [Verdict(day, None, faults[day]) for day in days]
    if take is Take.all and any(faults.values()):
        raise RoomTaken(errors=[on_day(day, faults[day][0]) for day in days if faults[day]])
    series = BookingSeries(id=new_id(), room_id=wish.room_id, rule=rule, shift=wish.shift, booked_by=caller.id)
    db.add(series)
    await db.flush()
    chosen = [(slot, None) for slot in found.slots if not faults[slot.on_date]]
    bookings = await place(db, caller, replace(wish, series_id=series.id), found, chosen)
    taken = {booking.on_date: booking for booking in bookings}
    return series.id, [_verdict(day, taken.get(day), faults[day]) for day in days]


def hindrances(found: Survey, day: date, *, wait: bool = False) -> list[Fault]:
    """All that stands in the way of one day, another's booking and equipment included."""
    slot = next(slot for slot in found.slots if slot.on_date == day)
    faults = [*found.faults[day]]
    if slot.status is SlotStatus.taken and not wait:
        faults.append(Fault("#/rule", "room_taken", RoomTaken.title))
    if slot.status is SlotStatus.free:
        faults += found.lacking.get(day, ())
    return faults


def on_day(day: date, found: Fault) -> Fault:
    """A fault as that of a day."""
    return Fault(f"#/days/{day}", found.code, found.message)


def _verdict(day: date, booking: Booking | None, faults: Sequence[Fault]) -> Verdict:
    return Verdict(day, booking.state, (), booking.id) if booking else Verdict(day, None, faults)


async def require_series(db: AsyncSession, caller: Caller, series_id: UUID) -> tuple[BookingSeries, list[Booking]]:
    """A series that the caller asked for or whose bookings they see, and its bookings by day. Raises SeriesNotFound."""
    of_it = select(Booking).where(Booking.series_id == series_id, bookings_visible_to(caller))
    query = select(BookingSeries).where(BookingSeries.id == series_id)
    if caller.role is not RUNS_THE_BUILDING:
        query = query.where(or_(BookingSeries.booked_by == caller.id, of_it.exists()))
    series = await db.scalar(query)
    if series is None:
        raise SeriesNotFound()
    bookings = await db.scalars(of_it.order_by(Booking.on_date).execution_options(populate_existing=True))
    return series, list(bookings)


async def cancel_series(
    db: AsyncSession, caller: Caller, series_id: UUID, reason: str | None
) -> tuple[BookingSeries, list[Booking]]:
    """Give back what is still to come of a series, from today on. What was held stays.

    Shortly before the day it counts like not coming, as with a single booking. Raises SeriesNotFound, SeriesOver.
    Emits booking.cancelled and booking.freed of each.
    """
    series, bookings = await require_series(db, caller, series_id)
    days = [booking.on_date for booking in bookings]
    await lock_slots(db, series.room_id, days, series.shift)
    series, bookings = await require_series(db, caller, series_id)
    coming = [one for one in bookings if one.on_date >= clock.today() and one.state in COMING]
    if not coming:
        raise SeriesOver()
    await call_off(db, caller, coming, reason)
    return await require_series(db, caller, series_id)
