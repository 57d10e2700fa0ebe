"""The report of differences: field by field as a person may see it, counts, and the digest that tells one report."""

import hashlib
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors import identifiers
from plut_api.actors.masking import masked_name, masked_nik, masked_phone
from plut_api.integration.loads.report import CHUNK, Report, copy_rows
from plut_api.integration.models import ImportDifference
from plut_api.kit.crypto import SealBroken, vault

_HIDDEN = "••••"
_LONGEST = 200
_COLUMNS = [
    "import_id",
    "line",
    "actor_id",
    "person_id",
    "business",
    "field",
    "before",
    "after",
    "action",
    "reason",
    "seen_version",
    "nib_index",
    "row_key",
]
_CHANGED = text(
    """
    SELECT c.line, c.actor_id, c.person_id, coalesce(a.name, s.name) AS business, c.field, c.before, c.after, c.action,
        c.reason, c.seen_version,
        CASE c.field WHEN 'nib' THEN a.nib_sealed WHEN 'npwp' THEN a.npwp_sealed WHEN 'owner_nik' THEN p.nik_sealed
            WHEN 'owner_phone' THEN p.phone_sealed END AS before_sealed,
        CASE c.field WHEN 'nib' THEN s.nib_sealed WHEN 'npwp' THEN s.npwp_sealed WHEN 'owner_nik' THEN s.nik_sealed
            WHEN 'owner_phone' THEN s.phone_sealed END AS after_sealed
    FROM staged_changes c JOIN staged_actors s USING (line)
    LEFT JOIN actors a ON a.id = c.actor_id LEFT JOIN people p ON p.id = c.person_id
    WHERE c.number > :last AND c.number <= :last + :block ORDER BY c.line, c.number
    """
)
_ADDED = text(
    """
    SELECT line, name, nib_index, row_key FROM staged_actors
    WHERE NOT is_known AND refused IS NULL AND line > :last ORDER BY line LIMIT :block
    """
)
_COUNTS = text(
    """
    SELECT count(*) FILTER (WHERE action = 'fill') AS filled, count(*) FILTER (WHERE action = 'update') AS overwritten,
        count(*) FILTER (WHERE action = 'keep') AS kept, coalesce(max(number), 0) AS last,
        count(DISTINCT line) FILTER (WHERE action <> 'keep' AND line IN (
            SELECT line FROM staged_actors WHERE is_known AND refused IS NULL
        )) AS updated
    FROM staged_changes
    """
)
_DIGESTED = text(
    """
    SELECT (SELECT string_agg(concat_ws('|', line, target, field, coalesce(before, '-'), after, action), chr(10)
            ORDER BY line, kind, field) FROM staged_changes) AS changes,
        (SELECT string_agg(concat_ws('|', line, is_known, owner_known, coalesce(refused, '-')), chr(10) ORDER BY line)
            FROM staged_actors) AS rows
    """
)
_SEALED = {
    "nib": identifiers.NIB,
    "npwp": identifiers.NPWP,
    "owner_nik": identifiers.NIK,
    "owner_phone": identifiers.PHONE,
}
_SHOWN = {"owner_name": masked_name, "owner_nik": masked_nik, "npwp": masked_nik, "owner_phone": masked_phone}
_NEVER_SHOWN = frozenset({"address", "owner_sex", "owner_birth_date"})


async def count(db: AsyncSession, report: Report) -> int:
    """Count the differences into the report; how many there are."""
    counts = (await db.execute(_COUNTS)).one()
    report.filled, report.overwritten, report.kept = counts.filled, counts.overwritten, counts.kept
    report.updated = counts.updated
    return int(counts.last)


async def store_changes(db: AsyncSession, report: Report, last: int) -> None:
    """Store every difference of known records; before the records are changed, or it would show them as they became."""
    for start in range(0, last, CHUNK):
        rows = (await db.execute(_CHANGED, {"last": start, "block": CHUNK})).all()
        await _store(db, [_row(report, row) for row in rows])


async def store_added(db: AsyncSession, report: Report) -> None:
    """Store a line for every business that would be added: for a file that is only tried."""
    last = 0
    while rows := (await db.execute(_ADDED, {"last": last, "block": CHUNK})).all():
        last = rows[-1].line
        await _store(
            db,
            [
                (
                    *(report.import_id, row.line, None, None, row.name, "business", None, row.name[:_LONGEST]),
                    *("add", None, None, row.nib_index, row.row_key),
                )
                for row in rows
            ],
        )


async def digest(db: AsyncSession) -> bytes:
    """Equal for two runs of a file that would do the same to the same register."""
    found = (await db.execute(_DIGESTED)).one()
    return hashlib.sha256(f"{found.changes}\0{found.rows}".encode()).digest()


async def _store(db: AsyncSession, rows: list[tuple[Any, ...]]) -> None:
    if rows:
        await copy_rows(db, ImportDifference.__tablename__, _COLUMNS, rows)


def _row(report: Report, row: Any) -> tuple[Any, ...]:
    return (
        report.import_id,
        row.line,
        row.actor_id,
        row.person_id,
        row.business,
        row.field,
        shown(row.field, row.before, row.before_sealed),
        shown(row.field, row.after, row.after_sealed),
        row.action,
        row.reason,
        row.seen_version,
        None,
        None,
    )


def shown(field: str, value: str | None, sealed: bytes | None) -> str | None:
    """A value as the report shows it: personal ones masked or hidden."""
    if value is None:
        return None
    if field in _NEVER_SHOWN:
        return _HIDDEN
    if context := _SEALED.get(field):
        try:
            value = vault().open(context, sealed) if sealed else _HIDDEN
        except SealBroken:
            return _HIDDEN
    mask = _SHOWN.get(field)
    return (mask(value) if mask and value != _HIDDEN else value)[:_LONGEST]
