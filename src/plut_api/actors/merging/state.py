"""What a preview was of: a digest over every row that names one of two records, sealed into its token.

One statement reads it, whatever the number of rows.
"""

from collections import defaultdict
from uuid import UUID

from sqlalchemy import ARRAY, TextClause, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit.crypto import SealBroken, vault
from plut_api.kit.database import Model
from plut_api.kit.merging import MOVES, Of, hooked

DERIVED = frozenset({"readiness", "ready_rows", "ready_exits", "duplicate_pairs"})
"""Computed from the others, at any moment: a preview does not grow old by it."""


async def token_of(db: AsyncSession, of: Of, survivor_id: UUID, merged_id: UUID) -> str:
    """An opaque token that stands for these two records as they are."""
    state = await db.scalar(_digest(of), {"ids": [survivor_id, merged_id]})
    return vault().seal_token({"of": of.value, "ids": [str(survivor_id), str(merged_id)], "state": state})


def is_of(token: str, fresh: str) -> bool:
    """Whether a token stands for what a fresh one stands for."""
    try:
        return vault().open_token(token) == vault().open_token(fresh)
    except SealBroken:
        return False


def watched(of: Of) -> dict[str, list[str]]:
    """The tables and columns that name people or businesses and are changed by a merge of them."""
    found: dict[str, set[str]] = defaultdict(set)
    columns = [name for name, whom in MOVES.items() if of in whom]
    columns += [name for name, whom in hooked().items() if of in whom]
    for column in columns:
        table, _, name = column.partition(".")
        if table not in DERIVED:
            found[table].add(name)
    found[of.value].add("id")
    return {table: sorted(names) for table, names in sorted(found.items())}


def _digest(of: Of) -> TextClause:
    parts = [_of_table(table, names) for table, names in watched(of).items()]
    sql = f"SELECT md5(string_agg(part, ',' ORDER BY part)) FROM ({' UNION ALL '.join(parts)}) AS parts (part)"  # noqa: S608
    return text(sql).bindparams(bindparam("ids", type_=ARRAY(Uuid)))


def _of_table(table: str, names: list[str]) -> str:
    columns = Model.metadata.tables[table].columns
    named = " OR ".join(
        f"t.{name} && :ids" if isinstance(columns[name].type, ARRAY) else f"t.{name} = ANY(:ids)" for name in names
    )
    return f"SELECT '{table}' || md5(CAST(t AS text)) FROM {table} t WHERE {named}"  # noqa: S608 (names of tables)
