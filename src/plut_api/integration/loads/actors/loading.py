"""From a table of text cells to businesses with owners and figures: judged, staged, recognised, compared, written."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.integration.files import Table
from plut_api.integration.loads.actors import applying, comparing, recognising, reporting
from plut_api.integration.loads.actors.columns import MAX_ROWS, Lookups, fields, lookups
from plut_api.integration.loads.actors.judging import judge
from plut_api.integration.loads.actors.staging import stage, stage_table
from plut_api.integration.loads.report import CHUNK, RegisterChanged, Report, seldom_collected
from plut_api.integration.loads.rows import Record, RowReader
from plut_api.integration.models import OnConflict


@dataclass(frozen=True)
class Terms:
    """How a file is loaded, beyond whether it is."""

    on_conflict: OnConflict = OnConflict.fill_empty
    as_of: date | None = None
    """The day that the file tells of."""
    source: str = "import"
    """The source of figures that come with it."""
    tried: bool = False
    """Whether the report is kept for a later commit; then it lists also what would be added."""
    expected: bytes | None = None
    """The digest of the report that is to be committed, exactly."""


async def load(
    db: AsyncSession, table: Table, import_id: UUID, *, commit: bool, scope: str, terms: Terms | None = None
) -> Report:
    """Read a table and load its sound rows, or only say what would happen. Raises FileFault, RegisterChanged."""
    known = await lookups(db, scope)
    terms = terms or Terms()
    reader, report = RowReader(fields(known), table, MAX_ROWS), Report(import_id, on_file=terms.expected is not None)
    report.note_file(reader.unknown)
    await db.execute(text(stage_table(overwrite=terms.on_conflict is OnConflict.update)))
    with seldom_collected():
        staged = await _stage_all(db, reader, report, known)
    await report.store(db, everything=True)
    skip = terms.on_conflict is OnConflict.skip
    await db.execute(text("ANALYZE staged_actors"))
    await recognising.recognise(db, skip=skip, some_without_nik=bool(known.called))
    await settle(db, report, known, staged, terms, commit=commit)
    await db.execute(text("DROP TABLE IF EXISTS staged_changes, staged_actors"))
    return report


async def settle(db: AsyncSession, report: Report, known: Lookups, staged: int, terms: Terms, *, commit: bool) -> None:
    """Compare what is staged and recognised with the register, report it, and write it if it is to be committed."""
    skip = terms.on_conflict is OnConflict.skip
    counts = (await db.execute(text(_KNOWN))).one()
    last = 0
    if counts.records and not skip:
        if commit:
            await comparing.lock_known(db)
        await recognising.compare_names(db, report)
        await db.execute(text(comparing.CHANGES))
        await comparing.compare(db, terms.as_of)
        last = await reporting.count(db, report)
    elif terms.tried or terms.expected:
        await db.execute(text(comparing.CHANGES))
    refused = await recognising.note_refused(db, report)
    counts = (await db.execute(text(_KNOWN))).one()
    report.created = staged - refused - counts.businesses
    report.unchanged = counts.businesses - report.updated
    await report.store(db, everything=True)
    if not report.on_file:
        await reporting.store_changes(db, report, last)
    if terms.tried:
        await reporting.store_added(db, report)
    if terms.tried or terms.expected:
        report.digest = await reporting.digest(db)
        if terms.expected not in (None, report.digest):
            raise RegisterChanged()
    if commit:
        await applying.add_new(db, report.import_id, terms.source, known.sizes)
        if last:
            await applying.change_known(db, report.import_id, terms.source)


_KNOWN = """
SELECT count(*) FILTER (WHERE is_known AND refused IS NULL) AS businesses,
    count(*) FILTER (WHERE (is_known OR owner_known) AND refused IS NULL) AS records FROM staged_actors
"""


async def _stage_all(db: AsyncSession, reader: RowReader, report: Report, known: Lookups) -> int:
    """Judge every row and stage the sound ones, a chunk at a time; how many."""
    staged = 0
    sound: list[Record] = []
    for record in reader.records():
        judge(record, known)
        report.note(record)
        if record.is_sound:
            sound.append(record)
        if len(sound) >= CHUNK:
            staged += await stage(db, sound, known, report)
            sound.clear()
            await report.store(db)
    return staged + await stage(db, sound, known, report)
