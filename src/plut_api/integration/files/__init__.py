"""Reads an uploaded file, whatever its kind, as a table of text cells, row by row and at bounded memory.

CSV (comma, semicolon or tab; with or without byte order mark), XLSX (its first sheet) and NDJSON. What makes a file
unreadable as a whole is a FileFault; what is wrong with one row is found later, by whoever knows its columns.
"""

from collections.abc import Callable, Collection, Mapping

from plut_api.integration.files.csv_file import open_csv
from plut_api.integration.files.json_lines import open_json_lines
from plut_api.integration.files.table import FileFault, Row, Table
from plut_api.integration.files.xlsx_file import open_xlsx

_FOREIGN = (b"%PDF", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"\xff\xfe", b"\xfe\xff")  # PDF, XLS, gzip, UTF-16.
_ZIP = b"PK\x03\x04"

Open = Callable[[bytes, Collection[str]], Table]


# What a name promises; a name that promises nothing, or something else, is not asked.
_PROMISES: Mapping[str, Open] = {
    **dict.fromkeys(("csv", "tsv"), open_csv),
    **dict.fromkeys(("ndjson", "jsonl"), open_json_lines),
    "xlsx": open_xlsx,
}


def open_table(content: bytes, known: Collection[str], name: str = "") -> Table:
    """A file as a table; `known` names the columns it may hold. What it is, its bytes say.

    Raises FileFault, also for a name that promises another kind: somebody is mistaken, or means to mislead.
    """
    opener = _opener(content)
    if _PROMISES.get(name.lower().rpartition(".")[2], opener) is not opener:
        raise FileFault("file_kind_differs")
    return opener(content, known)


def _opener(content: bytes) -> Open:
    start = content[:4]
    if not content.strip(b"\xef\xbb\xbf \t\r\n"):
        raise FileFault("file_empty")
    if start == _ZIP:
        return open_xlsx
    if start.startswith(_FOREIGN):
        raise FileFault("file_kind_unknown")
    if b"\0" in content:
        raise FileFault("file_has_nul_bytes")
    _require_utf8(content)
    return open_json_lines if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") else open_csv


def _require_utf8(content: bytes) -> None:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FileFault("file_not_utf8", line=content.count(b"\n", 0, error.start) + 1) from None


__all__ = ["FileFault", "Row", "Table", "open_table"]
