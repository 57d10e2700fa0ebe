"""Keeping the ready list up to date: set-based, and stamped only where what banks are served differs.

`ready_rows` holds, per listed business, the filter columns and two rendered documents. A row that leaves, or whose
filter columns change, leaves an exit behind, so that a puller whose filter it met gets a tombstone. Another score, or
other products that fit, are stamped apart: only pulls that ask for them see a change.
"""

from collections.abc import Sequence
from uuid import UUID

import orjson
from sqlalchemy import Text, Uuid, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.models import ExitReason, Readiness
from plut_api.financing.ready_list.asides import asides
from plut_api.financing.ready_list.filters import COLUMNS as FILTERS
from plut_api.financing.ready_list.filters import LEVELS, SHOWN
from plut_api.kit import audit, clock

_BANDS = """CASE WHEN plan.amount_idr <= 10000000 THEN 'to_10m' WHEN plan.amount_idr <= 100000000 THEN 'to_100m'
        WHEN plan.amount_idr <= 500000000 THEN 'to_500m' WHEN plan.amount_idr IS NOT NULL THEN 'over_500m' END"""

_DESIRED = f"""
WITH asides AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(CAST(:asides AS jsonb)) AS told (actor_id uuid, segments text[], fits uuid[])
), desired AS (
    SELECT a.id AS actor_id, a.regency_code, coalesce(a.size_class, 'unknown') AS size_class, a.kbli_code,
        sector.code AS kbli_section, plan.band AS amount_band,
        {", ".join(f"CAST(outcomes.levels ->> '{one.removesuffix('_level')}' AS smallint) AS {one}" for one in LEVELS)},
        told.segments, told.fits, r.score, r.confirmed_at, r.expires_at,
        shared.members AS masked, shared.members || named.members AS identified
    FROM readiness r
    JOIN actors a ON a.id = r.actor_id
    JOIN asides told ON told.actor_id = a.id
    CROSS JOIN LATERAL (
        SELECT p.full_name FROM ownerships o JOIN people p ON p.id = o.person_id
        WHERE o.actor_id = a.id AND o.until IS NULL AND o.role = 'owner' ORDER BY o.id LIMIT 1
    ) owner
    LEFT JOIN LATERAL (
        SELECT k.parent_code AS code FROM kbli k WHERE k.version = a.kbli_version AND k.code = left(a.kbli_code, 2)
    ) sector ON true
    LEFT JOIN LATERAL (
        SELECT plan.*, {_BANDS} AS band FROM financing_plans plan WHERE plan.actor_id = a.id
    ) plan ON true
    LEFT JOIN LATERAL (
        SELECT f.* FROM deciding_figures f WHERE f.actor_id = a.id LIMIT 1
    ) figures ON true
    CROSS JOIN LATERAL (
        SELECT coalesce(jsonb_agg(jsonb_build_object('dimension', dimension, 'level', level) ORDER BY dimension),
            '[]') AS reached, coalesce(jsonb_object_agg(dimension, level), '{{}}') AS levels
        FROM (SELECT dimension, max(reached_level) AS level FROM outcomes
            WHERE actor_id = a.id AND reached_level IS NOT NULL GROUP BY dimension) best
    ) outcomes
    CROSS JOIN LATERAL (
        SELECT jsonb_agg(shown || '{{"as_of": null}}') AS passed, jsonb_agg(shown) AS evidenced
        FROM jsonb_array_elements(r.results) AS gate
        CROSS JOIN LATERAL jsonb_build_object(
            'code', gate -> 'code', 'result', gate -> 'result', 'as_of', gate -> 'as_of') AS shown
        WHERE gate ->> 'code' LIKE '_-G%'
    ) gates
    CROSS JOIN LATERAL (SELECT jsonb_build_object(
        'removed', false, 'regency_code', a.regency_code, 'kbli_version', a.kbli_version,
        'kbli_code', a.kbli_code, 'sector', sector.code, 'size_class', coalesce(a.size_class, 'unknown'),
        'started_year', extract(year FROM a.started_on)\\:\\:int, 'outcomes', outcomes.reached, 'gates', gates.passed,
        'amount_band', plan.band,
        'rule_set', r.rule_set, 'confirmed_at', to_char(r.confirmed_at, 'YYYY-MM-DD"T"HH24\\:MI\\:SS.US"Z"'),
        'expires_at', to_char(r.expires_at, 'YYYY-MM-DD"T"HH24\\:MI\\:SS.US"Z"'),
        'name', null, 'owner_name', null, 'segments', null, 'village_code', null, 'figures_year', null,
        'sales_idr', null, 'capital_idr', null, 'workers', null, 'amount_idr', null, 'tenor_months', null,
        'principle', null) AS members) shared
    CROSS JOIN LATERAL (SELECT jsonb_build_object(
        'name', a.name, 'owner_name', owner.full_name, 'segments', told.segments, 'village_code', a.village_code,
        'figures_year', figures.year, 'sales_idr', figures.sales_idr, 'capital_idr', figures.capital_idr,
        'workers', figures.workers_female + figures.workers_male, 'amount_idr', plan.amount_idr,
        'tenor_months', plan.tenor_months, 'principle', plan.principle, 'gates', gates.evidenced) AS members) named
    WHERE r.actor_id = ANY(:actor_ids) AND r.status = 'ready' AND r.confirmed_at IS NOT NULL
        AND r.expires_at > :now AND a.status = 'active' AND a.kbli_code IS NOT NULL
), """  # noqa: S608 (words of ours)


