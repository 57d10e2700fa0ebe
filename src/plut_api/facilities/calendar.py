"""When a room can be had: one statement tells it for any rooms and days, and every other rule reads it from there.

A day is open in a shift if the facility's opening shifts say so for its weekday and it is no national holiday; an
exception of the facility decides instead of both. Closures and approved bookings take what is left.

Who holds what is read through the views `held_rooms` and `held_equipment`, since behind the wall of an organization
the bookings of others cannot be seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.facilities.models import Shift

SLOTS = """
    SELECT r.id AS room_id, d.on_date, s.shift, b.booking_id, b.organization_id, b.booking_state,
        b.attendees, CASE
            WHEN e.is_open IS FALSE THEN 'closed'
            WHEN e.is_open IS NULL AND h.day IS NOT NULL THEN 'holiday'
            WHEN e.is_open IS NULL AND o.shift IS NULL THEN 'not_open'
            WHEN c.reason IS NOT NULL OR NOT r.is_active OR NOT f.is_active THEN 'closed'
            WHEN b.booking_id IS NOT NULL THEN 'taken'
            ELSE 'free'
        END AS status, CASE
            WHEN e.is_open IS FALSE THEN e.note
            WHEN e.is_open IS NULL AND h.day IS NOT NULL THEN CASE :locale WHEN 'en' THEN h.name_en ELSE h.name_id END
            WHEN e.is_open IS NULL AND o.shift IS NULL THEN NULL
            ELSE c.reason
        END AS why
    FROM rooms r
    JOIN facilities f ON f.id = r.facility_id
    CROSS JOIN unnest(CAST(:days AS date[])) AS d (on_date)
    CROSS JOIN (VALUES ('morning'), ('afternoon')) AS s (shift)
    LEFT JOIN opening_exceptions e ON e.facility_id = r.facility_id AND e.on_date = d.on_date
    LEFT JOIN holidays h ON h.day = d.on_date AND h.kind = 'national'
    LEFT JOIN opening_shifts o ON o.facility_id = r.facility_id AND o.weekday = extract(isodow FROM d.on_date)
        AND o.shift = s.shift
    LEFT JOIN LATERAL (
        SELECT reason FROM closures
        WHERE facility_id = r.facility_id AND d.on_date BETWEEN first_on AND last_on
            AND (room_id IS NULL OR room_id = r.id) AND (shift IS NULL OR shift = s.shift)
        ORDER BY id LIMIT 1
    ) c ON true
    LEFT JOIN held_rooms b ON b.room_id = r.id AND b.on_date = d.on_date AND b.shift = s.shift
    WHERE r.id = ANY(:rooms)
"""
"""SQL: each shift of `:rooms` on `:days` (holidays named in `:locale`), with who has it."""
_IN_ORDER = text(f"{SLOTS} ORDER BY r.id, d.on_date, s.shift DESC")


class SlotStatus(StrEnum):
    """Whether a room can be had on a day in a shift, and if not, why."""

    free = "free"
    taken = "taken"
    closed = "closed"
    holiday = "holiday"
    not_open = "not_open"


SHUT = frozenset({SlotStatus.closed, SlotStatus.holiday, SlotStatus.not_open})


@dataclass(frozen=True)
class Slot:
    """A room on a day in a shift. `why` names the holiday or gives the reason of the closure."""

    room_id: UUID
    on_date: date
    shift: Shift
    status: SlotStatus
    why: str | None


async def slots(db: AsyncSession, rooms: Sequence[UUID], days: Sequence[date], locale: str) -> list[Slot]:
    """Every shift of these rooms on these days, by room and time: one statement, whatever their number."""
    rows = await db.execute(_IN_ORDER, {"rooms": list(rooms), "days": list(days), "locale": locale})
    return [Slot(row.room_id, row.on_date, Shift(row.shift), SlotStatus(row.status), row.why) for row in rows]
