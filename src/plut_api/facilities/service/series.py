"""Many days by one rule (RFC 5545): what each of them would get, and all of them or the free ones at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum
from uuid import UUID

from dateutil.rrule import rrulestr
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.facilities.access import require_room
from plut_api.facilities.calendar import SlotStatus, slots
from plut_api.facilities.models import BookingSeries, BookingState
from plut_api.facilities.problems import RoomTaken
from plut_api.facilities.service.bookings import Wish, place, require_equipment, terms_of, unavailable
from plut_api.facilities.service.holding import lock_slots
from plut_api.facilities.words import rule_invalid, rule_names_no_day, rule_names_too_many
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
    nothing. Raises RoomNotFound, RoomTaken, EquipmentTaken, Invalid.
    """
    room = await require_room(db, wish.room_id)
    terms = await terms_of(db, caller, room)
    await require_equipment(db, room, wish.equipment)
    await lock_slots(db, [room.id, *wish.equipment], list(days), wish.shift)
    found = [slot for slot in await slots(db, [room.id], days, "id") if slot.shift is wish.shift]
    verdicts = []
    for slot in found:
        faults = unavailable(slot, room, wish, terms)
        if slot.status is SlotStatus.taken and not wish.wait:
            faults = [*faults, Fault("#/rule", "room_taken", RoomTaken.title)]
        verdicts.append(Verdict(slot.on_date, None, faults))
    refused = [verdict for verdict in verdicts if verdict.faults]
    if dry_run:
        return None, verdicts
    if take is Take.all and refused:
        raise RoomTaken(errors=[_on(verdict) for verdict in refused])
    series = BookingSeries(id=new_id(), room_id=room.id, rule=rule, shift=wish.shift, booked_by=caller.id)
    db.add(series)
    await db.flush()
    wish = replace(wish, series_id=series.id)
    for at, slot in enumerate(found):
        if not verdicts[at].faults:
            booking = await place(db, caller, wish, terms, slot)
            verdicts[at] = Verdict(slot.on_date, booking.state, (), booking.id)
    return series.id, verdicts


def _on(verdict: Verdict) -> Fault:
    return Fault(f"#/days/{verdict.on_date}", verdict.faults[0].code, verdict.faults[0].message)
