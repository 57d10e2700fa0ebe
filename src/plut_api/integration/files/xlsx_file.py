"""The first sheet of an XLSX workbook, guarded against archives that unfold into far more than they seem."""

import io
import re
import zipfile
import zlib
from collections.abc import Collection, Iterator
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from plut_api.integration.files.table import MAX_COLUMNS, FileFault, Row, Table, cell_text, column_names

MAX_UNFOLDED = 512 * 1024 * 1024
MAX_RATIO = 200
MAX_PARTS = 1000
_PROLOGUE = 4096
# In UTF-8, and an element before anything that could declare entities (a DOCTYPE), however much stands before that.
_ELEMENT_FIRST = re.compile(rb"(\xef\xbb\xbf)?\s*(<\?xml[^>]{0,200}\?>)?\s*(<!--[^>]{0,2000}-->\s*)*<[A-Za-z_]")
# A hostile workbook trips the library in any of these ways.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    ParseError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    RuntimeError,
    EOFError,
    OSError,
)


def open_xlsx(content: bytes, known: Collection[str]) -> Table:
    """The first sheet; values of formulas as last calculated. Raises FileFault."""
    try:
        _require_harmless(content)
        workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = workbook.worksheets[0]
        sheet.reset_dimensions()  # The sheet's own statement of its size is not to be trusted.
        rows = _rows(sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS))
        for line, cells in rows:
            return Table(column_names(cells), line, rows)
    except FileFault:
        raise
    except _BROKEN:
        raise FileFault("xlsx_broken") from None
    raise FileFault("file_empty")


def _require_harmless(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        unfolded = sum(part.file_size for part in parts)
        if len(parts) > MAX_PARTS or unfolded > MAX_UNFOLDED or unfolded > MAX_RATIO * len(content):
            raise FileFault("xlsx_too_large_unfolded")
        for part in parts:
            if part.filename.endswith((".xml", ".rels")) and not part.filename.startswith("customXml/"):
                with archive.open(part) as opened:
                    if not _ELEMENT_FIRST.match(opened.read(_PROLOGUE)):
                        raise FileFault("xlsx_broken")


def _rows(sheet: Iterator[tuple[Any, ...]]) -> Iterator[Row]:
    line = 0
    try:
        for line, values in enumerate(sheet, 1):
            cells = [cell_text(value) for value in values]
            if any(cells):
                yield line, cells
    except _BROKEN:
        raise FileFault("xlsx_broken", line=line + 1) from None
