"""Taking files in, and working through them in the background."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.duplicates.sweeping import find_pairs_of_import
from plut_api.integration.fault_words import FILE_FAULTS
from plut_api.integration.files import FileFault, Table, open_table
from plut_api.integration.loads import actors, cooperatives, exchange
from plut_api.integration.loads.report import Report
from plut_api.integration.mappings.applying import Reading
from plut_api.integration.mappings.service import require_mapping
from plut_api.integration.mappings.suggesting import suggestions
from plut_api.integration.models import (
    Import,
    ImportDifference,
    ImportFault,
    ImportFile,
    ImportKind,
    ImportMode,
    ImportState,
    OnConflict,
)
from plut_api.integration.problems import FileNotUsable, ImportNotFound
from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller, Role
from plut_api.kit.crypto import vault
from plut_api.kit.jobs import NAMESPACE, defer
from plut_api.kit.problems import Fault, Invalid, fault
from plut_api.reference.rules import rule_value

CONTEXT = "import_files.content"
RUN = f"{NAMESPACE}:imports.run"
COLUMNS: Mapping[ImportKind, tuple[str, ...]] = {
    ImportKind.cooperatives: cooperatives.COLUMNS,
    ImportKind.actors: actors.COLUMNS,
    ImportKind.exchange: exchange.COLUMNS,
}
_USUAL: Mapping[ImportKind, OnConflict] = {
    ImportKind.cooperatives: OnConflict.update,
    ImportKind.actors: OnConflict.fill_empty,
    ImportKind.exchange: OnConflict.update,
}


@dataclass(frozen=True)
class Wishes:
    """How a file is to be loaded, where that is not as usual."""

    on_conflict: OnConflict | None = None
    source: str | None = None
    as_of: date | None = None
    mapping: str | None = None


async def take_file(
    db: AsyncSession,
    caller: Caller,
    kind: ImportKind,
    mode: ImportMode,
    file_name: str,
    content: bytes,
    wishes: Wishes | None = None,
) -> Import:
    """Keep a file, sealed, and queue its import.

    Raises FileNotUsable for what shows at a glance, ImportMappingNotFound, Invalid (`day_in_future`,
    `mapping_of_other_kind`, `on_conflict_not_of_kind`).
    """
    wishes = wishes or Wishes()
    definition = await _definition(db, caller, kind, wishes)
    try:
        open_table(content, Reading.of(definition).known(COLUMNS[kind]), file_name)
    except FileFault as found:
        raise FileNotUsable(errors=[_as_fault(found)]) from None
    row = Import(
        kind=kind,
        mode=mode,
        on_conflict=wishes.on_conflict or _USUAL[kind],
        source=wishes.source or wishes.mapping or (exchange.SYSTEM if kind is ImportKind.exchange else None),
        as_of=wishes.as_of,
        mapping=definition,
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


async def get_import(db: AsyncSession, caller: Caller, import_id: UUID, *, for_update: bool = False) -> Import:
    """An import within the caller's rows. Raises ImportNotFound."""
    query = select(Import).where(Import.id == import_id, imports_visible_to(caller))
    row: Import | None = await db.scalar(query.with_for_update() if for_update else query)
    if row is None:
        raise ImportNotFound()
    return row


def faults_of(import_id: UUID) -> Select[Any]:
    """The faults of an import, by line."""
    return select(ImportFault).where(ImportFault.import_id == import_id)


def differences_of(import_id: UUID) -> Select[Any]:
    """The differences between the file of an import and the register, in the order of the file."""
    return select(ImportDifference).where(ImportDifference.import_id == import_id)


async def begin(db: AsyncSession, import_id: UUID) -> None:
    """Say that an import is being worked on."""
    row = await db.get_one(Import, import_id, with_for_update=True)
    if row.state is ImportState.queued:
        row.state, row.started_at = ImportState.running, clock.now()


