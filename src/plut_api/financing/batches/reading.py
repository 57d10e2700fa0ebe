"""Reads what a bank sends for many referrals at once: a JSON body, NDJSON or CSV, as items that are checked one by one.

What makes the whole unreadable is refused as a whole; what is wrong with one item is the result of that item.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from types import UnionType
from typing import Annotated, Any, Generic, TypeVar, Union, get_args, get_origin

import orjson
from fastapi import Request
from pydantic import Field, ValidationError

from plut_api.kit.contract import read_by_hand
from plut_api.kit.faults import faults_of
from plut_api.kit.problems import Invalid, MalformedJson, Problem, UnsupportedMediaType, fault
from plut_api.kit.streams import CSV, NDJSON
from plut_api.kit.wire import ANYTHING, Wire

MOST = 1000
JSON = "application/json"
_DELIMITERS = (",", ";", "\t")
_YES_NO = {"true": True, "ya": True, "false": False, "tidak": False}
Item = TypeVar("Item", bound=Wire)


@dataclass(frozen=True)
class Read(Generic[Item]):
    """An item at its place, or why it cannot be one. `line` is where it begins in a file."""

    index: int
    line: int | None
    item: Item | None
    problem: Problem | None = None


class _Body(Wire):
    items: Annotated[list[Any], Field(min_length=1, max_length=MOST)]


def batch_body(whole: type[Wire], item: type[Wire]) -> dict[str, Any]:
    """What a route says of such a body in the contract (`openapi_extra`): `whole` has a list of them as `items`."""
    lines = {"type": "string", "maxLength": 1_048_576, "pattern": ANYTHING}
    columns = ", ".join(f"`{name}`" for name in _types(item))
    of_csv = (
        f"A header and up to {MOST} lines, in UTF-8, with comma, semicolon or tab. An empty cell says nothing. "
        f"Columns: {columns}."
    )
    return {
        "requestBody": {
            "required": True,
            "content": {
                JSON: {"schema": read_by_hand(whole)},
                NDJSON: {"schema": lines | {"description": f"One item a line, up to {MOST}."}},
                CSV: {"schema": lines | {"description": of_csv}},
            },
        }
    }


async def read_items(request: Request, kind: type[Item]) -> list[Read[Item]]:
    """The items of a request's body, in order.

    Raises UnsupportedMediaType, MalformedJson, Invalid (too many, none, or a file that cannot be read).
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    content = await request.body()
    if media_type == JSON:
        given: list[tuple[int | None, Any]] = [(None, members) for members in _of_json(content)]
    elif media_type == NDJSON:
        given = list(islice(_of_lines(content), MOST + 1))
    elif media_type == CSV:
        given = list(islice(_of_csv(content, kind), MOST + 1))
    else:
        raise UnsupportedMediaType()
    if not 1 <= len(given) <= MOST:
        raise Invalid(errors=[_size_fault(len(given))])
    return [_read(index, line, members, kind) for index, (line, members) in enumerate(given)]


def _read(index: int, line: int | None, members: Any, kind: type[Item]) -> Read[Item]:
    if isinstance(members, Problem):
        return Read(index, line, None, members)
    try:
        return Read(index, line, kind.model_validate(members))
    except ValidationError as error:
        return Read(index, line, None, Invalid(errors=faults_of(error.errors(), body_is_root=False)))


def _of_json(content: bytes) -> Sequence[Any]:
    try:
        return _Body.model_validate(orjson.loads(content)).items
    except orjson.JSONDecodeError:
        raise MalformedJson() from None
    except ValidationError as error:
        raise Invalid(errors=faults_of(error.errors(), body_is_root=False)) from None


def _of_lines(content: bytes) -> Iterator[tuple[int, Any]]:
    for line, packed in enumerate(io.BytesIO(content), 1):
        bare = packed.strip(b"\xef\xbb\xbf \t\r\n")
        if not bare:
            continue
        try:
            yield line, orjson.loads(bare)
        except orjson.JSONDecodeError:
            yield line, MalformedJson()


def _of_csv(content: bytes, kind: type[Wire]) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid(errors=[_NOT_UTF8]) from None
    types = _types(kind)
    delimiter = max(_DELIMITERS, key=lambda mark: len(types.keys() & set(_header(_records(text, mark)))))
    records = _records(text, delimiter)
    columns = _header(records)
    _require_columns(columns, types)
    for line, cells in records:
        if len(cells) > len(columns):
            raise Invalid(errors=[_too_many_cells(line)])
        named = zip(columns, cells, strict=False)
        yield line, {name: _value(cell, types[name]) for name, cell in named if cell.strip()}


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Records that hold anything, with the line that they begin on. Raises Invalid."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error:
        raise Invalid(errors=[_broken(line)]) from None


def _header(records: Iterator[tuple[int, list[str]]]) -> list[str]:
    """The names of columns, in lower case; none for an empty file."""
    return [name.strip().lower() for _, cells in islice(records, 1) for name in cells]


def _require_columns(columns: Sequence[str], types: Mapping[str, type]) -> None:
    """Raises Invalid: columns that are not known, or twice."""
    wrong = sorted({name for name in columns if name not in types or columns.count(name) > 1})
    if wrong:
        raise Invalid(errors=[_column_fault(name) for name in wrong])


def _types(kind: type[Wire]) -> dict[str, type]:
    """What a cell of each column is read as: a number, yes or no, or text; what is no single value has no column."""
    found = {name: set(_leaves(field.annotation)) for name, field in kind.model_fields.items()}
    return {
        name: bool if bool in kinds else int if int in kinds else str
        for name, kinds in found.items()
        if not kinds & {list, dict}
    }


def _leaves(annotation: Any) -> Iterator[Any]:
    """The plain types that an annotation is made of; of a list only that it is one."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _leaves(get_args(annotation)[0])
    elif origin in (Union, UnionType):
        for choice in get_args(annotation):
            yield from _leaves(choice)
    else:
        yield origin or annotation


def _value(cell: str, kind: type) -> Any:
    """A cell as JSON would have it; one that is no number where one belongs stays text, and is refused as such."""
    bare = cell.strip()
    if kind is int and bare.isascii() and bare.isdigit() and len(bare) <= 18:
        return int(bare)
    if kind is bool:
        return _YES_NO.get(bare.lower(), cell)
    return cell


def _size_fault(number: int) -> Any:
    if number:
        return fault("#", "too_long", id=f"Maksimal {MOST} butir", en=f"At most {MOST} items")
    return fault("#", "too_short", id="Minimal 1 butir", en="At least 1 items")


def _column_fault(name: str) -> Any:
    return fault(
        "#/" + name[:64].replace("~", "~0").replace("/", "~1"),
        "column_unknown",
        id="Kolom ini tidak dikenal, atau ada dua kali",
        en="This column is not known, or there twice",
    )


def _too_many_cells(line: int) -> Any:
    return fault(
        "#",
        "too_many_cells",
        id=f"Baris {line} berisi lebih banyak sel daripada kolom",
        en=f"Line {line} has more cells than there are columns",
    )


def _broken(line: int) -> Any:
    return fault("#", "csv_malformed", id=f"CSV rusak mulai baris {line}", en=f"The CSV is broken from line {line} on")


_NOT_UTF8 = fault("#", "text_not_unicode", id="Simpan berkas dalam UTF-8", en="Save the file in UTF-8")
