"""Pages of the ready list, and the pieces of SQL that pages, streams and changes share."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from string import Template
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from plut_api.kit import clock
from plut_api.kit.crypto import vault
from plut_api.kit.sync_tokens import SyncPoint

COLUMNS = {"regency": "regency_code", "size_class": "size_class", "kbli": "kbli_code"}
HERE = "pg_current_snapshot()::text AS snapshot, (SELECT system_identifier FROM pg_control_system())::text AS cluster"
PSEUDONYM = Template("encode(substr(sha256(CAST(:salt AS bytea) || uuid_send($actor)), 1, 16), 'hex')::uuid")
LIVE = Template(
    "c.actor_id = $actor AND c.organization_id = :bank AND c.purpose = 'financing' AND c.withdrawn_at IS NULL "
    "AND c.expires_at > now()"
)
IDENTIFIED = Template("""'{"id":"' || $id || '","masked"\\:false,' || $document""")
MASKED = Template("""'{"id":"' || $id || '","masked"\\:true,' || $document""")
# Not EXISTS: the planner would read all consents of the bank into a hash, for each page.
_KNOWN = Template("(SELECT true FROM consents c WHERE $live LIMIT 1) IS NOT NULL")
_SNAPSHOT = Template("SELECT $here").substitute(here=HERE)
_PAGE = Template("""
WITH page AS (
    SELECT r.actor_id, $item AS item FROM (
        SELECT l.actor_id, l.masked, l.identified, $known AS known
        FROM ready_rows l
        WHERE l.expires_at > now() AND l.actor_id > :after$condition
        ORDER BY l.actor_id LIMIT :one_more
    ) r
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


def bank_values(bank_id: UUID) -> dict[str, Any]:
    """The parameters that make a row a bank's own: the bank, and the secret of its pseudonyms."""
    return {"bank": bank_id, "salt": vault().blind("ready_list.pseudonyms", str(bank_id))}


async def snapshot_now(connection: AsyncConnection) -> SyncPoint:
    """What is committed by now."""
    return point_of((await connection.execute(text(_SNAPSHOT))).one())


async def read_page(
    connection: AsyncConnection,
    bank_id: UUID,
    filters: Filters,
    after: Position,
    limit: int,
    until: SyncPoint | None = None,
) -> PageRead:
    """One page of the list, by id of the business. `until` is the point of the first page; that one has none yet."""
    values = {"after": after.actor_id, "limit": limit, "one_more": limit + 1}
    row = (await connection.execute(page_query(filters), bank_values(bank_id) | values | filters.values())).one()
    return PageRead(row.body or "", Position(row.last) if row.rows > limit else None, until or point_of(row))


def page_query(filters: Filters) -> TextClause:
    """The statement of a page. Leans on ix_ready_rows_list, pk_ready_rows and uq_consents_one_active."""
    return _page(filters.condition("l"))


@cache
def _page(condition: str) -> TextClause:
    parts = {"item": row_item("r"), "known": known("l.actor_id"), "condition": condition, "here": HERE}
    return text(_PAGE.substitute(parts))


def known(actor: str) -> str:
    """SQL: whether this bank has a live consent for a business."""
    return _KNOWN.substitute(live=LIVE.substitute(actor=actor))


def row_item(alias: str) -> str:
    """SQL: a row as the bank may see it, as JSON text. Needs actor_id, masked, identified and known."""
    pseudonym = PSEUDONYM.substitute(actor=f"{alias}.actor_id")
    identified = IDENTIFIED.substitute(id=f"{alias}.actor_id", document=f"{alias}.identified")
    masked = MASKED.substitute(id=pseudonym, document=f"{alias}.masked")
    return f"CASE WHEN {alias}.known THEN {identified} ELSE {masked} END"


def point_of(row: Any) -> SyncPoint:
    """The point that a statement which selected HERE was run at."""
    return SyncPoint(row.snapshot, row.cluster, int(clock.now().timestamp()))
