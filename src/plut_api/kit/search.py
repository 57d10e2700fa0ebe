"""Fuzzy search on trigram indexes, and the order that its pages have: the likest first."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Double, Select, cast, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from plut_api.kit.pages import Paging

LIKENESS = 0.45
"""Word similarity from which a text counts as found: one wrong letter in a word of six or more still is."""


@dataclass(frozen=True)
class Ordered:
    """A Select and the keys that its pages are ordered by; `fuzzy` if it leans on `alike`."""

    query: Select[Any]
    keys: tuple[ColumnElement[Any] | InstrumentedAttribute[Any], ...]
    fuzzy: bool = False


async def page(db: AsyncSession, paging: Paging, found: Ordered) -> dict[str, Any]:
    """The page asked for. Raises InvalidCursor."""
    if found.fuzzy:
        await tolerate_misspelling(db)
    return await paging.fetch(db, found.query, *found.keys)


async def tolerate_misspelling(db: AsyncSession) -> None:
    """Let `alike` find misspelt words, until the present transaction ends."""
    await db.execute(select(func.set_config("pg_trgm.word_similarity_threshold", str(LIKENESS), True)))


def alike(column: InstrumentedAttribute[str], text: str) -> ColumnElement[bool]:
    """Whether a column holds the text, or words much like it; leans on a trigram index of the column."""
    return or_(column.ilike(f"%{escaped(text)}%", escape="\\"), column.bool_op("%>")(text))


def distance(column: InstrumentedAttribute[str], text: str) -> ColumnElement[float]:
    """0 where the column holds the words of the text, up to 1 where nothing is alike; to sort by."""
    return cast(literal(1.0) - func.word_similarity(text, column), Double)


def escaped(text: str) -> str:
    """The text for a LIKE pattern with a backslash as its escape."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
