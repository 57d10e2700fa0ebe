"""In which fields known records differ from a file, and what becomes of each: filled, overwritten, kept or added.

Overwritten is only what the file may overwrite. Kept is what was verified, what the owner told since the day of the
file (without a day: ever), the phone that somebody signs in by, and figures that the register already heard of.
"""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import clock

CHANGES = """
CREATE TEMPORARY TABLE staged_changes (
    number int GENERATED ALWAYS AS IDENTITY, line int, kind text, target uuid, actor_id uuid, person_id uuid,
    field text, before text, after text, action text, reason text, seen_version int
) ON COMMIT DROP
"""
_COLUMNS = "line, kind, target, actor_id, person_id, field, before, after, action, reason, seen_version"
# What both may be: nothing known yet, or something else known.
_ACTION = (
    "CASE WHEN s.refused IS NOT NULL THEN 'keep' WHEN f.before IS NULL THEN 'fill' WHEN s.overwrite THEN 'update' "
    "ELSE 'keep' END"
)
_DIFFERS = "f.after IS NOT NULL AND f.after IS DISTINCT FROM f.before"
# What changed on both sides is refused, and still shown field by field.
_COMPARED = "(s.refused IS NULL OR s.refused = 'changed_on_both_sides')"
OF_BUSINESSES = f"""
INSERT INTO staged_changes ({_COLUMNS})
SELECT s.line, 'actors', a.id, a.id, NULL, f.field, f.before, f.after, {_ACTION}, s.refused, a.version
FROM staged_actors s JOIN actors a ON a.id = s.actor_id CROSS JOIN LATERAL (VALUES
    ('name', a.name, s.name), ('village_code', a.village_code, s.village_code), ('address', a.address, s.address),
    ('kbli_code', a.kbli_version || '/' || a.kbli_code, s.kbli_version || '/' || s.kbli_code),
    ('started_on', a.started_on::text, s.started_on::text),
    ('nib', encode(a.nib_index, 'hex'), encode(s.nib_index, 'hex')),
    ('npwp', encode(a.npwp_index, 'hex'), encode(s.npwp_index, 'hex'))
) f (field, before, after) WHERE s.is_known AND {_COMPARED} AND {_DIFFERS} ORDER BY s.line
"""  # noqa: S608
# One person may stand in several rows: the first that tells a value counts, another value is kept out.
OF_OWNERS = f"""
INSERT INTO staged_changes ({_COLUMNS})
SELECT c.line, 'people', c.target, CASE WHEN c.is_known THEN c.actor_id END, c.target, c.field, c.before, c.after,
    CASE WHEN c.verified AND c.action = 'update' OR c.signs_in AND c.field = 'owner_phone' OR c.place > 1 THEN 'keep'
        ELSE c.action END,
    CASE WHEN c.place > 1 THEN 'told_twice' WHEN c.verified AND c.action = 'update' THEN 'verified'
        WHEN c.signs_in AND c.field = 'owner_phone' THEN 'signs_in' ELSE c.refused END,
    c.version
FROM (
    SELECT s.line, s.is_known, s.actor_id, s.refused, p.id AS target, p.version, f.field, f.before, f.after,
        {_ACTION} AS action, p.account_id IS NOT NULL AS signs_in,
        p.identity_verified_at IS NOT NULL AND f.field <> 'owner_phone' AS verified,
        row_number() OVER (PARTITION BY p.id, f.field ORDER BY s.line) AS place,
        lag(f.after) OVER (PARTITION BY p.id, f.field ORDER BY s.line) AS earlier
    FROM staged_actors s JOIN people p ON p.id = s.person_id CROSS JOIN LATERAL (VALUES
        ('owner_name', p.full_name, s.owner_name),
        ('owner_nik', encode(p.nik_index, 'hex'), encode(s.nik_index, 'hex')),
        ('owner_phone', encode(p.phone_index, 'hex'), encode(s.phone_index, 'hex')), ('owner_sex', p.sex, s.sex),
        ('owner_birth_date', p.birth_date::text, s.birth_date::text)
    ) f (field, before, after) WHERE s.owner_known AND {_COMPARED} AND {_DIFFERS}
) c WHERE c.place = 1 OR c.after <> c.earlier ORDER BY c.line
"""  # noqa: S608
_NIK_TWICE = """
UPDATE staged_changes c SET action = 'keep', reason = 'told_twice' FROM (
    SELECT number, row_number() OVER (PARTITION BY after ORDER BY line) AS place
    FROM staged_changes WHERE field = 'owner_nik' AND action IN ('fill', 'update')
) t WHERE t.number = c.number AND t.place > 1
"""
_VALUES = """(VALUES
    ('capital_idr', g.capital_idr::text, s.capital_idr::text), ('sales_idr', g.sales_idr::text, s.sales_idr::text),
    ('assets_idr', g.assets_idr::text, s.assets_idr::text),
    ('workers_female', g.workers_female::text, s.workers_female::text),
    ('workers_male', g.workers_male::text, s.workers_male::text)
) f (field, before, after)"""
# Of figures that were heard of before, by this file's like, a later report is the correction: it is not undone.
_HEARD = """EXISTS (
    SELECT FROM annual_figures e WHERE e.actor_id = s.actor_id AND e.year = s.year AND e.id <> g.id
        AND (s.capital_idr IS NULL OR s.capital_idr = e.capital_idr)
        AND (s.sales_idr IS NULL OR s.sales_idr = e.sales_idr)
        AND (s.assets_idr IS NULL OR s.assets_idr = e.assets_idr)
        AND (s.workers_female IS NULL OR s.workers_female = e.workers_female)
        AND (s.workers_male IS NULL OR s.workers_male = e.workers_male)
)"""
# OFFSET keeps the view in its place: pulled up, it would be computed whole for every row.
OF_FIGURES = f"""
INSERT INTO staged_changes ({_COLUMNS})
SELECT s.line, 'figures', s.actor_id, s.actor_id, NULL, 'figures.' || s.year || '.' || f.field, f.before, f.after,
    CASE WHEN s.refused IS NOT NULL THEN 'keep' WHEN g.id IS NULL THEN 'add'
        WHEN g.verification <> 'declared' OR g.told_since OR g.heard THEN 'keep'
        ELSE {_ACTION} END,
    CASE WHEN g.verification <> 'declared' THEN 'verified' WHEN g.told_since THEN 'told_by_owner'
        WHEN g.heard THEN 'known_before' ELSE s.refused END,
    a.version
FROM staged_actors s JOIN actors a ON a.id = s.actor_id
LEFT JOIN LATERAL (
    SELECT g.*, g.source = 'owner' AND (CAST(:day AS timestamptz) IS NULL OR g.created_at >= :day) AS told_since,
        {_HEARD} AS heard
    FROM counting_figures g WHERE g.actor_id = s.actor_id AND g.year = s.year OFFSET 0
) g ON true CROSS JOIN LATERAL {_VALUES}
WHERE s.is_known AND s.year IS NOT NULL AND {_COMPARED} AND {_DIFFERS} ORDER BY s.line
"""  # noqa: S608
_TOLD_COLUMN = """CASE c.field WHEN 'owner_name' THEN 'full_name' WHEN 'owner_nik' THEN 'nik_index'
    WHEN 'owner_sex' THEN 'sex' WHEN 'owner_birth_date' THEN 'birth_date' WHEN 'nib' THEN 'nib_index'
    WHEN 'npwp' THEN 'npwp_index' ELSE c.field END"""
