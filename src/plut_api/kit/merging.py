"""What spans every room when two records turn out to be one: people, businesses, and the accounts of people.

A room's `merging.py` says of each column that names one of them what becomes of it: `moves("outcomes.actor_id",
of=Of.actors)` for what is simply pointed to the survivor, `@merging(of=…, columns=(…))` for what may collide, with the
rule in the docstring, `stays(…)` for what is never rewritten. `plut_api/merged.py` imports them all; a test compares
that with the tables that there are. Kit knows no table.

Hooks change rows through `Merge`, which notes them in the journal as they were and as they became; by that
`kit/parting.py` restores those that still are as the merge left them.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Table, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import audit
from plut_api.kit.audit.declared import AUDITED
from plut_api.kit.caller import Caller
from plut_api.kit.database import Model
from plut_api.kit.i18n import Text
from plut_api.kit.ids import new_id


class Of(StrEnum):
    """Whom a column names. Accounts are merged with the people that they belong to."""

    people = "people"
    actors = "actors"
    accounts = "accounts"


@dataclass(frozen=True)
class Rule:
    """How a collision is settled: a stable code, and words for who decides on the merge."""

    code: str
    words: Text
    collides: bool = True  # Whether rows stood in each other's way; else it only says how rows are restored.


@dataclass(frozen=True)
class Hook:
    """What a room does at a merge beyond pointing its rows to the survivor."""

    of: Of
    columns: frozenset[str]
    order: int
    run: "Step"


Change = tuple[str | None, str | None]
"""A row before and after, as JSON objects; None where there was, or is, no such row."""


@dataclass(frozen=True)
class Moved:
    """One statement of a merge: the rows that it met in a table, and by which rule."""

    table: str
    rule: str | None
    rows: list[Change] = field(repr=False)


MOVES: dict[str, set[Of]] = {}
"""Columns (`table.column`) that are pointed to the survivor. One that is a list has the id replaced in it."""
STAYS: dict[str, dict[Of, str]] = {}
"""Columns that keep the id they were written with, and why."""
RULES: dict[str, Rule] = {}
_HOOKS: list[Hook] = []
_RESTAMPED = {"version": "t.version + 1", "updated_at": "now()", "change_xid": "pg_current_xact_id()"}
"""Columns that say that a row changed, and so tell readers of a copy to read it again."""


@dataclass
class Merge:
    """One merge under way, within one transaction. `survivor` and `merged` are ids of whom `of` says."""

    db: AsyncSession
    caller: Caller
    of: Of
    survivor: UUID
    merged: UUID
    at: datetime
    id: UUID = field(default_factory=new_id)
    moved: list[Moved] = field(default_factory=list)

    async def change(
        self,
        table: str,
        where: str,
        values: Mapping[str, str],
        *,
        rule: Rule | None = None,
        **parameters: Any,
    ) -> list[UUID]:
        """Set columns of the rows `t` of a table that meet a condition, all in SQL, where `:survivor` and `:merged` are
        known; the ids of the rows. Both stay in the journal. Rows are locked in the order of their keys.
        """
        key, told = _key(table), _told([*_key(table), *values])
        stamps = {name: sql for name, sql in _RESTAMPED.items() if name in _table(table).columns and name not in values}
        sets = ", ".join(f"{name} = {sql}" for name, sql in {**values, **stamps}.items())
        statement = f"""
            WITH old AS MATERIALIZED (
                SELECT {_listed("t", key)}, {told} AS row FROM {table} t WHERE {where} ORDER BY {_listed("t", key)}
                FOR UPDATE OF t
            )
            UPDATE {table} t SET {sets} FROM old WHERE {_matched("t", "old", key)}
            RETURNING {_id_of(key)} AS id, CAST(old.row AS text) AS before, CAST({told} AS text) AS after
        """  # noqa: S608 (names and expressions come from hooks, values are bound)
        return await self._note(table, statement, rule, audit.Action.changed, parameters)

    async def remove(self, table: str, where: str, *, rule: Rule | None = None, **parameters: Any) -> list[UUID]:
        """Remove rows `t` of a table; they stay whole in the journal."""
        key, told = _key(table), _told([c.name for c in _table(table).columns if c.name != "change_xid"])
        statement = f"""
            DELETE FROM {table} t WHERE {where}
            RETURNING {_id_of(key)} AS id, CAST({told} AS text) AS before, NULL AS after
        """  # noqa: S608 (as above)
        return await self._note(table, statement, rule, audit.Action.deleted, parameters)

    async def add(
        self, table: str, columns: Iterable[str], select: str, *, rule: Rule | None = None, **parameters: Any
    ) -> list[UUID]:
        """Add rows to a table by a SELECT of these columns; the journal has their keys."""
        names, key = list(columns), _key(table)
        statement = f"""
            INSERT INTO {table} AS t ({", ".join(names)}) {select}
            RETURNING {_id_of(key)} AS id, NULL AS before, CAST({_told([*key, *names])} AS text) AS after
        """
        return await self._note(table, statement, rule, audit.Action.created, parameters)

    async def _note(
        self, table: str, statement: str, rule: Rule | None, action: audit.Action, parameters: Mapping[str, Any]
    ) -> list[UUID]:
        rows = (await self.db.execute(self.bound(statement), self.known(statement, parameters))).all()
        if rows:
            self.moved.append(Moved(table, rule.code if rule else None, [(row.before, row.after) for row in rows]))
        ids = [row.id for row in rows if row.id is not None]
        if table in AUDITED:
            told = {"merge_id": str(self.id)} | ({"rule": rule.code} if rule else {})
            audit.record(self.db, action, table, ids, about=[self.survivor, self.merged], after=told)
        return ids

    def bound(self, statement: str) -> Any:
        """A statement of a hook, with the types of what it is given by this merge."""
        names = [name for name in ("survivor", "merged") if f":{name}" in statement]
        return text(statement).bindparams(*(bindparam(name, type_=Uuid) for name in names))

    def known(self, statement: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """What a statement of a hook is given."""
        given = {"survivor": self.survivor, "merged": self.merged, "at": self.at}
        return {name: value for name, value in given.items() if f":{name}" in statement} | dict(parameters)


Step = Callable[[Merge], Awaitable[None]]


def moves(column: str, *, of: Of) -> None:
    """Declare a column that is pointed to the survivor."""
    MOVES.setdefault(column, set()).add(of)


def stays(column: str, *, of: Of, why: str) -> None:
    """Declare a column that names whom it named when it was written, and why that has to stay."""
    STAYS.setdefault(column, {})[of] = why


def rule(code: str, *, id: str, en: str, collides: bool = True) -> Rule:
    """Declare how a collision is settled, in words. Raises ValueError if the code is taken."""
    if code in RULES:
        raise ValueError(f"two rules are called {code}")
    RULES[code] = found = Rule(code, Text(id=id, en=en), collides)
    return found


def merging(*, of: Of, columns: tuple[str, ...] = (), order: int = 50) -> Callable[[Step], Step]:
    """Register what a room does at a merge. By rising order: before 100 what settles collisions, then all columns that
    `moves` declared are pointed to the survivor, and from 100 on what follows from the whole.
    """

    def register(step: Step) -> Step:
        _HOOKS.append(Hook(of, frozenset(columns), order, step))
        return step

    return register


def hooked() -> dict[str, set[Of]]:
    """The columns that hooks answer for."""
    found: dict[str, set[Of]] = {}
    for hook in _HOOKS:
        for column in hook.columns:
            found.setdefault(column, set()).add(hook.of)
    return found


async def run(merge: Merge) -> None:
    """Settle collisions, point everything to the survivor, then run what follows; statements do not grow with rows."""
    hooks = sorted((hook for hook in _HOOKS if hook.of is merge.of), key=lambda hook: hook.order)
    for hook in hooks:
        if hook.order < _AFTER:
            await hook.run(merge)
    await _point(merge)
    for hook in hooks:
        if hook.order >= _AFTER:
            await hook.run(merge)


_AFTER = 100


async def _point(merge: Merge) -> None:
    """One statement a table, so that a row which names both columns is met once."""
    by_table: dict[str, list[str]] = {}
    for column, of in MOVES.items():
        if merge.of in of:
            table, _, name = column.partition(".")
            by_table.setdefault(table, []).append(name)
    for table, names in by_table.items():
        where = " OR ".join(_names_merged(table, name) for name in names)
        await merge.change(table, where, {name: _pointed(table, name) for name in names})


def _names_merged(table: str, name: str) -> str:
    return f"t.{name} @> ARRAY[:merged]" if _is_list(table, name) else f"t.{name} = :merged"


def _pointed(table: str, name: str) -> str:
    if _is_list(table, name):
        return f"array_replace(t.{name}, :merged, :survivor)"
    return f"CASE WHEN t.{name} = :merged THEN :survivor ELSE t.{name} END"


def _is_list(table: str, name: str) -> bool:
    return isinstance(_table(table).columns[name].type, ARRAY)


def _table(name: str) -> Table:
    return Model.metadata.tables[name]


def _key(table: str) -> list[str]:
    return [column.name for column in _table(table).primary_key]


def _id_of(key: list[str]) -> str:
    return f"t.{key[0]}" if len(key) == 1 else "CAST(NULL AS uuid)"


def _listed(alias: str, names: Iterable[str]) -> str:
    return ", ".join(f"{alias}.{name}" for name in names)


def _matched(left: str, right: str, names: Iterable[str]) -> str:
    return " AND ".join(f"{left}.{name} = {right}.{name}" for name in names)


def _told(names: Iterable[str]) -> str:
    return "jsonb_build_object(" + ", ".join(f"'{name}', t.{name}" for name in dict.fromkeys(names)) + ")"
