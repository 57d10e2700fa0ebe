"""What changed in the ready list since a bank last looked: exactly once a pull, whatever commits meanwhile.

An entry is a row of the view `ready_list`, of `ready_exits`, or of this bank's consents, stamped with the transaction
that last changed it. A pull holds the entries that the token's snapshot did not see and the pull's own snapshot (taken
for its first page, carried in its cursors) does. Entries are walked by (change_xid, actor_id); a business is told of at
its first entry of the pull and passed over at later ones. The other way round would lose what is told: an entry can
leave the pull between two pages, because its row changes again, but none can join it.
"""

from collections.abc import AsyncIterator
from functools import cache
from string import Template
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from plut_api.financing.ready_list.readers import Reader
from plut_api.financing.ready_list.rows import (
    FIRST,
    HERE,
    IDENTIFIED,
    MASKED,
    PSEUDONYM,
    Filters,
    PageRead,
    Position,
    point_of,
)
from plut_api.financing.ready_list.streams import noted
from plut_api.kit import sync_tokens
from plut_api.kit.streams import last_line, lines
from plut_api.kit.sync_tokens import SyncPoint

_SEEN = "CAST(CAST(:seen AS text) AS pg_snapshot)"
_UNSEEN = f"NOT pg_visible_in_snapshot({{0}}, {_SEEN})"
# Without `until` the pull ends with what the statement itself sees.
_OF_PULL = (
    f"{_UNSEEN} AND (CAST(:until AS text) IS NULL "
    "OR pg_visible_in_snapshot({0}, CAST(CAST(:until AS text) AS pg_snapshot)))"
)
_OF_BANK = " AND s.organization_id = :bank AND s.purpose = 'financing'"

_ENTRIES = Template("""(
    SELECT $columns FROM $table s
    WHERE s.change_xid >= pg_snapshot_xmin($seen) AND $of_pull$condition
        AND (s.change_xid, s.actor_id) > (CAST(CAST(:after_xid AS text) AS xid8), CAST(:after AS uuid))
    ORDER BY s.change_xid, s.actor_id LIMIT :one_more
)""")
_OF_OTHERS = "DISTINCT s.change_xid, s.actor_id"
_OF_ROWS = "1 AS kind, s.change_xid, s.actor_id, s.masked, s.identified, s.expires_at, s.change_xid AS row_xid"
# An entry of another table brings the present row of its business, if that is listed under the filters.
_WITH_ROW = Template("""
    SELECT $kind, s.change_xid, s.actor_id, r.masked, r.identified, r.expires_at, r.change_xid
    FROM $entries s LEFT JOIN ready_list r ON r.actor_id = s.actor_id$listed
""")

# `moved`: a consent that has run out counts until the worker has materialised its end.
# `told`: at an earlier entry of the pull; of entries of one transaction the one of the lowest kind is the earliest.
# Entries of one business are found by its id; a bound on change_xid would tempt the planner to walk all that changed.
# Without a consent, now or since the token, only the pseudonym is ever told.
_CHANGES = Template("""
WITH picked AS (
    SELECT e.*, row_number() OVER (ORDER BY change_xid, actor_id, kind) AS place
    FROM ($entries) e ORDER BY change_xid, actor_id, kind LIMIT :one_more
), state AS (
    SELECT p.*, coalesce(p.expires_at > now(), false) AS listed, consents.known, consents.moved
    FROM picked p
    CROSS JOIN LATERAL (
        SELECT coalesce(bool_or(s.withdrawn_at IS NULL AND s.expires_at > now()), false) AS known,
            coalesce(bool_or($unseen OR s.withdrawn_at IS NULL AND s.expires_at <= now()), false) AS moved,
            coalesce(bool_or(s.change_xid < p.change_xid AND $of_pull), false) AS told
        FROM consents s WHERE s.actor_id = p.actor_id$of_bank
    ) AS consents
    WHERE p.place <= :limit AND NOT consents.told
        AND NOT coalesce((p.row_xid, 1) < (p.change_xid, p.kind) AND $row_of_pull, false)
        AND (
            SELECT true FROM ready_exits s
            WHERE s.actor_id = p.actor_id AND (s.change_xid, 2) < (p.change_xid, p.kind) AND $of_pull$left LIMIT 1
        ) IS NULL
), items AS (
    SELECT p.place, 3 AS part, CASE WHEN p.known THEN $identified ELSE $masked END AS item
    FROM state p WHERE p.listed
    UNION ALL
    SELECT p.place, t.part, '{"id":"' || t.id || '","removed"\\:true,"reason":"' || t.reason || '"}'
    FROM state p
    CROSS JOIN LATERAL (SELECT $left_by AS left_by) AS exits
    CROSS JOIN LATERAL (VALUES
        (1, $pseudonym, CASE
            WHEN p.listed AND p.known AND p.moved THEN 'consent_given'
            WHEN NOT p.listed AND (p.moved OR NOT p.known) THEN exits.left_by
        END),
        (2, p.actor_id, CASE
            WHEN p.moved AND NOT p.known AND exits.left_by IS NOT NULL
                THEN CASE WHEN exits.left_by IN ('erased', 'merged') THEN exits.left_by ELSE 'consent_withdrawn' END
            WHEN NOT p.listed AND p.known THEN exits.left_by
        END)
    ) AS t (part, id, reason)
    WHERE (p.moved OR NOT p.listed) AND t.reason IS NOT NULL
)
$answer""")
# How a business left the list; null if it never was on it under these filters.
_LEFT_BY = Template("""coalesce(
    (
        SELECT s.reason FROM ready_exits s WHERE s.actor_id = p.actor_id AND $unseen$left
        ORDER BY s.change_xid DESC LIMIT 1
    ),
    CASE WHEN p.row_xid IS NOT NULL THEN 'expired' END
)""")
_PAGE = Template("""
SELECT (SELECT string_agg(item, ',' ORDER BY place, part) FROM items) AS body,
    (SELECT count(*) FROM picked) AS rows,
    (SELECT change_xid::text FROM picked WHERE place = :limit) AS last_xid,
    (SELECT actor_id FROM picked WHERE place = :limit) AS last,
    (SELECT array_agg(actor_id) FROM state WHERE listed AND known) AS identified, $here
""").substitute(here=HERE)
_LINES = "SELECT item FROM items ORDER BY place, part"
_NO_LIMIT = 2**62


