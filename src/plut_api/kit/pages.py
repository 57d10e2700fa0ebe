"""Keyset pages. A cursor is sealed: it names the last row's key, bound to the list, its filters and the caller."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Generic, Literal, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, Select, func, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit.caller import caller_of
from plut_api.kit.crypto import SealBroken, vault
from plut_api.kit.problems import InvalidCursor

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
CURSOR = r"^[A-Za-z0-9_-]*$"
T = TypeVar("T")
_REVIVE: dict[str, Callable[[str], Any]] = {
    "uuid": UUID,
    "instant": datetime.fromisoformat,
    "day": date.fromisoformat,
}

Limit = Annotated[
    int,
    Query(ge=1, le=MAX_LIMIT, description="Rows a page.", json_schema_extra={"format": "int32"}, examples=[50]),
]
Cursor = Annotated[
    str | None,
    Query(max_length=2000, pattern=CURSOR, description="Opaque; the `next_cursor` of the page before."),
]
Include = Annotated[
    list[Literal["total"]] | None,
    Query(max_length=1, description="`total` adds the number of all matching rows, at a price."),
]
NextCursor = Annotated[
    str | None,
    Field(max_length=2000, pattern=CURSOR, description="Give it back as `cursor`; null on the last page."),
]
Total = Annotated[
    int | None,
    Field(
        ge=0,
        le=2**53,
        json_schema_extra={"format": "int64"},
        description="All matching rows; null unless asked for by `include=total`.",
    ),
]


class Page(BaseModel, Generic[T]):
    """One keyset page."""

    data: Annotated[list[T], Field(max_length=MAX_LIMIT, description="The rows.")]
    next_cursor: NextCursor
    total: Total = None


class Cursors:
    """Where a list stands: the position in the cursor, and the way to the next page."""

    def __init__(self, request: Request, response: Response, limit: int, cursor: str | None) -> None:
        self.limit = limit
        self._cursor = cursor
        self._request = request
        self._response = response

    async def position(self) -> list[Any] | None:
        """What `seal` put into the cursor; None on the first page. Raises InvalidCursor."""
        if not self._cursor:
            return None
        try:
            claims = vault().open_token(self._cursor)
        except (SealBroken, ValueError):
            raise InvalidCursor() from None
        if claims.get("f") != await self._bound_to():
            raise InvalidCursor()
        position: list[Any] = claims["k"]
        return position

    async def seal(self, position: Sequence[Any]) -> str:
        """A cursor for this list, these filters and this caller."""
        return vault().seal_token({"k": list(position), "f": await self._bound_to()})

    def link(self, next_cursor: str) -> None:
        """Add `Link: rel="next"` (RFC 8288)."""
        kept = [(name, value) for name, value in self._request.query_params.multi_items() if name != "cursor"]
        target = f"{self._request.url.path}?{urlencode([*kept, ('cursor', next_cursor)])}"
        self._response.headers["Link"] = f'<{target}>; rel="next"'

    async def _bound_to(self) -> str:
        caller = await caller_of(self._request)
        filters = sorted(
            (name, value)
            for name, value in self._request.query_params.multi_items()
            if name not in ("cursor", "limit", "include")
        )
        bound = f"{self._request.url.path}\0{filters}\0{caller.id if caller else ''}"
        return hashlib.sha256(bound.encode()).hexdigest()[:16]


class Paging(Cursors):
    """The page asked for. `fetch` runs a Select with the keyset condition and links to the next page."""

    def __init__(
        self,
        request: Request,
        response: Response,
        limit: int,
        cursor: str | None,
        include: list[Literal["total"]] | None,
    ) -> None:
        super().__init__(request, response, limit, cursor)
        self.wants_total = bool(include)

    async def fetch(self, db: AsyncSession, query: Select[Any], *keys: Any, descending: bool = False) -> dict[str, Any]:
        """`{data, next_cursor, total}` of one page, ordered by the key columns (not null, unique together).

        Raises InvalidCursor. Rows are the entities of the Select, or whole rows if it names several columns.
        """
        total = await self._count(db, query) if self.wants_total else None
        after = await self.position()
        if after is not None:
            bound = [literal(_revived(value), key.type) for value, key in zip(after, keys, strict=True)]
            here = tuple_(*keys)
            query = query.where(here < tuple_(*bound) if descending else here > tuple_(*bound))
        order: list[ColumnElement[Any]] = [key.desc() if descending else key.asc() for key in keys]
        query = query.add_columns(*(key.label(f"key_{n}") for n, key in enumerate(keys)))
        rows = (await db.execute(query.order_by(*order).limit(self.limit + 1))).all()
        page = rows[: self.limit]
        next_cursor = None
        if len(rows) > self.limit:
            next_cursor = await self.seal([_plain(value) for value in page[-1][-len(keys) :]])
            self.link(next_cursor)
        return {"data": [_entity(row, len(keys)) for row in page], "next_cursor": next_cursor, "total": total}

    async def _count(self, db: AsyncSession, query: Select[Any]) -> int:
        return await db.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0


async def _cursors(
    request: Request, response: Response, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Cursors:
    return Cursors(request, response, limit, cursor)  # In a function of its own: FastAPI sends a class to a thread.


async def _paging(
    request: Request,
    response: Response,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
    include: Include = None,
) -> Paging:
    return Paging(request, response, limit, cursor, include)


CursorsOf = Annotated[Cursors, Depends(_cursors)]
PageOf = Annotated[Paging, Depends(_paging)]


def _entity(row: Any, keys: int) -> Any:
    own = row[:-keys]
    return own[0] if len(own) == 1 else row


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return {"uuid": str(value)}
    if isinstance(value, datetime):
        return {"instant": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return value


def _revived(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ((kind, text),) = value.items()
    return _REVIVE[kind](text)


__all__ = ["Cursor", "Cursors", "CursorsOf", "Include", "Limit", "NextCursor", "Page", "PageOf", "Paging", "Total"]
