"""The ready list as one bank sees it: pages, the whole, and what changed since. JSON is rendered by PostgreSQL.

A row is identified while this bank has a live consent, else masked under a pseudonym of this bank alone; both are
decided in the query that reads the row. Runs in AUTOCOMMIT on its own connection: each page is one statement.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from plut_api.kit.crypto import vault
from plut_api.kit.sync_tokens import SyncPoint

COLUMNS = {"regency": "regency_code", "size_class": "size_class", "kbli": "kbli_code"}
NIL = UUID(int=0)
_HERE = "pg_current_snapshot()::text AS snapshot, (SELECT system_identifier FROM pg_control_system())::text AS cluster"
_PSEUDONYM = "encode(substr(sha256(CAST(:salt AS bytea) || uuid_send({actor})), 1, 16), 'hex')::uuid"
_LIVE = (
    "c.organization_id = :bank AND c.purpose = 'financing' AND c.withdrawn_at IS NULL AND c.expires_at > now() "
    "AND c.actor_id = {actor}"
)
_ITEM = (
    "'{{\"id\":\"' || CASE WHEN {known} THEN {actor} ELSE {pseudonym} END || '\",' "
    "|| substr(CASE WHEN {known} THEN r.identified ELSE r.masked END, 2)"
)


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
    """A page as JSON text without its brackets, where it ended, and the snapshot it was read in."""

    body: str
    last: tuple[str, str] | None
    point: SyncPoint


def salt_of(bank_id: UUID) -> bytes:
    """The secret that turns businesses into this bank's pseudonyms."""
    return vault().blind("ready_list.pseudonyms", str(bank_id))


async def read_page(connection: AsyncConnection, bank_id: UUID, filters: Filters, after: UUID, limit: int) -> PageRead:
    """One page of the list, by id of the business."""
    values = {"bank": bank_id, "salt": salt_of(bank_id), "after": after, "limit": limit, "one_more": limit + 1}
    row = (await connection.execute(page_query(filters), values | filters.values())).one()
    last = ("", str(row.last)) if row.rows > limit else None
    return PageRead(row.body or "", last, SyncPoint(row.snapshot, row.cluster))


def page_query(filters: Filters) -> TextClause:
    """The statement of a page. Leans on ix_ready_rows_list and uq_consents_one_active."""
    item = _ITEM.format(known="known", actor="r.actor_id", pseudonym=_PSEUDONYM.format(actor="r.actor_id"))
    return text(
        f"""
        WITH page AS (
            SELECT r.actor_id, {item} AS item FROM (
                SELECT l.actor_id, l.masked, l.identified, EXISTS (
                    SELECT FROM consents c WHERE {_LIVE.format(actor="l.actor_id")}
                ) AS known
                FROM ready_rows l
                WHERE l.expires_at > now() AND l.actor_id > :after{filters.condition("l")}
                ORDER BY l.actor_id LIMIT :one_more
            ) r
        )
        SELECT array_to_string((array_agg(item ORDER BY actor_id))[1:CAST(:limit AS int)], ',') AS body,
            (array_agg(actor_id ORDER BY actor_id))[CAST(:limit AS int)] AS last, count(*) AS rows, {_HERE}
        FROM page
        """  # noqa: S608 (put together from constants)
    )


def stream_query(filters: Filters) -> TextClause:
    """The statement of the whole list, a JSON object a row."""
    item = _ITEM.format(known="known", actor="r.actor_id", pseudonym=_PSEUDONYM.format(actor="r.actor_id"))
    return text(
        f"""
        SELECT {item} FROM (
            SELECT l.actor_id, l.masked, l.identified, c.id IS NOT NULL AS known
            FROM ready_rows l LEFT JOIN consents c ON {_LIVE.format(actor="l.actor_id")}
            WHERE l.expires_at > now(){filters.condition("l")}
        ) r
        """  # noqa: S608 (put together from constants)
    )


async def snapshot_of(connection: AsyncConnection) -> SyncPoint:
    """What is committed by now."""
    row = (await connection.execute(text(f"SELECT {_HERE}"))).one()
    return SyncPoint(row.snapshot, row.cluster)


async def read_changes(
    connection: AsyncConnection,
    bank_id: UUID,
    filters: Filters,
    seen: SyncPoint,
    until: SyncPoint | None,
    after: tuple[str, str],
    limit: int,
) -> PageRead:
    """What `seen` had not seen and `until` (by default: now) has, by transaction and business.

    `after` is the position of the page before. Rows changed again after `until` come with the next pull.
    """
    until = until or await snapshot_of(connection)
    values = {
        "bank": bank_id,
        "salt": salt_of(bank_id),
        "seen": seen.snapshot,
        "until": until.snapshot,
        "after_xid": after[0],
        "after": UUID(after[1]),
        "limit": limit,
        "one_more": limit + 1,
    }
    row = (await connection.execute(changes_query(filters), values | filters.values())).one()
    last = (row.last_xid, str(row.last)) if row.rows > limit else None
    return PageRead(row.body or "", last, until)


