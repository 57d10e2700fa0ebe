"""Search by name over tables of hundreds of thousands of rows: first what holds every word, then what is much like it.

Both lean on a trigram index of the column. What holds the words is found page by page however much there is, in the
order of ids, and only when that is used up misspelt names are looked for: so a name that half the province bears costs
no more than a rare one. Of the misspelt so many are weighed at most; who bears them is found by more words.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, literal, not_, or_, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.types import Double, Uuid

from plut_api.kit.pages import Paging
from plut_api.kit.search import LIKENESS, distance, escaped

MOST_WEIGHED = 2000
"""Misspelt names that are compared at most."""
_WHOLE_TRIGRAM = 3
Name = InstrumentedAttribute[str]
Key = InstrumentedAttribute[Any]


async def prepare_search(db: AsyncSession) -> None:
    """Let misspelt names be found, and each search be planned for its own words, until the transaction ends.

    A plan for any words would go through the whole table in the order of ids, hoping for the best.
    """
    threshold = func.set_config("pg_trgm.word_similarity_threshold", str(LIKENESS), True)
    await db.execute(select(threshold, func.set_config("plan_cache_mode", "force_custom_plan", True)))


def holding(column: Name, text: str) -> ColumnElement[bool]:
    """Whether a name holds every word of a text, in any order; a word of one or two letters has to begin one."""
    return and_(true(), *(_holds(column, word) for word in text.split()))


def much_like(query: Select[Any], column: Name, key: Key, text: str) -> Select[Any]:
    """Ids and distances of rows of a query whose names are much like a text without holding it."""
    long_enough = len(text) >= _WHOLE_TRIGRAM
    near = and_(column.bool_op("%>")(text), not_(holding(column, text))) if long_enough else false()
    found: Any = query.with_only_columns(key.label("id"), distance(column, text).label("distance"))
    weighed: Select[Any] = found.where(near).order_by(None).limit(MOST_WEIGHED)
    return weighed


async def page_by_name(
    db: AsyncSession, paging: Paging, query: Select[Any], column: Name, key: Key, text: str | None
) -> dict[str, Any]:
    """The page asked for of the rows whose name holds a text or is much like it; of all without one, by id.

    The query names one entity. Three statements at most, however many rows there are. Raises InvalidCursor.
    """
    if text is None or not text.split():
        return await paging.fetch(db, query, key)
    await prepare_search(db)
    near = much_like(query, column, key, text).subquery("near")
    total = await _count(db, query.where(holding(column, text)), near) if paging.wants_total else None
    position = await paging.position()
    rows: list[tuple[Any, list[Any]]] = []
    if position is None or len(position) == 1:
        rows = await _that_hold(db, query.where(holding(column, text)), key, position, paging.limit + 1)
        position = None
    if len(rows) <= paging.limit:
        rows += await _that_are_near(db, query, near, key, position, paging.limit + 1 - len(rows))
    page = rows[: paging.limit]
    next_cursor = None
    if len(rows) > paging.limit:
        next_cursor = await paging.seal(page[-1][1])
        paging.link(next_cursor)
    return {"data": [row for row, _ in page], "next_cursor": next_cursor, "total": total}


async def _that_hold(
    db: AsyncSession, query: Select[Any], key: Key, position: list[Any] | None, count: int
) -> list[tuple[Any, list[Any]]]:
    """Rows with the place where a cursor behind them stands: the id alone."""
    if position is not None:
        query = query.where(key > literal(position[0], Uuid))
    found = await db.execute(query.add_columns(key.label("key")).order_by(key).limit(count))
    return [(row[0], [str(row.key)]) for row in found]


async def _that_are_near(
    db: AsyncSession, query: Select[Any], near: Any, key: Key, position: list[Any] | None, count: int
) -> list[tuple[Any, list[Any]]]:
    """The same for misspelt names: there a cursor stands at a distance and an id."""
    here = query.add_columns(near.c.distance, key.label("key")).join(near, near.c.id == key)
    if position is not None:
        behind = tuple_(literal(position[0], Double), literal(position[1], Uuid))
        here = here.where(tuple_(near.c.distance, near.c.id) > behind)
    found = await db.execute(here.order_by(near.c.distance, near.c.id).limit(count))
    return [(row[0], [row.distance, str(row.key)]) for row in found]


async def _count(db: AsyncSession, holding_query: Select[Any], near: Any) -> int:
    exact = select(func.count()).select_from(holding_query.order_by(None).subquery()).scalar_subquery()
    return await db.scalar(select(exact + select(func.count()).select_from(near).scalar_subquery())) or 0


def _holds(column: Name, word: str) -> ColumnElement[bool]:
    plain = escaped(word)
    if len(word) < _WHOLE_TRIGRAM:
        return or_(column.ilike(f"{plain}%", escape="\\"), column.ilike(f"% {plain}%", escape="\\"))
    return column.ilike(f"%{plain}%", escape="\\")
