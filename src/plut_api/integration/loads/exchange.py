"""Loads what another system gives back: rows by their outside id, our id, or natural keys, each with its hash.

A row whose hash still fits was not changed there and is passed over. One that was changed there overwrites what
differs, unless it was changed here as well: that is reported, and left alone. Without a hash nobody can tell which side
changed, so that only what is empty is filled.
"""

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.integration.cells import CellFault, Field, Reader, pattern_reader, text_reader
from plut_api.integration.exchange.columns import COLUMNS, SYSTEM, TOLD, row_hash
from plut_api.integration.exchange.rows import hashes_of
from plut_api.integration.files import Table
from plut_api.integration.loads.actors import Terms, recognising
from plut_api.integration.loads.actors.columns import MAX_ROWS, Lookups, fields, lookups
from plut_api.integration.loads.actors.judging import judge
from plut_api.integration.loads.actors.loading import settle
from plut_api.integration.loads.actors.staging import EXCHANGED, stage, stage_table
from plut_api.integration.loads.report import CHUNK, Report, copy_rows, seldom_collected
from plut_api.integration.loads.rows import Record, RowReader
from plut_api.integration.models import OnConflict
from plut_api.kit import audit
from plut_api.kit.ids import new_ids

_LINKS = "CREATE TEMPORARY TABLE staged_links (line int, outside_id text, given_id uuid) ON COMMIT DROP"
_BY_OUTSIDE_ID = """
UPDATE staged_actors s SET is_known = true, actor_id = coalesce(a.merged_into, a.id)
FROM outside_ids x JOIN actors a ON a.id = x.actor_id
WHERE x.system = :system AND x.kind = 'actor' AND x.outside_id = s.outside_id
"""
_BY_OUR_ID = """
UPDATE staged_actors s SET is_known = true, actor_id = coalesce(a.merged_into, a.id) FROM actors a
WHERE a.id = s.given_id AND NOT s.is_known
"""
_NO_SUCH_ID = """
UPDATE staged_actors s SET refused = 'unknown_id' WHERE given_id IS NOT NULL AND NOT is_known
"""
_TWO_IDS = """
UPDATE staged_actors s SET refused = 'outside_id_taken' FROM actors a
WHERE a.id = s.given_id AND s.is_known AND coalesce(a.merged_into, a.id) <> s.actor_id
"""
_ERASED = """
UPDATE staged_actors s SET refused = 'unknown_id' FROM actors a
WHERE a.id = s.actor_id AND s.is_known AND a.erased_at IS NOT NULL
"""
_NIB_OF_ANOTHER = """
UPDATE staged_actors s SET refused = 'nib_of_another' FROM actors a
WHERE a.nib_index = s.nib_index AND s.is_known AND a.id <> s.actor_id AND s.refused IS NULL
"""
_TO_COMPARE = """
SELECT line, actor_id, row_hash FROM staged_actors
WHERE is_known AND refused IS NULL AND row_hash IS NOT NULL AND line > :last ORDER BY line LIMIT :block
"""
_IN_CONFLICT = "UPDATE staged_actors SET refused = 'changed_on_both_sides' WHERE line = ANY(:lines)"
# Another id of a business that has one already waits as superseded: what it names stays recognised.
_LINK = """
INSERT INTO outside_ids (id, system, outside_id, kind, actor_id, import_id, superseded_at)
SELECT new.id, :system, t.outside_id, 'actor', t.actor_id, CAST(:import_id AS uuid),
    CASE WHEN EXISTS (
        SELECT FROM outside_ids x WHERE x.system = :system AND x.actor_id = t.actor_id AND x.superseded_at IS NULL
    ) OR t.place > 1 THEN now() END
FROM (
    SELECT l.outside_id, l.actor_id, row_number() OVER (ORDER BY l.line) AS number,
        row_number() OVER (PARTITION BY l.actor_id ORDER BY l.line) AS place
    FROM (
        SELECT s.line, s.outside_id, s.actor_id FROM staged_actors s
        WHERE s.outside_id IS NOT NULL AND s.refused IS NULL
        UNION ALL
        SELECT s.line, s.outside_id, coalesce(a.merged_into, a.id)
        FROM staged_links s JOIN actors a ON a.id = s.given_id
        WHERE a.erased_at IS NULL
    ) l
    WHERE NOT EXISTS (
        SELECT FROM outside_ids x WHERE x.system = :system AND x.kind = 'actor' AND x.outside_id = l.outside_id
    ) ORDER BY l.line LIMIT :block
) t JOIN unnest(CAST(:ids AS uuid[])) WITH ORDINALITY AS new (id, number) ON new.number = t.number
RETURNING id
"""


@dataclass
class _Seen:
    """What the rows of a file name, to find what is named twice, and rows that need no look at the register."""

    outside_ids: set[str] = field(default_factory=set)
    ids: set[UUID] = field(default_factory=set)
    links: list[tuple[Any, ...]] = field(default_factory=list)
    unchanged: int = 0


