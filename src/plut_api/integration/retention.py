"""Applying the retention rules (reference/data/retention.yaml): counted first, then in blocks, each committed."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import LargeBinary, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.kit import audit, clock
from plut_api.kit.audit.declared import AUDITED
from plut_api.kit.database import Model, unit_of_work
from plut_api.reference.retention import RetentionRule, retention_rules

BLOCK = 5000
"""Rows changed by one transaction."""


@dataclass(frozen=True)
class Applied:
    """How many rows a rule meets or met; not `allowed` where this database role may not remove them."""

    rule: RetentionRule
    rows: int
    allowed: bool = True


async def due(db: AsyncSession) -> list[Applied]:
    """What each rule would do now. Changes nothing."""
    return [Applied(rule, await _count(db, rule), await _allowed(db, rule)) for rule in retention_rules()]


async def apply_retention(sessions: async_sessionmaker[AsyncSession]) -> list[Applied]:
    """Do what each rule says, as far as this database role may; the rest the owner does (`plut privacy retention`)."""
    done = []
    for rule in retention_rules():
        async with unit_of_work(sessions) as db:
            allowed = await _allowed(db, rule)
        rows = await _apply(sessions, rule) if allowed else 0
        done.append(Applied(rule, rows, allowed))
    return done


async def _apply(sessions: async_sessionmaker[AsyncSession], rule: RetentionRule) -> int:
    total = 0
    while True:
        async with unit_of_work(sessions) as db:
            met = await db.scalars(text(_statement(rule)), _values(rule) | rule.values | {"block": BLOCK})
            ids = met.all()
            if rule.table in AUDITED:
                action = audit.Action.deleted if rule.action == "delete" else audit.Action.changed
                audit.record(db, action, rule.table, ids, after={"retention": rule.code})
        total += len(ids)
        if len(ids) < BLOCK:
            return total


async def _count(db: AsyncSession, rule: RetentionRule) -> int:
    query = text(f"SELECT count(*) FROM {_table(rule)} WHERE {rule.where}")  # noqa: S608
    return await db.scalar(query, _values(rule)) or 0


async def _allowed(db: AsyncSession, rule: RetentionRule) -> bool:
    privilege = "DELETE" if rule.action == "delete" else "UPDATE"
    query = text("SELECT has_table_privilege(CAST(:name AS text), :privilege)")
    return bool(await db.scalar(query, {"name": _table(rule), "privilege": privilege}))


def _statement(rule: RetentionRule) -> str:
    """One block of a rule. Tables, columns and conditions come with the release, never from outside."""
    table = _table(rule)
    block = f"ctid = ANY(ARRAY(SELECT ctid FROM {table} WHERE {rule.where} LIMIT :block FOR UPDATE SKIP LOCKED))"  # noqa: S608
    if rule.action == "delete":
        return f"DELETE FROM {table} WHERE {block} RETURNING id"  # noqa: S608
    columns = Model.metadata.tables[table].columns
    types = {name: "bytea" if isinstance(columns[name].type, LargeBinary) else "text" for name in rule.values}
    changes = ", ".join(f"{columns[name].name} = CAST(:{name} AS {types[name]})" for name in rule.values)
    return f"UPDATE {table} SET {changes} WHERE {block} RETURNING id"  # noqa: S608


def _table(rule: RetentionRule) -> str:
    """The rule's table, which there has to be. Raises KeyError."""
    return Model.metadata.tables[rule.table].name


def _values(rule: RetentionRule) -> dict[str, Any]:
    return {"before": clock.now() - timedelta(days=rule.days)}
