"""The parts of the sample that come in as files: cooperatives and businesses."""

import csv
from collections.abc import Iterator
from importlib.resources import files

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.integration.files import Table
from plut_api.integration.files.table import Row
from plut_api.integration.loads import actors, cooperatives
from plut_api.integration.loads.actors import COLUMNS
from plut_api.integration.loads.report import Report
from plut_api.integration.models import Import, ImportKind, ImportMode, ImportState
from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller
from plut_api.sample.records import Inventor


async def load_cooperatives(db: AsyncSession, caller: Caller) -> int:
    """One invented cooperative for each real village; how many there are."""
    source = (files("plut_api.sample") / "data" / "cooperatives.csv").read_text(encoding="utf-8")
    header, *rows = csv.reader(source.splitlines())
    done = await _begin(db, caller, ImportKind.cooperatives, "cooperatives.csv")
    table = Table(header, 1, enumerate(rows, 2))
    return await _end(db, done, await cooperatives.load(db, table, done.id, commit=True))


async def load_businesses(db: AsyncSession, caller: Caller, inventor: Inventor, count: int) -> int:
    """So many invented businesses; how many were loaded (a NIK invented twice is refused, as it should be)."""
    done = await _begin(db, caller, ImportKind.actors, "businesses.csv")
    table = Table(list(COLUMNS), 1, _rows(inventor, count))
    return await _end(db, done, await actors.load(db, table, done.id, commit=True, scope="sample"))


def _rows(inventor: Inventor, count: int) -> Iterator[Row]:
    for line, values in enumerate(inventor.businesses(count), 2):
        yield line, [values[name] for name in COLUMNS]


async def _begin(db: AsyncSession, caller: Caller, kind: ImportKind, name: str) -> Import:
    row = Import(
        kind=kind,
        mode=ImportMode.commit,
        state=ImportState.running,
        file_name=name,
        file_hash=b"",
        caller_id=caller.id,
        organization_id=caller.organization_id,
        started_at=clock.now(),
    )
    db.add(row)
    await db.flush()
    return row


async def _end(db: AsyncSession, row: Import, report: Report) -> int:
    row.state, row.finished_at = ImportState.done, clock.now()
    row.row_count, row.refused_count, row.warning_count = report.rows, report.refused, report.warnings
    row.created_count, row.updated_count, row.unchanged_count = report.created, report.updated, report.unchanged
    await outbox.record(db, "import.committed", row.id, by=None, kind=row.kind.value)
    return report.created
