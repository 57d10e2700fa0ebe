"""Pages of the ready list, and the pieces of SQL that pages, streams and changes share."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from string import Template
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from plut_api.financing.ready_list.readers import Reader
from plut_api.kit import clock
from plut_api.kit.sync_tokens import SyncPoint
from plut_api.kit.walls import ASKING

COLUMNS = {"regency": "regency_code", "size_class": "size_class", "kbli": "kbli_code"}
HERE = "pg_current_snapshot()::text AS snapshot, (SELECT system_identifier FROM pg_control_system())::text AS cluster"
PSEUDONYM = Template("encode(substr(sha256(CAST(:salt AS bytea) || uuid_send($actor)), 1, 16), 'hex')::uuid")
IDENTIFIED = Template("""'{"id":"' || $id || '","masked"\\:false,' || $document""")
MASKED = Template("""'{"id":"' || $id || '","masked"\\:true,' || $document""")
_SNAPSHOT = Template("SELECT $here").substitute(here=HERE)
# The bank is named before the view is read; what identifies is noted as disclosed by the statement that reads it, which
# does not wait for the disk (decision 10).
_ASKING = f"{ASKING}, set_config('synchronous_commit', 'off', true)"
_PAGE = Template("""
WITH asking AS MATERIALIZED ($asking), page AS (
    SELECT r.*, $item AS item, row_number() OVER (ORDER BY r.actor_id) AS place FROM (
        SELECT l.actor_id, l.masked, l.identified FROM asking, ready_list l
        WHERE l.expires_at > now() AND l.actor_id > :after$condition
        ORDER BY l.actor_id LIMIT :one_more
    ) r
), disclosed AS (
    INSERT INTO disclosures (id, caller_id, organization_id, operation, purpose, fields, request_id, actor_ids,
        person_ids)
    SELECT CAST(:disclosure AS uuid), CAST(:caller AS uuid), CAST(:bank AS uuid), CAST(:operation AS text),
        CAST(:purpose AS text), CAST(:fields AS text[]), CAST(:request AS uuid), array_agg(actor_id), '{}'
    FROM page WHERE identified IS NOT NULL AND place <= :limit HAVING count(*) > 0
)
SELECT array_to_string((array_agg(item ORDER BY actor_id))[1:CAST(:limit AS int)], ',') AS body,
    (array_agg(actor_id ORDER BY actor_id))[CAST(:limit AS int)] AS last, count(*) AS rows, $here
FROM page
""")


@dataclass(frozen=True)
class Position:
    """The last key of a page: of the list only the business, of changes also the transaction."""

    actor_id: UUID
    change_xid: str = "0"


FIRST = Position(UUID(int=0))


@dataclass(frozen=True)
class Filters:
    """What a bank narrows the list to; an empty tuple leaves a column free."""

    regency: Sequence[str] = ()
    size_class: Sequence[str] = ()
    kbli: Sequence[str] = ()

    def condition(self, alias: str) -> str:
        """SQL over a table with the filter columns. One value is an equality, so that the index keeps its order."""
        parts = []
        for name, column in COLUMNS.items():
            wanted: Sequence[str] = getattr(self, name)
            if len(wanted) == 1:
                parts.append(f" AND {alias}.{column} = :{name}")
            elif wanted:
                parts.append(f" AND {alias}.{column} = ANY(:{name})")
        return "".join(parts)

    def values(self) -> dict[str, Any]:
        """The parameters of `condition`."""
        given = {name: list(getattr(self, name)) for name in COLUMNS if getattr(self, name)}
        return {name: wanted[0] if len(wanted) == 1 else wanted for name, wanted in given.items()}


@dataclass(frozen=True)
class PageRead:
    """A page as JSON text without its brackets, where it ended if more follow, and the point that it belongs to."""

    body: str
    last: Position | None
    point: SyncPoint


async def snapshot_now(connection: AsyncConnection) -> SyncPoint:
    """What is committed by now."""
    return point_of((await connection.execute(text(_SNAPSHOT))).one())


async def read_page(
    connection: AsyncConnection,
    reader: Reader,
    filters: Filters,
    after: Position,
    limit: int,
    until: SyncPoint | None = None,
) -> PageRead:
    """One page of the list, by id of the business, noted as disclosed where it identifies.

    `until` is the point of the first page; that one has none yet.
    """
    values = {"after": after.actor_id, "limit": limit, "one_more": limit + 1} | reader.values() | reader.disclosure()
    row = (await connection.execute(page_query(filters), values | filters.values())).one()
    return PageRead(row.body or "", Position(row.last) if row.rows > limit else None, until or point_of(row))


def page_query(filters: Filters) -> TextClause:
    """The statement of a page. Leans on ix_ready_rows_list, pk_ready_rows and uq_consents_one_active."""
    return _page(filters.condition("l"))


@cache
def _page(condition: str) -> TextClause:
    return text(_PAGE.substitute(asking=_ASKING, item=row_item("r"), condition=condition, here=HERE))


def row_item(alias: str) -> str:
    """SQL: a row of the view `ready_list` as JSON text; `identified` is null without a live consent to this bank."""
    pseudonym = PSEUDONYM.substitute(actor=f"{alias}.actor_id")
    identified = IDENTIFIED.substitute(id=f"{alias}.actor_id", document=f"{alias}.identified")
    masked = MASKED.substitute(id=pseudonym, document=f"{alias}.masked")
    return f"CASE WHEN {alias}.identified IS NOT NULL THEN {identified} ELSE {masked} END"


def point_of(row: Any) -> SyncPoint:
    """The point that a statement which selected HERE was run at."""
    return SyncPoint(row.snapshot, row.cluster, int(clock.now().timestamp()))
