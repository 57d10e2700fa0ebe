"""CSV as spreadsheets of different countries write it."""

import csv
import io
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from plut_api.integration.files.table import FileFault, Row, Table, column_names, score

if TYPE_CHECKING:
    from _csv import Reader

_DELIMITERS = (",", ";", "\t")


def open_csv(content: bytes, known: Collection[str]) -> Table:
    """A CSV file in UTF-8; its delimiter is the one that finds most known columns. Raises FileFault."""
    delimiter = max(_DELIMITERS, key=lambda mark: score(_header(content, mark)[1], known))
    reader = _reader(content, delimiter)
    line, columns = _next_header(reader)
    return Table(columns, line, _rows(reader))


def _reader(content: bytes, delimiter: str) -> "Reader":
    lines = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline="")
    return csv.reader(lines, delimiter=delimiter, strict=True)


def _header(content: bytes, delimiter: str) -> tuple[int, list[str]]:
    try:
        return _next_header(_reader(content, delimiter))
    except FileFault:
        return 1, []


def _next_header(reader: "Reader") -> tuple[int, list[str]]:
    for line, cells in _rows(reader):
        return line, column_names(cells)
    raise FileFault("file_empty")


def _rows(reader: "Reader") -> Iterator[Row]:
    """Records with the line they begin on; lines without any cell are passed over."""
    line = reader.line_num + 1
    try:
        for cells in reader:
            if cells:
                yield line, cells
            line = reader.line_num + 1
    except csv.Error:
        raise FileFault("csv_malformed", line=line) from None
