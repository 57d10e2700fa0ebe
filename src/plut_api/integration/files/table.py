"""What every kind of file is read as."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

Row = tuple[int, list[str]]
"""The line a record begins on (a spreadsheet's row number), counted from 1, and its cells as text."""

MAX_COLUMNS = 100


class FileFault(ValueError):
    """The file cannot be read as a whole; `code` is explained in `fault_words`."""

    def __init__(
        self, code: str, *, line: int | None = None, columns: Sequence[str] = (), headers: Sequence[str] = ()
    ) -> None:
        super().__init__(code)
        self.code = code
        self.line = line
        self.columns = tuple(columns)
        self.headers = tuple(headers)  # What the file calls its columns, where that may help.


@dataclass(frozen=True)
class Table:
    """Column names, in lower case, the line they stand on, and rows whose cells stand in the same order."""

    columns: list[str]
    header_line: int
    rows: Iterator[Row]
    is_loose: bool = False
    """Whether each line names its own columns, so that those known stand here whether or not any line has them."""


def column_names(cells: Sequence[str]) -> list[str]:
    """Names as they are compared: without outer blanks, in lower case. Raises FileFault for a name used twice."""
    names = [column_name(cell) for cell in cells]
    while names and not names[-1]:
        names.pop()
    if len(names) > MAX_COLUMNS:
        raise FileFault("too_many_columns")
    if twice := sorted({name for name in names if name and names.count(name) > 1}):
        raise FileFault("column_twice", columns=twice)
    return names


def column_name(cell: str) -> str:
    """One name as it is compared."""
    return cell.strip().lower().replace(" ", "_")


def score(names: Collection[str], known: Collection[str]) -> int:
    """How many names are known."""
    return len(set(names) & set(known))


def cell_text(value: Any) -> str:
    """A typed cell as a person would type it: dates in ISO form, whole numbers without a decimal point."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
