"""Parting what a merge joined: by its journal, every row that still is as the merge left it becomes what it was.

The journal holds one sealed line for each statement of the merge. It is gone over from the end; rows that somebody
changed since stay with the survivor, and are told.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ARRAY, Text, bindparam, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import audit
from plut_api.kit.audit.declared import AUDITED
from plut_api.kit.caller import Caller
from plut_api.kit.database import Model
from plut_api.kit.merging import _RESTAMPED, Change, Moved, Of

Ids = list[UUID]


@dataclass
class Parting:
    """One merge being undone, within one transaction."""

    db: AsyncSession
    caller: Caller
    of: Of
    survivor: UUID
    merged: UUID
    merge_id: UUID
    restored: dict[str, int] = field(default_factory=dict)
    kept: dict[str, list[UUID]] = field(default_factory=dict)

    def keep(self, table: str, rows: list[Change]) -> None:
        """Note rows that stay as they are, since somebody changed them after the merge."""
        if rows:
            self.kept.setdefault(table, []).extend(id_of(row) for row in rows)

    def count(self, table: str, number: int) -> None:
        """Note how many rows of a table are as they were again."""
        if number:
            self.restored[table] = self.restored.get(table, 0) + number


Parter = Callable[[Parting, Moved], Awaitable[None]]
_PARTERS: dict[str, Parter] = {}
_AFTERWARDS: list[tuple[Of, Callable[[Parting], Awaitable[None]]]] = []


def parting(rule_code: str) -> Callable[[Parter], Parter]:
    """Register how rows that were met by a rule are restored, where putting back what they were is not enough."""

    def register(parter: Parter) -> Parter:
        _PARTERS[rule_code] = parter
        return parter

    return register


def after_parting(of: Of) -> Callable[[Callable[[Parting], Awaitable[None]]], Callable[[Parting], Awaitable[None]]]:
    """Register what follows once both records stand by themselves again."""

    def register(step: Callable[[Parting], Awaitable[None]]) -> Callable[[Parting], Awaitable[None]]:
        _AFTERWARDS.append((of, step))
        return step

    return register


async def part(parting: Parting, journal: list[Moved]) -> None:
    """Undo a merge from the end of its journal; statements do not grow with rows."""
    for moved in reversed(journal):
        parter = _PARTERS.get(moved.rule or "", restore)
        await parter(parting, moved)
    for of, step in _AFTERWARDS:
        if of is parting.of:
            await step(parting)


async def restore(parting: Parting, moved: Moved) -> None:
    """Put back the rows of one line; what would break a rule of the database stays, row by row."""
    restored = await _tried(parting, moved.table, moved.rows)
    if restored is None:
        restored = [row for row in moved.rows if await _tried(parting, moved.table, [row])]
    parting.keep(moved.table, [row for row in moved.rows if row not in restored])
    parting.count(moved.table, len(restored))
    if restored and moved.table in AUDITED:
        told = {"merge_id": str(parting.merge_id), "undone": True}
        about = [parting.survivor, parting.merged]
        ids = [id_of(row) for row in restored]
        audit.record(parting.db, audit.Action.changed, moved.table, ids, about=about, after=told)


async def _tried(parting: Parting, table: str, rows: list[Change]) -> list[Change] | None:
    """The rows that were put back; None if the database refused one of them."""
    try:
        async with parting.db.begin_nested():
            met = await parting.db.scalars(_statement(table, rows[0]), _parameters(rows))
            numbers = set(met.all())
    except IntegrityError:
        return None
    return [row for number, row in enumerate(rows, 1) if number in numbers]


def _parameters(rows: list[Change]) -> dict[str, Any]:
    return {"before": [row[0] for row in rows], "after": [row[1] for row in rows]}


def _statement(table: str, like: Change) -> Any:
    """The statement for rows of one kind: changed ones, removed ones or added ones. Answers with their numbers."""
    before, after = like
    columns = Model.metadata.tables[table].columns
    key = [column.name for column in Model.metadata.tables[table].primary_key]
    given = f"""unnest(CAST(:before AS text[]), CAST(:after AS text[])) WITH ORDINALITY AS x (b, a, n)
        CROSS JOIN LATERAL jsonb_populate_record(CAST(NULL AS {table}), CAST(coalesce(x.b, '{{}}') AS jsonb)) AS b
        CROSS JOIN LATERAL jsonb_populate_record(CAST(NULL AS {table}), CAST(coalesce(x.a, '{{}}') AS jsonb)) AS a"""
    stamps = {name: sql for name, sql in _RESTAMPED.items() if name in columns}
    if after is None:
        names = [name for name in orjson.loads(before or "{}") if name in columns]
        matched = " AND ".join(f"t.{name} = b.{name}" for name in key)
        sql = f"""
            WITH given AS MATERIALIZED (SELECT x.n, b.* FROM {given})
            , put AS (INSERT INTO {table} ({", ".join(names)}) SELECT {", ".join(names)} FROM given RETURNING *)
            SELECT b.n FROM given b JOIN put t ON {matched}
        """  # noqa: S608 (names of tables and columns, the values are bound)
    else:
        names = list(orjson.loads(after))
        as_left = " AND ".join(f"t.{name} IS NOT DISTINCT FROM a.{name}" for name in names)
        if before is None:
            sql = f"DELETE FROM {table} t USING {given} WHERE {as_left} RETURNING x.n"  # noqa: S608 (as above)
        else:
            sets = {name: f"b.{name}" for name in names if name != "id"} | stamps
            listed = ", ".join(f"{name} = {value}" for name, value in sets.items())
            sql = f"UPDATE {table} t SET {listed} FROM {given} WHERE {as_left} RETURNING x.n"  # noqa: S608 (as above)
    return text(sql).bindparams(bindparam("before", type_=ARRAY(Text)), bindparam("after", type_=ARRAY(Text)))


def id_of(row: Change) -> UUID:
    """The id that a line of the journal is about; of a row without one of its own the first that it names."""
    told = orjson.loads(row[0] or row[1] or "{}")
    return UUID(told["id"] if "id" in told else next(str(value) for value in told.values() if _is_id(value)))


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 36
