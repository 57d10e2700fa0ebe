"""Which values of two records differ, which of them wins, and how the survivor's row and the merged one become.

The survivor's value wins where both have one, the only one where one is absent, and the verified number over one that
is not; who merges may choose otherwise, field by field. The merged row is left empty, so that nothing finds it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ARRAY, Table, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors import identifiers
from plut_api.actors.masking import masked_nik, masked_phone
from plut_api.actors.models import Actor, Person
from plut_api.kit.merging import Merge, Of
from plut_api.kit.privacy import plain_value

MERGED = "(digabung)"


class Side(StrEnum):
    """Whose value wins."""

    survivor = "survivor"
    merged = "merged"


@dataclass(frozen=True)
class Difference:
    """A field in which the two records differ, as shown: numbers are masked."""

    field: str
    survivor: str | None
    merged: str | None
    winner: Side


_OWN = frozenset(
    {
        *("id", "created_at", "updated_at", "version", "erased_at", "merged_into", "merged_at"),
        *("account_id", "registered_by", "import_id"),  # An account is dealt with by the identity room.
        *("size_class", "size_by_sales", "size_by_capital", "size_basis", "regency_code"),  # Derived.
        "status",  # A state with a history of its own.
    }
)
"""Columns that say something of the row, not of whom it is about; they are never taken over."""
_TOGETHER: Mapping[str, tuple[str, ...]] = {
    "nik": ("nik_sealed", "nik_index", "identity_verified_at", "identity_verified_by"),
    "phone": ("phone_sealed", "phone_index"),
    "nib": ("nib_sealed", "nib_index"),
    "npwp": ("npwp_sealed", "npwp_index"),
    "qris_nmid": ("qris_nmid", "qris_verified_at", "qris_verified_by"),
    "kbli": ("kbli_version", "kbli_code"),
    "village_code": ("village_code", "regency_code"),
}
"""Columns that are one field, and are taken over together; the second says whether two values are the same."""
_CONTEXTS = {"nik": identifiers.NIK, "phone": identifiers.PHONE, "nib": identifiers.NIB, "npwp": identifiers.NPWP}
_UNIQUE = ("nik", "nib", "row_key")
_STAYS_UNTIL_TAKEN = frozenset({"row_key"})
"""By its key a row of a file finds the merged record, and through it the survivor, when it is loaded again."""
_NEVER_NULL = {"full_name": MERGED, "name": MERGED}
Row = Mapping[str, Any]


def table_of(of: Of) -> Table:
    """The table of people or of businesses."""
    return cast("Table", (Person if of is Of.people else Actor).__table__)


async def rows_of(db: AsyncSession, of: Of, *ids: UUID, lock: bool = False) -> dict[UUID, Row]:
    """The rows of these ids as they stand, locked in order of id if asked for."""
    table = table_of(of)
    query = select(table).where(table.c.id.in_(ids)).order_by(table.c.id)
    rows = await db.execute(query.with_for_update() if lock else query)
    return {row["id"]: dict(row) for row in rows.mappings()}


def fields_of(of: Of) -> dict[str, tuple[str, ...]]:
    """Every field that can be taken over, with its columns."""
    columns = table_of(of).columns.keys()
    together = {name: group for name, group in _TOGETHER.items() if set(group) <= set(columns)}
    grouped = {column for group in together.values() for column in group}
    return {name: (name,) for name in columns if name not in _OWN and name not in grouped} | together


def differences(of: Of, survivor: Row, merged: Row, choices: Mapping[str, Side]) -> list[Difference]:
    """Fields that differ, with whose value wins by default or by choice."""
    found = []
    for name, columns in sorted(fields_of(of).items()):
        if all(survivor[column] == merged[column] for column in _telling(name, columns)):
            continue
        winner = choices.get(name) or _by_default(name, columns, survivor, merged)
        found.append(Difference(name, _shown(name, columns, survivor), _shown(name, columns, merged), winner))
    return found


def _telling(name: str, columns: tuple[str, ...]) -> tuple[str, ...]:
    """Sealed columns differ at every sealing; their index tells, and for a NIK whether it was verified."""
    return tuple(column for column in columns if not column.endswith(("_sealed", "_verified_by")))


def _by_default(name: str, columns: tuple[str, ...], survivor: Row, merged: Row) -> Side:
    if name == "nik" and merged["identity_verified_at"] and not survivor["identity_verified_at"]:
        return Side.merged
    absent = all(survivor[column] in (None, []) for column in columns)
    return Side.merged if absent else Side.survivor


def _shown(name: str, columns: tuple[str, ...], row: Row) -> str | None:
    if name in _CONTEXTS:
        plain = identifiers.unseal(_CONTEXTS[name], row[columns[0]])
        if plain is None:
            return None
        hidden = masked_phone(plain) if name == "phone" else plain if name == "nib" else masked_nik(plain)
        return f"{hidden} ✓" if row.get("identity_verified_at") and name == "nik" else hidden
    values = [plain_value(row[column]) for column in columns]
    shown = [", ".join(value) if isinstance(value, list) else str(value) for value in values if value is not None]
    return " ".join(shown)[:500] or None


async def join_rows(merge: Merge, survivor: Row, merged: Row, differing: list[Difference]) -> None:
    """Empty the merged row, then give the survivor the values that won, field by field, as each may change later.

    What is unique goes by itself, too: should the survivor have to keep it, the rest is restored nevertheless.
    """
    table, fields = table_of(merge.of), fields_of(merge.of)
    unique = [column for name in _UNIQUE if name in fields for column in fields[name]]
    emptied = {
        column.name: _empty(column)
        for column in table.columns
        if column.name in _NEVER_NULL or (column.name not in _OWN and (column.nullable or _is_list(column)))
    }
    await merge.change(table.name, "t.id = :merged", {c: sql for c, sql in emptied.items() if c not in unique})
    taken = {difference.field for difference in differing if difference.winner is Side.merged}
    for name in _UNIQUE:
        held = name in fields and any(merged[column] is not None for column in fields[name])
        if held and (name in taken or name not in _STAYS_UNTIL_TAKEN):
            await merge.change(table.name, "t.id = :merged", dict.fromkeys(fields[name], "NULL"))
    for difference in differing:
        if difference.winner is Side.merged:
            columns = fields[difference.field]
            sets = {column: f"CAST(:new_{column} AS {_type(table, column)})" for column in columns}
            values = {f"new_{column}": merged[column] for column in columns}
            await merge.change(table.name, "t.id = :survivor", sets, **values)


async def lead_on(merge: Merge) -> None:
    """From now on the merged row is none: its id leads to the survivor, and the database refuses new rows about it."""
    table = table_of(merge.of)
    led = update(table).where(table.c.id == merge.merged).values(merged_into=merge.survivor, merged_at=merge.at)
    await merge.db.execute(led)


def _is_list(column: Any) -> bool:
    return isinstance(column.type, ARRAY)


def _empty(column: Any) -> str:
    if column.name in _NEVER_NULL:
        return f"'{_NEVER_NULL[column.name]}'"
    return "NULL" if column.nullable else "'{}'"


def _type(table: Table, column: str) -> str:
    return table.columns[column].type.compile(postgresql.dialect())  # type: ignore[no-untyped-call]
