"""Pages of the ready list, and the pieces of SQL that pages, streams and changes share."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from string import Template
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from plut_api.financing.ready_list.filters import Filters
from plut_api.financing.ready_list.readers import DISCLOSED, SEEING, Reader
from plut_api.financing.ready_list.statements import Statement
from plut_api.kit import clock
from plut_api.kit.sync_tokens import CLUSTER, SyncPoint, SyncTokenOutdated
from plut_api.kit.walls import ASKING

Sort = Literal["id", "-confirmed_at", "expires_at"]

HERE = f"""pg_current_snapshot()\\:\\:text AS snapshot,
    {CLUSTER} AS cluster, {SEEING} AS seeing"""
PSEUDONYM = Template("encode(substr(sha256(CAST(:salt AS bytea) || uuid_send($actor)), 1, 16), 'hex')\\:\\:uuid")
IDENTIFIED = Template("""'{"id":"' || $id || '","masked"\\:false,' || $document""")
MASKED = Template("""'{"id":"' || $id || '","masked"\\:true,' || $document""")
_SNAPSHOT = Statement(f"SELECT {HERE}")
# The bank is named before the view is read; what identifies is noted as disclosed by the statement that reads it, which
# does not wait for the disk (decision 10).
_ASKING = f"{ASKING}, set_config('synchronous_commit', 'off', true)"
_PAGE = Template("""
WITH asking AS MATERIALIZED ($asking), page AS MATERIALIZED (
    SELECT string_agg(item, ',') FILTER (WHERE place <= CAST(:limit AS int)) AS body, count(*) AS rows,
        (array_agg(actor_id))[CAST(:limit AS int)] AS last, (array_agg(key))[CAST(:limit AS int)]\\:\\:text AS last_key,
        array_agg(actor_id) FILTER (WHERE known AND place <= CAST(:limit AS int)) AS shown
    FROM (
        SELECT r.actor_id, r.key, r.identified IS NOT NULL AS known, $item AS item, row_number() OVER () AS place
        FROM (
            SELECT l.actor_id, l.masked, l.identified, $key AS key FROM asking, $view l
            WHERE $current$condition ORDER BY $order LIMIT CAST(:limit AS int) + 1
        ) r
    ) read
), disclosed AS ($disclosed)
SELECT page.body, page.rows, page.last, page.last_key, $here FROM page
""")
_KNOWN = " AND l.consent_id IS NOT NULL"
# Written so that no index can serve it: nearly every row is current, and one by expires_at would win by a false cost.
_CURRENT = "(l.expires_at > now()) IS TRUE"
_SORTS: Mapping[Sort, tuple[str, str, str]] = {
    "id": ("NULL", "l.actor_id", " AND l.actor_id > CAST(:after AS uuid)"),
    "-confirmed_at": (
        "l.confirmed_at",
        "l.confirmed_at DESC, l.actor_id DESC",
        " AND (l.confirmed_at, l.actor_id) < (CAST(CAST(:key AS text) AS timestamptz), CAST(:after AS uuid))",
    ),
    "expires_at": (
        "l.expires_at",
        "l.expires_at, l.actor_id",
        " AND (l.expires_at, l.actor_id) > (CAST(CAST(:key AS text) AS timestamptz), CAST(:after AS uuid))",
    ),
}
"""Of each order the key beside the id, the order itself, and what comes after a position."""


@dataclass(frozen=True)
class Position:
    """The last key of a page: the business, and before it the transaction of a change, or the instant of a sort."""

    actor_id: UUID
    key: str = "0"


FIRST = Position(UUID(int=0))
_STARTS: Mapping[Sort, Position] = {
    "id": FIRST,
    "-confirmed_at": Position(UUID(int=2**128 - 1), "infinity"),
    "expires_at": Position(UUID(int=0), "-infinity"),
}


@dataclass(frozen=True)
class PageRead:
    """A page as JSON text without its brackets, where it ended if more follow, and the point that it belongs to."""

    body: str
    last: Position | None
    point: SyncPoint


async def snapshot_now(connection: AsyncConnection, reader: Reader) -> SyncPoint:
    """What is committed by now, and whether the bank sees scores."""
    return point_of(await _SNAPSHOT.one(connection, reader.values()))


async def read_page(
    connection: AsyncConnection,
    reader: Reader,
    filters: Filters,
    after: Position,
    limit: int,
    until: SyncPoint | None = None,
    sort: Sort = "id",
) -> PageRead:
    """One page of the list, noted as disclosed where it identifies.

    Filters that only identified rows meet need a connection behind the bank's wall. `until` is the point of the first
    page; that one has none yet. Raises SyncTokenOutdated when since then the bank sees more or less.
    """
    start = _STARTS[sort] if after == FIRST else after
    values = page_values(reader, filters, start, limit)
    row = await page_statement(filters, sort).one(connection, values)
    here = point_of(row)
    last = Position(row["last"], row["last_key"] or "0") if row["rows"] > limit else None
    if until is not None and until.seeing != here.seeing:
        raise SyncTokenOutdated("of another setting")
    return PageRead(row["body"] or "", last, until or here)


def page_values(reader: Reader, filters: Filters, after: Position, limit: int) -> dict[str, Any]:
    """The parameters of `page_statement`."""
    place = {"after": after.actor_id, "key": after.key, "limit": limit}
    return place | reader.values() | reader.disclosure() | filters.values()


def page_statement(filters: Filters, sort: Sort = "id") -> Statement:
    """The statement of a page. Leans on the index of its order, ix_ready_rows_list and uq_consents_one_active."""
    condition = filters.shown("l")
    if filters.of_identified:
        return _page("ready_list_whole", sort, condition + _KNOWN + filters.hidden("l"))
    return _page("ready_list", sort, condition)


@cache
def _page(view: str, sort: Sort, condition: str) -> Statement:
    key, order, after = _SORTS[sort]
    return Statement(
        _PAGE.substitute(
            asking=_ASKING,
            item=row_item("r"),
            key=key,
            view=view,
            current="l.expires_at > now()" if sort == "expires_at" else _CURRENT,
            condition=condition + after,
            order=order,
            disclosed=DISCLOSED,
            here=HERE,
        )
    )


def row_item(alias: str) -> str:
    """SQL: a row of the view `ready_list` as JSON text; `identified` is null without a live consent to this bank."""
    pseudonym = PSEUDONYM.substitute(actor=f"{alias}.actor_id")
    identified = IDENTIFIED.substitute(id=f"{alias}.actor_id", document=f"{alias}.identified")
    masked = MASKED.substitute(id=pseudonym, document=f"{alias}.masked")
    return f"CASE WHEN {alias}.identified IS NOT NULL THEN {identified} ELSE {masked} END"


def point_of(row: Mapping[str, Any]) -> SyncPoint:
    """The point that a statement which selected HERE was run at."""
    return SyncPoint(row["snapshot"], row["cluster"], int(clock.now().timestamp()), row["seeing"])