def _of(alias: str, columns: Sequence[str]) -> str:
    return ", ".join(f"{alias}.{column}" for column in columns)


_LISTED = (*FILTERS, "confirmed_at", "expires_at", "masked", "identified")
_LEAVE = f"""
gone AS (
    SELECT l.* FROM ready_rows l LEFT JOIN desired d USING (actor_id)
    WHERE l.actor_id = ANY(:actor_ids) AND d.actor_id IS NULL
), moved AS (
    SELECT l.*, ({_of("l", SHOWN)}, l.segments) IS NOT DISTINCT FROM ({_of("d", SHOWN)}, d.segments) AS quiet
    FROM ready_rows l JOIN desired d USING (actor_id)
    WHERE ({_of("l", FILTERS)}) IS DISTINCT FROM ({_of("d", FILTERS)})
), exits AS (
    INSERT INTO ready_exits (id, actor_id, {", ".join(FILTERS)}, reason, quiet)
    SELECT gen_random_uuid(), actor_id, {", ".join(FILTERS)}, :reason, false FROM gone
    UNION ALL
    SELECT gen_random_uuid(), actor_id, {", ".join(FILTERS)}, 'changed', quiet FROM moved
), removed AS (
    DELETE FROM ready_rows l USING gone WHERE l.actor_id = gone.actor_id
)
INSERT INTO ready_rows AS l (actor_id, {", ".join(_LISTED)})
SELECT actor_id, {", ".join(_LISTED[:-2])}, substr(masked\\:\\:text, 2), substr(identified\\:\\:text, 2)
FROM desired
ON CONFLICT (actor_id) DO UPDATE SET {", ".join(f"{column} = excluded.{column}" for column in _LISTED)},
    change_xid = CASE WHEN (l.masked, l.identified) IS DISTINCT FROM (excluded.masked, excluded.identified)
        THEN pg_current_xact_id() ELSE l.change_xid END,
    any_change_xid = pg_current_xact_id()
WHERE (l.masked, l.identified, l.fits, l.score)
    IS DISTINCT FROM (excluded.masked, excluded.identified, excluded.fits, excluded.score)
"""  # noqa: S608 (words of ours)

_REFRESH = text(_DESIRED + _LEAVE).bindparams(
    bindparam("actor_ids", type_=ARRAY(Uuid)), bindparam("reason", type_=Text), bindparam("asides", type_=Text)
)


async def refresh_rows(
    db: AsyncSession, actor_ids: Sequence[UUID], reason: ExitReason = ExitReason.no_longer_ready
) -> None:
    """Bring the ready list in line with the results of these businesses."""
    told = orjson.dumps(await asides(db, actor_ids)).decode()
    await db.execute(_REFRESH, {"actor_ids": actor_ids, "reason": reason.value, "now": clock.now(), "asides": told})


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