async def load(db: AsyncSession, table: Table, import_id: UUID, *, commit: bool, system: str, terms: Terms) -> Report:
    """Read a table and load its sound rows, or only say what would happen. Raises FileFault, RegisterChanged."""
    known = await lookups(db, system)
    reader = RowReader(_fields(known), table, MAX_ROWS)
    report, seen = Report(import_id, on_file=terms.expected is not None), _Seen()
    report.note_file([fault for fault in reader.unknown if fault.column not in TOLD])
    await db.execute(text(stage_table(overwrite=False)))
    await db.execute(text(_LINKS))
    with seldom_collected():
        staged = await _stage_all(db, reader, report, known, seen, terms)
    await copy_rows(db, "staged_links", ["line", "outside_id", "given_id"], seen.links)
    await db.execute(text("ANALYZE staged_actors"))
    await _recognise(db, known, system, terms)
    await settle(db, report, known, staged, replace(terms, source="exchange"), commit=commit)
    report.unchanged += seen.unchanged
    if commit:
        await _link(db, import_id, system)
    await db.execute(text("DROP TABLE IF EXISTS staged_changes, staged_actors, staged_links"))
    return report


def _fields(known: Lookups) -> list[Field]:
    """As of a plain file, but for the keys, and without demands that our own rows may not meet."""
    taken = []
    for spec in fields(known):
        if spec.name == "row_key":
            continue
        read = _unguarded(spec.read) if spec.free_text else spec.read
        demanded = spec.missing if spec.name != "kbli_code" else None
        taken.append(replace(spec, read=read, missing=demanded, required=spec.required and demanded is not None))
    keys = [
        Field("outside_id", text_reader(100), personal=True),
        Field("id", _id),
        Field("row_hash", pattern_reader(r"[0-9a-f]{32}", "row_hash_format")),
    ]
    return [*taken, *keys]


def _unguarded(read: Reader) -> Reader:
    """The same reader, for text that our CSV guards from spreadsheets by an apostrophe."""

    def bare(cell: str) -> Any:
        return read(cell[1:] if cell[:1] == "'" and cell[1:2] in ("=", "+", "-", "@") else cell)

    return bare


def _id(cell: str) -> UUID:
    try:
        return UUID(cell)
    except ValueError:
        raise CellFault("id_format") from None


async def _stage_all(
    db: AsyncSession, reader: RowReader, report: Report, known: Lookups, seen: _Seen, terms: Terms
) -> int:
    """Judge every row, pass over those that were not changed, and stage the others; how many."""
    staged = 0
    sound: list[Record] = []

    def keys_of(record: Record) -> tuple[Any, ...]:
        values = record.values
        overwrite = terms.on_conflict is OnConflict.update and values["row_hash"] is not None
        return (values["outside_id"], values["id"], values["row_hash"], overwrite)

    for record in reader.records():
        unchanged = _look(record, known, seen)
        report.note(record)
        if record.is_sound and not unchanged:
            sound.append(record)
        if len(sound) >= CHUNK:
            staged += await stage(db, sound, known, report, EXCHANGED, keys_of)
            sound.clear()
            await report.store(db)
    return staged + await stage(db, sound, known, report, EXCHANGED, keys_of)


def _look(record: Record, known: Lookups, seen: _Seen) -> bool:
    """Judge a row; whether it says what we said, so that at most its outside id is new."""
    values = record.values
    if not values:
        return False
    for column, ids, repeated in (
        ("outside_id", seen.outside_ids, "duplicate_outside_id"),
        ("id", seen.ids, "duplicate_business"),
    ):
        if values[column] is not None and values[column] in ids:
            record.fault(column, repeated)
        ids.add(values[column])
    if record.is_sound and values["row_hash"] == row_hash(values, known.vault):
        seen.unchanged += 1
        if values["outside_id"] and values["id"]:
            seen.links.append((record.line, values["outside_id"], values["id"]))
        return True
    values["row_key"] = None
    judge(record, known, keyed=values["id"] is not None)
    return False


async def _recognise(db: AsyncSession, known: Lookups, system: str, terms: Terms) -> None:
    """By outside id, by our id, then by natural keys; then leave alone what was changed here, too."""
    connection = await db.connection()
    named = (await connection.execute(text(_BY_OUTSIDE_ID), {"system": system})).rowcount
    named += (await connection.execute(text(_BY_OUR_ID))).rowcount
    for statement in (_NO_SUCH_ID, _TWO_IDS, _ERASED, _NIB_OF_ANOTHER):
        await connection.execute(text(statement))
    skip = terms.on_conflict is OnConflict.skip
    await recognising.recognise(db, skip=skip, some_without_nik=bool(known.called), known=named)
    last = 0
    while rows := (await db.execute(text(_TO_COMPARE), {"last": last, "block": CHUNK})).all():
        last = rows[-1].line
        ours = await hashes_of(db, [row.actor_id for row in rows])
        lines = [row.line for row in rows if ours.get(row.actor_id) != row.row_hash]
        if lines:
            await connection.execute(text(_IN_CONFLICT), {"lines": lines})


async def _link(db: AsyncSession, import_id: UUID, system: str) -> None:
    """Keep the outside ids that are new, a block at a time."""
    while True:
        given = {"system": system, "import_id": import_id, "block": CHUNK, "ids": sorted(new_ids(CHUNK))}
        added = (await (await db.connection()).execute(text(_LINK), given)).scalars().all()
        audit.record(db, audit.Action.created, "outside_ids", added, import_id=import_id)
        if len(added) < CHUNK:
            return


__all__ = ["COLUMNS", "SYSTEM", "load"]