# What people did with their own hands is in the audit log, by their account. Leans on ix_audit_entries_caller_id.
TOLD_BY_OWNER = f"""
UPDATE staged_changes c SET action = 'keep', reason = 'told_by_owner'
WHERE c.action = 'update' AND c.kind IN ('people', 'actors') AND EXISTS (
    SELECT FROM people p JOIN audit_entries e ON e.caller_id = p.account_id
    WHERE p.account_id IS NOT NULL AND p.id IN (
        SELECT c.target WHERE c.kind = 'people' UNION ALL
        SELECT o.person_id FROM ownerships o WHERE c.kind = 'actors' AND o.actor_id = c.target AND o.until IS NULL
    ) AND e.object_kind = c.kind AND c.target = ANY(e.object_ids) AND e.action IN ('created', 'changed')
    AND e.after ? {_TOLD_COLUMN} AND (CAST(:day AS timestamptz) IS NULL OR e.occurred_at >= :day)
)
"""  # noqa: S608
_LOCK = (
    """WITH locked AS MATERIALIZED (
        SELECT a.id FROM actors a JOIN staged_actors s ON s.actor_id = a.id WHERE s.is_known AND s.refused IS NULL
        ORDER BY a.id FOR NO KEY UPDATE OF a
    ) SELECT count(*) FROM locked""",
    """WITH locked AS MATERIALIZED (
        SELECT p.id FROM people p WHERE p.id IN (
            SELECT person_id FROM staged_actors WHERE owner_known AND refused IS NULL
        ) ORDER BY p.id FOR NO KEY UPDATE OF p
    ) SELECT count(*) FROM locked""",
)


async def lock_known(db: AsyncSession) -> None:
    """Keep everybody else from changing what will be compared, until the end of the transaction."""
    for statement in _LOCK:
        await db.execute(text(statement))


async def compare(db: AsyncSession, as_of: date | None) -> None:
    """Fill `staged_changes`. A file tells of the whole day `as_of`: what the owner told after it is kept."""
    day = datetime.combine(as_of, time.max, clock.WITA) if as_of else None
    connection = await db.connection()
    for statement in (OF_BUSINESSES, OF_OWNERS, _NIK_TWICE):
        await connection.execute(text(statement))
    await connection.execute(text(OF_FIGURES), _given(day))
    await connection.execute(text(TOLD_BY_OWNER), _given(day))


def _given(day: datetime | None) -> dict[str, Any]:
    return {"day": day}
