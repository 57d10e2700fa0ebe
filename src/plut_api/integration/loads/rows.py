"""Reads the rows of a table as typed values, and notes every fault with its line and column."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from plut_api.integration.cells import CellFault, Field, Normalised
from plut_api.integration.fault_words import WARNINGS
from plut_api.integration.files import FileFault, Table

_BLANKS = re.compile(r"[\s\u00a0]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_MOJIBAKE = re.compile(r"â€|Ã.|Â[\u0080-\u00bf]|\ufffd")
_FORMULA = ("=", "+", "@")
_SHOWN = 100

Value = Any


@dataclass(slots=True)
class Fault:
    """One thing wrong in one row, or worth a warning."""

    line: int
    column: str | None
    code: str
    value: str | None


@dataclass(slots=True)
class Record:
    """One row: the line it begins on, its values by field, its faults, and its known cells as they came."""

    line: int
    values: dict[str, Value]
    faults: list[Fault]
    cells: tuple[str, ...]

    def fault(self, column: str | None, code: str, value: str | None = None) -> None:
        """Note a fault found by looking at several values, or at other rows."""
        self.faults.append(Fault(self.line, column, code, value))

    @property
    def is_sound(self) -> bool:
        """Whether nothing keeps the row out."""
        return all(fault.code in WARNINGS for fault in self.faults)


@dataclass
class RowReader:
    """Reads records of one kind. Raises FileFault for missing columns and for more rows than are taken."""

    fields: Sequence[Field]
    table: Table
    max_rows: int
    unknown: list[Fault] = field(default_factory=list)

    def __post_init__(self) -> None:
        at = {name: place for place, name in enumerate(self.table.columns)}
        missing = [f.name for f in self.fields if f.required and f.name not in at]
        if missing:
            unknown = [name for name in at if name and name not in {f.name for f in self.fields}]
            raise FileFault("column_missing", columns=missing, headers=unknown)
        known = {f.name for f in self.fields}
        self.unknown = [
            Fault(self.table.header_line, name, "unknown_column", None) for name in at if name and name not in known
        ]
        absent = len(self.table.columns)  # Every row is given an empty cell behind its last one.
        self._pick = itemgetter(*(at.get(f.name, absent) for f in self.fields))

    def records(self) -> Iterator[Record]:
        """Every row of the file."""
        width = len(self.table.columns)
        for number, (line, cells) in enumerate(self.table.rows, 1):
            if number > self.max_rows:
                raise FileFault("too_many_rows", line=line)
            filled = [*cells[:width], *[""] * (width + 1 - min(len(cells), width))]
            record = Record(line, {}, [], self._pick(filled))
            if _stands_in_one_cell(record.cells):
                record.fault(self.fields[0].name, "semicolon_row")
            elif len(cells) > width and any(cells[width:]):
                record.fault(None, "too_many_cells")
            else:
                self._read(record)
            yield record

    def _read(self, record: Record) -> None:
        tidy = _is_tidy(record.cells)
        for spec, raw in zip(self.fields, record.cells, strict=True):
            if not raw:
                record.values[spec.name] = None
                if spec.missing:
                    record.fault(spec.name, spec.missing)
                continue
            if not tidy or (spec.free_text and raw.startswith(_FORMULA)):
                cleaned = _cleaned(record, spec, raw)
                if cleaned is None:
                    continue
                raw = cleaned
            try:
                record.values[spec.name] = spec.read(raw)
            except Normalised as note:
                record.values[spec.name] = note.value
                record.fault(spec.name, note.code, shown(spec, raw))
            except CellFault as fault:
                record.values[spec.name] = None
                record.fault(spec.name, fault.code, shown(spec, raw))


def _stands_in_one_cell(cells: Sequence[str]) -> bool:
    """Whether a whole record, separated by semicolons, stands in the first column of a file with commas."""
    return cells[0].count(";") >= (len(cells) - 1) // 2 and not any(cells[1:])


def _is_tidy(cells: Sequence[str]) -> bool:
    """Whether no cell can need cleaning; told for a whole row at once, because nearly every row is."""
    row = f"|{'|'.join(cells)}|"
    return row.isascii() and row.isprintable() and "  " not in row and "| " not in row and " |" not in row


def shown(spec: Field, raw: str) -> str:
    """A cell as a fault shows it: short, and hidden where it is personal data."""
    return "•" * min(len(raw), 16) if spec.personal else raw[:_SHOWN]


def _cleaned(record: Record, spec: Field, raw: str) -> str | None:
    """The cell without surplus blanks; None, with a fault, if nothing can be made of it."""
    record.values[spec.name] = None
    tidy = _BLANKS.sub(" ", raw).strip()
    if not tidy:
        if spec.missing:
            record.fault(spec.name, spec.missing)
        return None
    if tidy != raw:
        record.fault(spec.name, "stray_whitespace", shown(spec, raw))
    for code, wrong in (
        ("control_character", _CONTROL.search(tidy)),
        ("mojibake", _MOJIBAKE.search(tidy)),
        ("spreadsheet_formula", spec.free_text and tidy.startswith(_FORMULA)),
    ):
        if wrong:
            record.fault(spec.name, code, shown(spec, tidy))
            return None
    return tidy
