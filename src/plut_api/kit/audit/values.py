"""Rows as the log tells them: what is personal as keyed hashes, secrets not at all."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time
from enum import Enum
from functools import cache
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Boolean, Column, DateTime, LargeBinary, Table
from sqlalchemy import Enum as EnumType
from sqlalchemy.sql import ClauseElement
from sqlalchemy.types import Uuid

from plut_api.kit.audit.declared import AUDITED, MARKS, NEVER, SUBJECTS, Told
from plut_api.kit.crypto import vault

Teller = Callable[[Any, UUID | None], Any]
_SHOWN_AS_THEY_ARE = (Uuid, Boolean, DateTime, EnumType)


@cache
def tellers(table: Table) -> Mapping[str, Teller]:
    """How each column of an audited table is told; what is not told is not in it. Empty for any other table."""
    told = AUDITED.get(table.name)
    if told is None:
        return {}
    found = {column.name: _teller(table.name, column, told) for column in table.columns}
    return {name: teller for name, teller in found.items() if teller is not None}


@cache
def subjects(table: Table) -> tuple[str, ...]:
    """The columns of a table that name whom a row is about."""
    return tuple(name for name in SUBJECTS if name in table.columns)


def told(table: Table, values: Mapping[str, Any], row_id: UUID | None) -> dict[str, Any]:
    """Columns of one row, or with no id of several that got the same values. Absent values are told as null."""
    by = tellers(table)
    return {
        name: None if value is None else by[name](value, row_id)
        for name, value in values.items()
        if name in by and not isinstance(value, ClauseElement)
    }


def hashed(place: str, value: Any, row_id: UUID | None) -> str:
    """A keyed hash, equal only for the same value of the same row: it shows a change, and whether a claim is true."""
    return vault().blind(f"audit.{place}", f"{row_id or ''}\0{_spelled(value)}").hex()


def _teller(table: str, column: Column[Any], told: Told) -> Teller | None:
    name = column.name
    if name in NEVER or name in MARKS or name in told.derived or column.primary_key:
        return None
    if name.endswith("_sealed"):
        return None if f"{name.removesuffix('_sealed')}_index" in column.table.columns else _covered
    if isinstance(column.type, LargeBinary) and not name.endswith("_index"):
        return _hexadecimal if name in told.plain else None
    shown = name in told.plain or isinstance(column.type, _SHOWN_AS_THEY_ARE)
    if shown and name not in told.hashed:
        return _plain
    place = f"{table}.{name}"
    return lambda value, row_id: hashed(place, value, row_id)


def _plain(value: Any, _: UUID | None) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return list(value) if isinstance(value, tuple | set | frozenset) else value


def _hexadecimal(value: bytes, _: UUID | None) -> str:
    return bytes(value).hex()


def _covered(_: Any, __: UUID | None) -> str:
    return "sealed"


def _spelled(value: Any) -> str:
    """One spelling for each value, whatever its type."""
    if isinstance(value, str) and not isinstance(value, Enum):
        return value
    if isinstance(value, bytes):
        return value.hex()
    return orjson.dumps(value, default=str, option=orjson.OPT_SORT_KEYS).decode()


def distinct(ids: Iterable[UUID | None]) -> list[UUID]:
    """Each id once, absent ones left out, in the order given."""
    return list(dict.fromkeys(found for found in ids if found is not None))