async def work(db: AsyncSession, import_id: UUID) -> None:
    """Load the file of an import; its rows and its end are one transaction, so that a second run finds it done.

    Raises FileFault, RegisterChanged.
    """
    row = await db.get_one(Import, import_id, with_for_update=True)
    if row.state in (ImportState.done, ImportState.failed):
        return
    kept = await db.get_one(ImportFile, import_id)
    reading = Reading.of(row.mapping)
    table = open_table(vault().open_bytes(CONTEXT, kept.content), reading.known(COLUMNS[row.kind]))
    report = await _load(db, row, reading.read(table))
    if row.mode is ImportMode.validate:
        row.report_digest = report.digest
        row.commit_until = clock.now() + timedelta(hours=await rule_value(db, "imports.commit_within_hours"))
    await _finish(db, row, ImportState.done, report)
    if row.mode is ImportMode.commit:
        if row.kind is not ImportKind.cooperatives:
            await find_pairs_of_import(db, row.id)
        await outbox.record(db, "import.committed", row.id, by=None, kind=row.kind.value)


async def fail(db: AsyncSession, import_id: UUID, found: FileFault) -> None:
    """Note that a file could not be read, or not be loaded as it was reported; nothing of it was loaded."""
    row = await db.get_one(Import, import_id, with_for_update=True)
    detail: dict[str, Any] = {"line": str(found.line)} if found.line else {}
    if found.columns:
        detail["columns"] = ", ".join(found.columns)
    if likely := suggestions(found.headers, COLUMNS[row.kind]):
        detail["suggestions"] = likely
    row.failure = {"code": found.code} | detail
    await _finish(db, row, ImportState.failed, None)


async def _definition(db: AsyncSession, caller: Caller, kind: ImportKind, wishes: Wishes) -> dict[str, Any] | None:
    """The saved mapping that is wished for, once all wishes are found to go with the kind."""
    faults = []
    if wishes.as_of is not None and wishes.as_of > clock.today():
        faults.append(_IN_FUTURE)
    if kind is ImportKind.cooperatives and wishes.on_conflict not in (None, OnConflict.update):
        faults.append(_NOT_OF_KIND)
    saved = await require_mapping(db, caller, wishes.mapping) if wishes.mapping else None
    if saved is not None and saved.kind is not kind:
        faults.append(_OTHER_KIND)
    if faults:
        raise Invalid(errors=faults)
    return saved.definition if saved is not None else None


async def _load(db: AsyncSession, row: Import, table: Table) -> Report:
    commit = row.mode is ImportMode.commit
    expected = row.report_digest if row.committed_by is not None else None
    if row.kind is ImportKind.cooperatives:
        return await cooperatives.load(db, table, row.id, commit=commit, expected=expected)
    terms = actors.Terms(row.on_conflict, row.as_of, tried=not commit, expected=expected)
    if row.kind is ImportKind.exchange:
        return await exchange.load(db, table, row.id, commit=commit, system=row.source or exchange.SYSTEM, terms=terms)
    scope = str(row.organization_id or row.caller_id) + (f":{row.source}" if row.source else "")
    return await actors.load(db, table, row.id, commit=commit, scope=scope, terms=terms)


async def _finish(db: AsyncSession, row: Import, state: ImportState, report: Report | None) -> None:
    row.state, row.finished_at = state, clock.now()
    if report is not None:
        row.row_count, row.refused_count, row.warning_count = report.rows, report.refused, report.warnings
        row.created_count, row.updated_count, row.unchanged_count = report.created, report.updated, report.unchanged
        row.filled_count, row.overwritten_count, row.kept_count = report.filled, report.overwritten, report.kept
    if state is ImportState.failed or row.mode is ImportMode.commit:
        row.commit_until = None
        await db.execute(delete(ImportFile).where(ImportFile.import_id == row.id))
    await db.flush()


def _as_fault(found: FileFault) -> Fault:
    pointer = "#/file" + (f"/{found.line}" if found.line else "")
    return Fault(pointer, found.code, FILE_FAULTS[found.code])


_IN_FUTURE = fault(
    "/query/as_of",
    "day_in_future",
    id="Berkas tidak mungkin bertanggal di masa depan",
    en="A file cannot tell of a day in the future",
)
_NOT_OF_KIND = fault(
    "/query/on_conflict",
    "on_conflict_not_of_kind",
    id="Berkas koperasi selalu memperbarui; kosongkan on_conflict",
    en="A file of cooperatives always updates; leave on_conflict out",
)
_OTHER_KIND = fault(
    "/query/mapping",
    "mapping_of_other_kind",
    id="Pemetaan ini untuk jenis berkas lain",
    en="This mapping is for files of another kind",
)