def _changed(alias: str) -> str:
    """SQL: the row's last change is news to the client, and belongs to this pull."""
    return (
        f"{alias}.change_xid >= pg_snapshot_xmin(CAST(CAST(:seen AS text) AS pg_snapshot)) "
        f"AND NOT pg_visible_in_snapshot({alias}.change_xid, CAST(CAST(:seen AS text) AS pg_snapshot)) "
        f"AND pg_visible_in_snapshot({alias}.change_xid, CAST(CAST(:until AS text) AS pg_snapshot))"
    )


def _source(table: str, condition: str) -> str:
    return (
        f"(SELECT s.change_xid, s.actor_id FROM {table} s WHERE {_changed('s')}{condition} "  # noqa: S608 (as above)
        "AND (s.change_xid, s.actor_id) > (CAST(CAST(:after_xid AS text) AS xid8), CAST(:after AS uuid)) "
        "ORDER BY s.change_xid, s.actor_id LIMIT :one_more)"
    )


def _changed_earlier(table: str, condition: str) -> str:
    """SQL: the business has an earlier entry in this pull, at which its present state was told.

    The first entry decides, not the last: what is still stamped early was there when its place was read, while a later
    entry may move beyond `until` between two pages, and would take its news with it.
    """
    return (
        f"EXISTS (SELECT FROM {table} s WHERE s.actor_id = p.actor_id AND s.change_xid < p.change_xid "
        f"AND {_changed('s')}{condition})"
    )


def changes_query(filters: Filters) -> TextClause:
    """The statement of a page of changes.

    Per business the present row, if it is listed and meets the filters; and a tombstone for each id under which it may
    have been served and no longer is. A bank that never had a consent learns only the pseudonym's.
    """
    of_bank = " AND s.organization_id = :bank"
    sources = (("ready_rows", filters.condition("s")), ("ready_exits", filters.condition("s")), ("consents", of_bank))
    item = _ITEM.format(known="p.known", actor="p.actor_id", pseudonym="p.pseudonym")
    return text(
        f"""
        WITH candidates AS (
            {" UNION ".join(_source(table, condition) for table, condition in sources)}
        ), picked AS (
            SELECT * FROM candidates ORDER BY change_xid, actor_id LIMIT :one_more
        ), page AS (
            SELECT p.*, row_number() OVER (ORDER BY change_xid, actor_id) AS place FROM picked p
        ), state AS (
            SELECT p.*, {_PSEUDONYM.format(actor="p.actor_id")} AS pseudonym,
                EXISTS (SELECT FROM consents c WHERE {_LIVE.format(actor="p.actor_id")}) AS known,
                EXISTS (SELECT FROM consents s WHERE s.actor_id = p.actor_id{of_bank}) AS ever_known,
                EXISTS (
                    SELECT FROM consents s WHERE s.actor_id = p.actor_id{of_bank} AND {_changed("s")}
                ) AS consent_moved,
                (SELECT s.reason FROM ready_exits s WHERE s.actor_id = p.actor_id AND {_changed("s")}
                    {filters.condition("s")} ORDER BY s.change_xid DESC LIMIT 1) AS exit_reason
            FROM page p
            WHERE place <= :limit AND NOT ({" OR ".join(_changed_earlier(t, c) for t, c in sources)})
        ), items AS (
            SELECT p.place, 3 AS part, {item} AS item
            FROM state p JOIN ready_rows r ON r.actor_id = p.actor_id
            WHERE r.expires_at > now(){filters.condition("r")}
            UNION ALL
            SELECT p.place, t.part, '{{"id":"' || t.id || '","removed"\\:true,"reason":"' || t.reason || '"}}'
            FROM state p
            LEFT JOIN ready_rows r
                ON r.actor_id = p.actor_id AND r.expires_at > now(){filters.condition("r")}
            CROSS JOIN LATERAL (VALUES
                (1, p.pseudonym, CASE
                    WHEN p.consent_moved AND p.known THEN 'consent_given'
                    WHEN r.actor_id IS NULL AND (p.consent_moved OR NOT p.known) THEN p.exit_reason END),
                (2, p.actor_id, CASE
                    WHEN p.consent_moved AND NOT p.known THEN 'consent_withdrawn'
                    WHEN r.actor_id IS NULL AND p.ever_known THEN p.exit_reason END)
            ) AS t (part, id, reason)
            WHERE t.reason IS NOT NULL
        )
        SELECT (SELECT string_agg(item, ',' ORDER BY place, part) FROM items) AS body,
            (SELECT count(*) FROM page) AS rows,
            (SELECT change_xid::text FROM page WHERE place = :limit) AS last_xid,
            (SELECT actor_id FROM page WHERE place = :limit) AS last
        """  # noqa: S608 (put together from constants)
    )
