"""Sessions that still look for a room, and the smallest free room of a building that would take each."""

from collections.abc import Sequence
from datetime import timedelta
from string import Template
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.facilities.calendar import SLOTS
from plut_api.facilities.queries import days_between
from plut_api.kit import clock

_DAYS_AHEAD = 60
_MOST = 200
_FILLS = Template("""
    WITH wanted AS (
        SELECT s.id, s.program_id, s.held_on, s.shift, s.title, p.title AS program_title, p.organization_id, p.seats
        FROM training_sessions s JOIN programs p ON p.id = s.program_id
        WHERE s.booking_id IS NULL AND s.cancelled_at IS NULL AND s.held_on = ANY(:days)
            AND p.state IN ('approved', 'published', 'running')
    ), slots AS ($slots)
    SELECT DISTINCT ON (w.held_on, w.shift, w.id) w.id AS session_id, w.program_id, w.program_title, w.organization_id,
        w.held_on, w.shift, w.title, w.seats, r.id AS room_id, r.name AS room_name
    FROM wanted w JOIN slots s ON s.on_date = w.held_on AND s.shift = w.shift AND s.status = 'free'
    JOIN rooms r ON r.id = s.room_id AND r.capacity >= w.seats
    ORDER BY w.held_on, w.shift DESC, w.id, r.capacity, r.code LIMIT :most
""")
_QUERY = text(_FILLS.substitute(slots=SLOTS))


async def suggested_fills(db: AsyncSession, room_ids: Sequence[UUID], locale: str) -> Sequence[Row[Any]]:
    """Sessions of the next sixty days without a room, by day, each with the smallest free one of these that fits."""
    today = clock.today()
    days = days_between(today, today + timedelta(days=_DAYS_AHEAD))
    given = {"rooms": list(room_ids), "days": days, "locale": locale, "most": _MOST}
    return (await db.execute(_QUERY, given)).all()
