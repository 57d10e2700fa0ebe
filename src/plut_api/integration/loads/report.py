"""What a load did, and its faults on their way into the database."""

import gc
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.integration.fault_words import severity_of
from plut_api.integration.files import FileFault
from plut_api.integration.loads.rows import Fault, Record
from plut_api.integration.models import ImportFault, Severity

CHUNK = 5_000


class RegisterChanged(FileFault):
    """What was reported of a file is no longer what it would do; nothing of it was loaded."""

    def __init__(self) -> None:
        super().__init__("register_changed")


@dataclass
class Report:
    """Counts of rows by what became of them, of fields by the same, and faults not yet stored.

    Of a run that commits what was reported before, everything is counted and nothing stored once more (`on_file`).
    """

    import_id: UUID
    on_file: bool = False
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    warnings: int = 0
    filled: int = 0
    overwritten: int = 0
    kept: int = 0
    digest: bytes | None = None
    """Equal for two runs of a file that do the same to the same register."""
    _traces: list[str] = field(default_factory=list)
    _faults: list[Fault] = field(default_factory=list)

    def note(self, record: Record) -> None:
        """Count a row, and keep its faults."""
        self.rows += 1
        self.refused += not record.is_sound
        self._faults += record.faults

    def note_file(self, faults: list[Fault]) -> None:
        """Keep faults of the file itself."""
        self._faults += faults

    def add(self, line: int, column: str | None, code: str) -> None:
        """Keep a warning about a row that was found sound by itself."""
        self._faults.append(Fault(line, column, code, None))

    def refuse(self, line: int, column: str | None, code: str) -> None:
        """Keep out a row that was found sound by itself."""
        self.refused += 1
        self.add(line, column, code)

    def trace(self, *happened: object) -> None:
        """Keep what the run would do, for its digest."""
        self._traces.append(repr(happened))

    def traced(self) -> bytes:
        """The digest of what was traced, and of how many rows were left out or as they are."""
        counts = (self.rows, self.created, self.updated, self.unchanged, self.refused)
        return hashlib.sha256(repr((counts, self._traces)).encode()).digest()

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
        if not self.on_file:
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
