"""What a load did, and its faults on their way into the database."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.integration.fault_words import severity_of
from plut_api.integration.loads.rows import Fault, Record
from plut_api.integration.models import ImportFault, Severity

CHUNK = 5_000


@dataclass
class Report:
    """Counts of rows by what became of them, and faults not yet stored."""

    import_id: UUID
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    warnings: int = 0
    _faults: list[Fault] = field(default_factory=list)

    def note(self, record: Record) -> None:
        """Count a row, and keep its faults."""
        self.rows += 1
        self.refused += not record.is_sound
        self._faults += record.faults

    def note_file(self, faults: list[Fault]) -> None:
        """Keep faults of the file itself."""
        self._faults += faults

    async def store(self, db: AsyncSession, *, everything: bool = False) -> None:
        """Store the faults gathered so far, once there are enough of them."""
        if not self._faults or (len(self._faults) < CHUNK and not everything):
            return
        faults, self._faults = self._faults, []
        rows: list[tuple[Any, ...]] = []
        for fault in faults:
            severity = severity_of(fault.code)
            self.warnings += severity is Severity.warning
            rows.append((self.import_id, fault.line, fault.column, fault.code, severity.value, fault.value))
        columns = ["import_id", "line", "column", "code", "severity", "value"]
        await copy_rows(db, ImportFault.__tablename__, columns, rows)


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Let the garbage collector look less often: rows hold no cycles, and looking at them costs a fifth of a load."""
    before = gc.get_threshold()
    gc.set_threshold(20 * CHUNK, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


async def copy_rows(db: AsyncSession, table: str, columns: list[str], rows: list[tuple[Any, ...]]) -> None:
    """COPY rows into a table within the session's transaction."""
    connection = await db.connection()
    raw = await connection.get_raw_connection()
    if raw.driver_connection is None:
        raise RuntimeError("the session has no connection")
    await raw.driver_connection.copy_records_to_table(table, records=rows, columns=columns)
