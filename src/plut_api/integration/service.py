"""Taking files in, and working through them in the background."""

import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.integration.fault_words import FILE_FAULTS
from plut_api.integration.files import FileFault, Table, open_table
from plut_api.integration.loads import actors, cooperatives
from plut_api.integration.loads.report import Report
from plut_api.integration.models import Import, ImportFault, ImportFile, ImportKind, ImportMode, ImportState
from plut_api.integration.problems import FileNotUsable, ImportNotFound
from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller, Role
from plut_api.kit.crypto import vault
from plut_api.kit.jobs import NAMESPACE, defer
from plut_api.kit.problems import Fault

CONTEXT = "import_files.content"
RUN = f"{NAMESPACE}:imports.run"
COLUMNS: Mapping[ImportKind, tuple[str, ...]] = {
    ImportKind.cooperatives: cooperatives.COLUMNS,
    ImportKind.actors: actors.COLUMNS,
}


async def take_file(
    db: AsyncSession, caller: Caller, kind: ImportKind, mode: ImportMode, file_name: str, content: bytes
) -> Import:
    """Keep a file, sealed, and queue its import. Raises FileNotUsable for what shows at a glance."""
    try:
        open_table(content, COLUMNS[kind], file_name)
    except FileFault as fault:
        raise FileNotUsable(errors=[_as_fault(fault)]) from None
    row = Import(
        kind=kind,
        mode=mode,
        file_name=file_name,
        file_hash=hashlib.sha256(content).digest(),
        caller_id=caller.id,
        organization_id=caller.organization_id,
    )
    db.add(row)
    await db.flush()
    db.add(ImportFile(import_id=row.id, content=vault().seal_bytes(CONTEXT, content)))
    await db.flush()
    await db.refresh(row)
    await defer(db, RUN, lock="imports", import_id=row.id)
    return row


def imports_visible_to(caller: Caller) -> ColumnElement[bool]:
    """The condition on `imports` for a caller: those of their organization, all for the Dinas."""
    if caller.role is Role.dinas:
        return true()
    return Import.organization_id == caller.organization_id


async def get_import(db: AsyncSession, caller: Caller, import_id: UUID) -> Import:
    """An import within the caller's rows. Raises ImportNotFound."""
    row = await db.scalar(select(Import).where(Import.id == import_id, imports_visible_to(caller)))
    if row is None:
        raise ImportNotFound()
    return row


def faults_of(import_id: UUID) -> Select[Any]:
    """The faults of an import, by line."""
    return select(ImportFault).where(ImportFault.import_id == import_id)


async def begin(db: AsyncSession, import_id: UUID) -> None:
    """Say that an import is being worked on."""
    row = await db.get_one(Import, import_id, with_for_update=True)
    if row.state is ImportState.queued:
        row.state, row.started_at = ImportState.running, clock.now()


async def work(db: AsyncSession, import_id: UUID) -> None:
    """Load the file of an import; its rows and its end are one transaction, so that a second run finds it done.

    Raises FileFault.
    """
    row = await db.get_one(Import, import_id, with_for_update=True)
    if row.state in (ImportState.done, ImportState.failed):
        return
    kept = await db.get_one(ImportFile, import_id)
    table = open_table(vault().open_bytes(CONTEXT, kept.content), COLUMNS[row.kind])
    report = await _load(db, row, table)
    await _finish(db, row, ImportState.done, report)
    if row.mode is ImportMode.commit:
        await outbox.record(db, "import.committed", row.id, by=None, kind=row.kind.value)


async def fail(db: AsyncSession, import_id: UUID, fault: FileFault) -> None:
    """Note that a file could not be read; nothing of it was loaded."""
    row = await db.get_one(Import, import_id, with_for_update=True)
    detail = {"line": str(fault.line)} if fault.line else {}
    if fault.columns:
        detail["columns"] = ", ".join(fault.columns)
    row.failure = {"code": fault.code} | detail
    await _finish(db, row, ImportState.failed, None)


async def _load(db: AsyncSession, row: Import, table: Table) -> Report:
    commit = row.mode is ImportMode.commit
    if row.kind is ImportKind.cooperatives:
        return await cooperatives.load(db, table, row.id, commit=commit)
    scope = str(row.organization_id or row.caller_id)
    return await actors.load(db, table, row.id, commit=commit, scope=scope)


async def _finish(db: AsyncSession, row: Import, state: ImportState, report: Report | None) -> None:
    row.state, row.finished_at = state, clock.now()
    if report is not None:
        row.row_count, row.refused_count, row.warning_count = report.rows, report.refused, report.warnings
        row.created_count, row.updated_count, row.unchanged_count = report.created, report.updated, report.unchanged
    await db.execute(delete(ImportFile).where(ImportFile.import_id == row.id))
    await db.flush()


def _as_fault(fault: FileFault) -> Fault:
    pointer = "#/file" + (f"/{fault.line}" if fault.line else "")
    return Fault(pointer, fault.code, FILE_FAULTS[fault.code])
