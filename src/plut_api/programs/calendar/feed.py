"""Sessions as an iCalendar (RFC 5545), as apps subscribe to it. It carries no personal data but trainers' public names.

An event's UID is the id of its session and its SEQUENCE the session's version, so an app moves, renames or strikes out
what it already shows. The same sessions give the same bytes: what stands for the time of writing is that of the last
change.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from icalendar import Calendar, Event, Timezone, TimezoneStandard
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import clock
from plut_api.kit.clock import WITA
from plut_api.programs.models import Shift
from plut_api.programs.states import PUBLIC
from plut_api.reference.rules import rule_values

ICS = "text/calendar"
_ZONE = "Asia/Makassar"
_OFFSET = timedelta(hours=8)
Hours = dict[Shift, tuple[time, time]]


async def usual_hours(db: AsyncSession) -> Hours:
    """When the shifts begin and end where no building says otherwise."""
    values = await rule_values(db, "training.")
    return {
        shift: (_at(values[f"training.{shift}_from_minutes"]), _at(values[f"training.{shift}_to_minutes"]))
        for shift in Shift
    }


async def feed_period(db: AsyncSession) -> tuple[date, date]:
    """The days that a subscription shows: some that have passed, and what is to come."""
    values, today = await rule_values(db, "calendar."), clock.today()
    past, ahead = values["calendar.past_days"], values["calendar.ahead_days"]
    return today - timedelta(days=past), today + timedelta(days=ahead)


def written(rows: Iterable[Row[Any]], usual: Hours, name: str) -> bytes:
    """Sessions as one calendar. Lines are folded and texts escaped by the library."""
    calendar = Calendar()
    calendar.add("prodid", "-//PLUT NTB//PLUT API//ID")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", _ZONE)
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", timedelta(hours=1))
    calendar.add_component(_zone())
    for row in rows:
        calendar.add_component(_event(row, usual))
    content: bytes = calendar.to_ical()
    return content


def _zone() -> Timezone:
    """WITA, which has no summer time."""
    standard = TimezoneStandard()
    standard.add("dtstart", datetime(1970, 1, 1))  # noqa: DTZ001 (local time, as RFC 5545 asks)
    standard.add("tzoffsetfrom", _OFFSET)
    standard.add("tzoffsetto", _OFFSET)
    standard.add("tzname", "WITA")
    zone = Timezone()
    zone.add("tzid", _ZONE)
    zone.add_component(standard)
    return zone


def _event(row: Row[Any], usual: Hours) -> Event:
    since, until = (row.since, row.until) if row.since else usual[row.shift]
    event = Event()
    event.add("uid", str(row.id))
    event.add("sequence", row.version)
    event.add("dtstamp", row.updated_at)
    event.add("created", row.created_at)
    event.add("last-modified", row.updated_at)
    event.add("dtstart", datetime.combine(row.held_on, since, WITA), parameters={"TZID": _ZONE})
    event.add("dtend", datetime.combine(row.held_on, until, WITA), parameters={"TZID": _ZONE})
    event.add("summary", f"{row.program_title}: {row.title}")
    event.add("status", _status(row))
    event.add("description", _described(row))
    event.add("categories", list(row.topics))
    if row.place:
        event.add("location", row.place)
    return event


def _status(row: Row[Any]) -> str:
    if row.cancelled_at is not None:
        return "CANCELLED"
    return "CONFIRMED" if row.program_state in PUBLIC else "TENTATIVE"


def _described(row: Row[Any]) -> str:
    lines = [f"Penyelenggara: {row.organization_name}"]
    names: Sequence[str] = [trainer["name"] for trainer in row.trainers]
    if names:
        lines.append(f"Pengajar: {', '.join(names)}")
    if row.cancel_reason:
        lines.append(f"Dibatalkan: {row.cancel_reason}")
    return "\n".join(lines)


def _at(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)
