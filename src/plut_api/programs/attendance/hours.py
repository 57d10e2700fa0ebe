"""When sessions are held: the hours of the room's facility on that weekday, else those that rule values name.

Sessions in villages have no room of ours; they keep the hours of the shift.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, case, cast, extract, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from plut_api.facilities.models import OpeningShift, Room, Shift
from plut_api.kit import clock
from plut_api.kit.problems import Invalid, fault
from plut_api.programs.models import TrainingSession
from plut_api.reference.rules import rule_values

SHIFTS = "training."
_MONTH = timedelta(days=31)
_FAR = fault(
    "/query/from",
    "far_from_the_session",
    id="Waktu ini lebih dari sebulan dari sesinya",
    en="This time is more than a month away from the session",
)


@dataclass(frozen=True)
class Hours:
    """From when until when a session is held, and from when until when its participants check in."""

    since: datetime
    until: datetime
    opens_at: datetime
    closes_at: datetime


async def hours_of(db: AsyncSession, session: TrainingSession, rules: Mapping[str, int]) -> Hours:
    """The hours of one session; `rules` are the values of `attendance.`, for how early and late one may check in."""
    opening = await db.scalar(_opening(TrainingSession).where(TrainingSession.id == session.id))
    day = datetime.combine(session.held_on, time(), clock.WITA)
    if opening is not None:
        since, until = (datetime.combine(session.held_on, at, clock.WITA) for at in (opening.since, opening.until))
    else:
        shifts = await rule_values(db, SHIFTS)
        since, until = (
            day + timedelta(minutes=shifts[f"{SHIFTS}{session.shift.value}_{end}_minutes"]) for end in ("from", "to")
        )
    return Hours(
        since,
        until,
        since - timedelta(minutes=rules["attendance.early_minutes"]),
        until + timedelta(minutes=rules["attendance.late_minutes"]),
    )


def _opening(session: Any) -> Any:
    """The opening shifts in which sessions lie, as far as they have a room."""
    return (
        select(OpeningShift)
        .join(Room, Room.facility_id == OpeningShift.facility_id)
        .join(
            session,
            (session.room_id == Room.id)
            & (session.shift == OpeningShift.shift)
            & (OpeningShift.weekday == cast(extract("isodow", session.held_on), Integer)),
        )
    )


def minutes_of(session: Any, shifts: Mapping[str, int]) -> ColumnElement[int]:
    """How long a session lasts, in minutes, as SQL; `shifts` are the values of `training.`."""
    room, opening = aliased(Room), aliased(OpeningShift)
    length = cast(extract("epoch", opening.until - opening.since) / 60, Integer)
    in_room = (
        select(length)
        .join(room, room.facility_id == opening.facility_id)
        .where(
            room.id == session.room_id,
            opening.shift == session.shift,
            opening.weekday == cast(extract("isodow", session.held_on), Integer),
        )
        .correlate(session)
        .scalar_subquery()
    )
    usual = case(*((session.shift == shift, _usual_length(shift, shifts)) for shift in Shift), else_=0)
    return func.coalesce(in_room, usual)


def _usual_length(shift: Shift, shifts: Mapping[str, int]) -> int:
    since, until = (shifts[f"{SHIFTS}{shift.value}_{end}_minutes"] for end in ("from", "to"))
    return until - since


def near(hours: Hours, at: datetime | None) -> datetime | None:
    """An instant within a month of a session, as it was given. Raises Invalid (`far_from_the_session`)."""
    if at is not None and not hours.opens_at - _MONTH <= at <= hours.closes_at + _MONTH:
        raise Invalid(errors=[_FAR])
    return at
