"""What is due, claimed under a lease, so that nobody else sends it meanwhile and nothing is lost when a worker dies.

In order for each subject: a delivery waits while an earlier one of its subject for its endpoint is pending. An endpoint
that fails rests as a whole, so a hundred thousand deliveries behind it cost as much as one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.integration.events.catalogue import CATALOGUE
from plut_api.integration.webhooks.models import DeliveryKind
from plut_api.kit import clock
from plut_api.kit.database import unit_of_work
from plut_api.kit.relay import after_numbering

LEASE = timedelta(seconds=60)
"""Longer than any endpoint is waited for."""
AT_ONCE = 8
"""Deliveries under way to one endpoint; to one that failed last time a single one, to see whether it is back."""
_AHEAD = 500
"""So far behind the first pending delivery of an endpoint others are looked for, whose subjects are not held up."""

_FAN_OUT = text("""
    INSERT INTO webhook_deliveries (id, endpoint_id, kind, event_id, subject_id, state, attempts)
    SELECT gen_random_uuid(), w.id, 'event', e.id, e.subject_id, 'pending', 0
    FROM feed_entries f JOIN events e ON e.id = f.event_id JOIN webhook_endpoints w
        ON w.organization_id = f.organization_id AND w.state = 'active'
        AND (w.event_types = '{}' OR e.name = ANY(w.event_types))
    WHERE f.event_id = ANY(:ids) AND e.name = ANY(:names) ORDER BY f.position
    ON CONFLICT DO NOTHING
""")
_CLAIM = text("""
    WITH resting AS MATERIALIZED (
        SELECT w.id, w.state, CASE WHEN w.failures > 0 THEN 1 ELSE :at_once END - count(d.id) AS room
        FROM webhook_endpoints w
        LEFT JOIN webhook_deliveries d ON d.endpoint_id = w.id AND d.state = 'pending' AND d.leased_until > :now
        WHERE w.state <> 'disabled' AND w.rests_until <= :now GROUP BY w.id
    ), due AS MATERIALIZED (
        SELECT next.id FROM resting r, LATERAL (
            SELECT a.id FROM (
                SELECT * FROM webhook_deliveries d WHERE d.endpoint_id = r.id AND d.state = 'pending'
                ORDER BY d.place LIMIT :ahead
            ) a
            WHERE a.not_before <= :now AND (a.leased_until IS NULL OR a.leased_until <= :now)
                AND (r.state = 'active') = (a.kind <> 'verification')
                AND NOT EXISTS (
                    SELECT FROM webhook_deliveries b WHERE b.endpoint_id = a.endpoint_id AND b.state = 'pending'
                        AND b.subject_id = a.subject_id AND b.place < a.place)
            ORDER BY a.place LIMIT greatest(r.room, 0)
        ) next LIMIT :most
    )
    UPDATE webhook_deliveries d SET leased_until = :until, attempts = d.attempts + 1,
        first_tried_at = coalesce(d.first_tried_at, :now)
    FROM (SELECT id FROM webhook_deliveries WHERE id IN (SELECT id FROM due)
        AND (leased_until IS NULL OR leased_until <= :now) AND state = 'pending' FOR UPDATE SKIP LOCKED) mine
    WHERE d.id = mine.id
    RETURNING d.id, d.endpoint_id, d.kind, d.event_id, d.attempts, d.first_tried_at
""")


@dataclass(frozen=True)
class Claim:
    """A delivery that is one's own until a lease ends."""

    id: UUID
    endpoint_id: UUID
    kind: DeliveryKind
    event_id: UUID | None
    attempts: int
    first_tried_at: datetime
    until: datetime = field(compare=False)


@after_numbering
async def fan_out(db: AsyncSession, event_ids: list[UUID]) -> None:
    """Queue numbered events for the endpoints of those whom they concern, in order. After the feed was filled."""
    await db.execute(_FAN_OUT, {"ids": event_ids, "names": list(CATALOGUE)})


async def claim(sessions: async_sessionmaker[AsyncSession], most: int) -> Sequence[Claim]:
    """Deliveries that are due, each for oneself alone until the lease ends."""
    now = clock.now()
    given: dict[str, Any] = {"now": now, "until": now + LEASE, "most": most, "at_once": AT_ONCE, "ahead": _AHEAD}
    async with unit_of_work(sessions) as db:
        rows = (await db.execute(_CLAIM, given)).all()
    return [
        Claim(
            row.id, row.endpoint_id, DeliveryKind(row.kind), row.event_id, row.attempts, row.first_tried_at, now + LEASE
        )
        for row in rows
    ]
