"""NDJSON: one JSON object a line."""

import io
from collections.abc import Collection, Iterator
from typing import Any

import orjson

from plut_api.integration.files.table import FileFault, Row, Table, cell_text, column_name, column_names


def open_json_lines(content: bytes, known: Collection[str]) -> Table:
    """A file of JSON objects; a column is a member that any line may leave out. Raises FileFault."""
    first = next(_objects(content))[1]
    columns = column_names([*known, *(name for name in first if name not in known)])
    return Table(columns, 1, _rows(content, columns), is_loose=True)


def _rows(content: bytes, columns: list[str]) -> Iterator[Row]:
    for line, members in _objects(content):
        yield line, [_text(members.get(name), line) for name in columns]


def _named(members: dict[str, Any]) -> dict[str, Any]:
    """Members under their names as they are compared, which most have already."""
    return {column_name(name): value for name, value in members.items()}


def _objects(content: bytes) -> Iterator[tuple[int, dict[str, Any]]]:
    for line, packed in enumerate(io.BytesIO(content), 1):
        bare = packed.strip(b"\xef\xbb\xbf \t\r\n")
        if not bare:
            continue
        try:
            members = orjson.loads(bare)
        except orjson.JSONDecodeError:
            raise FileFault("json_line_malformed", line=line) from None
        if not isinstance(members, dict):
            raise FileFault("json_line_malformed", line=line)
        yield line, _named(members)


def _text(value: Any, line: int) -> str:
    if isinstance(value, dict | list):
        raise FileFault("json_line_nested", line=line)
    return cell_text(value)