async def read_changes(
    connection: AsyncConnection,
    reader: Reader,
    filters: Filters,
    seen: SyncPoint,
    until: SyncPoint | None,
    after: Position,
    limit: int,
) -> PageRead:
    """A page of what `seen` had not seen and `until` has; the first page of a pull has no `until` yet and sets it.

    Runs in a transaction behind the bank's wall, and is noted there as disclosed where it identifies.

    Raises SyncTokenOutdated.
    """
    values = _values(reader, seen, until, after, limit)
    row = (await connection.execute(changes_query(filters), values | filters.values())).one()
    for point in (seen, until or seen):
        sync_tokens.require_current(point, row.cluster)
    await reader.note(connection, row.identified or ())
    last = Position(row.last, row.last_xid) if row.rows > limit else None
    return PageRead(row.body or "", last, until or point_of(row))


async def changed_lines(
    engine: AsyncEngine, reader: Reader, filters: Filters, seen: SyncPoint, token: str
) -> AsyncIterator[bytes]:
    """All that `seen` had not seen, an object a line, then `{"sync_token": …}`."""
    values = _values(reader, seen, None, FIRST, _NO_LIMIT) | filters.values()
    async for block in noted(engine, reader, lines(engine, changed_lines_query(filters), values, reader.caller)):
        yield block
    yield last_line(token)


def changes_query(filters: Filters) -> TextClause:
    """The statement of a page of changes.

    Per business: the present row, if it is listed and meets the filters; and a tombstone for each id under which it may
    have been served since the token and no longer is. Leans on ix_ready_rows_changes, ix_ready_exits_changes,
    ix_consents_changes, and on ix_ready_exits_actor_id and ix_consents_actor_id for the entries of one business.
    """
    return _changes(filters.condition("s"), filters.condition("r"), _PAGE)


def changed_lines_query(filters: Filters) -> TextClause:
    """The statement of all changes, an object a row."""
    return _changes(filters.condition("s"), filters.condition("r"), _LINES)


def _values(reader: Reader, seen: SyncPoint, until: SyncPoint | None, after: Position, limit: int) -> dict[str, Any]:
    if after == FIRST:  # Of two lower bounds PostgreSQL descends by the lower one, so the first page needs the higher.
        after = Position(after.actor_id, seen.snapshot.partition(":")[0])
    return reader.values() | {
        "seen": seen.snapshot,
        "until": until.snapshot if until else None,
        "after_xid": after.change_xid,
        "after": after.actor_id,
        "limit": limit,
        "one_more": limit + 1,
    }


@cache
def _changes(of_entry: str, of_row: str, answer: str) -> TextClause:
    of_pull = _OF_PULL.format("s.change_xid")
    sources = (
        ("ready_list", of_entry, _OF_ROWS),
        ("ready_exits", of_entry, _OF_OTHERS),
        ("consents", _OF_BANK, _OF_OTHERS),
    )
    rows, exits, consents = (
        _ENTRIES.substitute(table=table, condition=condition, columns=columns, of_pull=of_pull, seen=_SEEN)
        for table, condition, columns in sources
    )
    others = (
        _WITH_ROW.substitute(kind=kind, entries=entries, listed=of_row) for kind, entries in ((2, exits), (3, consents))
    )
    unseen = _UNSEEN.format("s.change_xid")
    return text(
        _CHANGES.substitute(
            entries=" UNION ALL ".join((rows, *others)),
            of_pull=of_pull,
            row_of_pull=_OF_PULL.format("p.row_xid"),
            unseen=unseen,
            left_by=_LEFT_BY.substitute(unseen=unseen, left=of_entry),
            of_bank=_OF_BANK,
            pseudonym=PSEUDONYM.substitute(actor="p.actor_id"),
            identified=IDENTIFIED.substitute(id="p.actor_id", document="p.identified"),
            masked=MASKED.substitute(id=PSEUDONYM.substitute(actor="p.actor_id"), document="p.masked"),
            left=of_entry,
            answer=answer,
        )
    )
