"""Keeping the ready list up to date: set-based, and stamped only where what banks are served differs.

`ready_rows` holds, per listed business, the filter columns and two rendered documents. A row that leaves, or whose
filter columns change, leaves an exit behind, so that a puller whose filter it met gets a tombstone.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.models import ExitReason, Readiness
from plut_api.kit import audit, clock

_DESIRED = """
WITH desired AS (
    SELECT a.id AS actor_id, a.regency_code, coalesce(a.size_class, 'unknown') AS size_class, a.kbli_code,
        r.expires_at, shared.members AS masked, shared.members || named.members AS identified
    FROM readiness r
    JOIN actors a ON a.id = r.actor_id
    CROSS JOIN LATERAL (
        SELECT p.full_name FROM ownerships o JOIN people p ON p.id = o.person_id
        WHERE o.actor_id = a.id AND o.until IS NULL AND o.role = 'owner' ORDER BY o.id LIMIT 1
    ) owner
    LEFT JOIN LATERAL (
        SELECT f.* FROM deciding_figures f WHERE f.actor_id = a.id LIMIT 1
    ) figures ON true
    CROSS JOIN LATERAL (
        SELECT coalesce(jsonb_agg(jsonb_build_object('dimension', dimension, 'level', level) ORDER BY dimension),
            '[]') AS reached
        FROM (SELECT dimension, max(reached_level) AS level FROM outcomes
            WHERE actor_id = a.id AND reached_level IS NOT NULL GROUP BY dimension) best
    ) outcomes
    CROSS JOIN LATERAL (
        SELECT jsonb_agg(gate - 'value' || '{"as_of": null}') AS passed, jsonb_agg(gate - 'value') AS evidenced
        FROM jsonb_array_elements(r.results) AS gate WHERE gate ->> 'code' LIKE '_-G%'
    ) gates
    CROSS JOIN LATERAL (SELECT jsonb_build_object(
        'removed', false, 'regency_code', a.regency_code, 'kbli_version', a.kbli_version,
        'kbli_code', a.kbli_code, 'size_class', coalesce(a.size_class, 'unknown'),
        'started_year', extract(year FROM a.started_on)::int, 'outcomes', outcomes.reached, 'gates', gates.passed,
        'rule_set', r.rule_set, 'confirmed_at', to_char(r.confirmed_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'expires_at', to_char(r.expires_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'name', null, 'owner_name', null, 'village_code', null, 'figures_year', null, 'sales_idr', null,
        'capital_idr', null, 'workers', null) AS members) shared
    CROSS JOIN LATERAL (SELECT jsonb_build_object(
        'name', a.name, 'owner_name', owner.full_name, 'village_code', a.village_code,
        'figures_year', figures.year, 'sales_idr', figures.sales_idr, 'capital_idr', figures.capital_idr,
        'workers', figures.workers_female + figures.workers_male, 'gates', gates.evidenced) AS members) named
    WHERE r.actor_id = ANY(:actor_ids) AND r.status = 'ready' AND r.confirmed_at IS NOT NULL
        AND r.expires_at > :now AND a.status = 'active' AND a.kbli_code IS NOT NULL
), """

_LEAVE = """
gone AS (
    SELECT l.* FROM ready_rows l LEFT JOIN desired d USING (actor_id)
    WHERE l.actor_id = ANY(:actor_ids) AND d.actor_id IS NULL
), moved AS (
    SELECT l.* FROM ready_rows l JOIN desired d USING (actor_id)
    WHERE (l.regency_code, l.size_class, l.kbli_code) IS DISTINCT FROM (d.regency_code, d.size_class, d.kbli_code)
), exits AS (
    INSERT INTO ready_exits (id, actor_id, regency_code, size_class, kbli_code, reason)
    SELECT gen_random_uuid(), actor_id, regency_code, size_class, kbli_code, :reason FROM gone
    UNION ALL
    SELECT gen_random_uuid(), actor_id, regency_code, size_class, kbli_code, 'changed' FROM moved
), removed AS (
    DELETE FROM ready_rows l USING gone WHERE l.actor_id = gone.actor_id
)
INSERT INTO ready_rows (actor_id, regency_code, size_class, kbli_code, masked, identified, expires_at, change_xid)
SELECT actor_id, regency_code, size_class, kbli_code, substr(masked::text, 2), substr(identified::text, 2), expires_at,
    pg_current_xact_id()
FROM desired
ON CONFLICT (actor_id) DO UPDATE SET regency_code = excluded.regency_code, size_class = excluded.size_class,
    kbli_code = excluded.kbli_code, masked = excluded.masked, identified = excluded.identified,
    expires_at = excluded.expires_at, change_xid = excluded.change_xid
WHERE (ready_rows.masked, ready_rows.identified, ready_rows.kbli_code)
    IS DISTINCT FROM (excluded.masked, excluded.identified, excluded.kbli_code)
"""

_REFRESH = text(_DESIRED + _LEAVE).bindparams(
    bindparam("actor_ids", type_=ARRAY(Uuid)), bindparam("reason", type_=Text)
)


async def refresh_rows(
    db: AsyncSession, actor_ids: Sequence[UUID], reason: ExitReason = ExitReason.no_longer_ready
) -> None:
    """Bring the ready list in line with the results of these businesses."""
    await db.execute(_REFRESH, {"actor_ids": actor_ids, "reason": reason.value, "now": clock.now()})


async def expire_due(db: AsyncSession) -> int:
    """End confirmations that have run out and take their rows off the list; how many there were."""
    due = select(Readiness.actor_id).where(Readiness.expires_at <= clock.now()).order_by(Readiness.actor_id)
    actor_ids = list(await db.scalars(due.with_for_update(skip_locked=True)))
    if actor_ids:
        await db.execute(
            text(
                "UPDATE readiness SET confirmed_at = NULL, confirmed_by = NULL, confirmed_note = NULL, "
                "expires_at = NULL WHERE actor_id = ANY(:actor_ids)"
            ).bindparams(bindparam("actor_ids", type_=ARRAY(Uuid))),
            {"actor_ids": actor_ids},
        )
        audit.record(db, audit.Action.changed, "readiness", actor_ids, after={"confirmed_at": None})
        await refresh_rows(db, actor_ids, ExitReason.expired)
    return len(actor_ids)
