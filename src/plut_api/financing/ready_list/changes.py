"""What changed in the ready list since a bank last looked: exactly once a pull, whatever commits meanwhile.

An entry is a row of the view `ready_list_whole`, of `ready_exits`, or of this bank's consents, stamped with the
transaction that last changed it. A pull holds the entries that the token's snapshot did not see and the pull's own
snapshot (taken for its first page, carried in its cursors) does. Entries are walked by (change, business); a business
is told of at its first entry of the pull and passed over at later ones. The other way round would lose what is told: an
entry can leave the pull between two pages, because its row changes again, but none can join it.
"""

from functools import cache
from string import Template
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from plut_api.financing.ready_list.filters import Filters
from plut_api.financing.ready_list.readers import DISCLOSED, Reader
from plut_api.financing.ready_list.rows import (
    FIRST,
    HERE,
    IDENTIFIED,
    MASKED,
    PSEUDONYM,
    PageRead,
    Position,
    point_of,
)
from plut_api.financing.ready_list.statements import Statement
from plut_api.kit import sync_tokens
from plut_api.kit.pages import MAX_LIMIT
from plut_api.kit.sync_tokens import SyncPoint

# In a subquery, so that a plan that is kept reads the text of a snapshot once and not for each row.
_SEEN = "(SELECT CAST(CAST(:seen AS text) AS pg_snapshot))"
_UNSEEN = f"NOT pg_visible_in_snapshot({{0}}, {_SEEN})"
# Without `until` the pull ends with what the statement itself sees.
_OF_PULL = (
    f"{_UNSEEN} AND (CAST(:until AS text) IS NULL "
    "OR pg_visible_in_snapshot({0}, (SELECT CAST(CAST(:until AS text) AS pg_snapshot))))"
)
_OF_BANK = " AND s.organization_id = CAST(:bank AS uuid) AND s.purpose = 'financing'"

_ENTRIES = Template("""(
    SELECT $columns FROM $table s
    WHERE s.$stamp >= pg_snapshot_xmin($seen) AND $of_pull$condition
        AND (s.$stamp, s.actor_id) > (CAST(CAST(:key AS text) AS xid8), CAST(:after AS uuid))
    ORDER BY s.$stamp, s.actor_id LIMIT $at_most
)""")
_OF_OTHERS = "DISTINCT s.change_xid, s.actor_id"
_OF_ROWS = (
    "1 AS kind, s.{stamp} AS change_xid, s.actor_id, coalesce(s.identified, s.masked) AS document, s.expires_at, "
    "s.{stamp} AS row_xid, s.consent_xid, true AS meets"
)
# An entry of another table brings the present row of its business, if that is listed under the filters.
_WITH_ROW = Template("""
    SELECT $kind, s.change_xid, s.actor_id, coalesce(r.identified, r.masked), r.expires_at, r.$stamp, r.consent_xid,
        coalesce(true$hidden, false)
    FROM $entries s LEFT JOIN ready_list_whole r ON r.actor_id = s.actor_id$shown
""")

# Of most entries only the row is new: its bank has a consent that the token had seen, and nothing else is asked.
# `moved`: a consent that has run out counts until the worker has materialised its end.
# `told`: at an earlier entry of the pull; of entries of one transaction the one of the lowest kind is the earliest.
# Entries of one business are found by its id; a bound on change_xid would tempt the planner to walk all that changed.
# `reason`: how a business left the list under the filters; null if it never was there, or still is.
# `$shown`: the row is told. Without a consent, now or since the token, only the pseudonym ever is.
# `known` is whether the view joined a consent, and so which document it is.
# OFFSET keeps items from being rendered twice. What is noted as disclosed does not wait for the disk (decision 10).
_CHANGES = Template("""
WITH page AS MATERIALIZED (
    SELECT string_agg(nullif(item, ''), CAST(:between AS text)) AS body, count(*) AS rows,
        (array_agg(actor_id))[CAST(:limit AS int)] AS last,
        (array_agg(change_xid))[CAST(:limit AS int)]\\:\\:text AS last_key,
        array_agg(actor_id) FILTER (WHERE named AND item IS NOT NULL) AS shown
    FROM (
        SELECT p.actor_id, p.change_xid, of_bank.known AND ($shown) AS named, CASE WHEN NOT (
            of_bank.told OR coalesce((p.row_xid, 1) < (p.change_xid, p.kind) AND p.meets AND $row_of_pull, false)
            OR (SELECT EXISTS (
                SELECT FROM ready_exits s WHERE s.change_xid >= pg_snapshot_xmin($seen) AND $of_pull$left
            )) AND EXISTS (
                SELECT FROM ready_exits s
                WHERE s.actor_id = p.actor_id AND (s.change_xid, 2) < (p.change_xid, p.kind) AND $of_pull$left
            )
        ) THEN CASE WHEN of_bank.moved OR NOT ($shown)
            THEN concat_ws(CAST(:between AS text), $of_pseudonym, $of_business, CASE WHEN $shown THEN $row END)
            ELSE $row END
        END AS item
        FROM (
            SELECT e.*, coalesce(e.expires_at > now(), false) AS listed
            FROM ($entries) e ORDER BY change_xid, actor_id, kind LIMIT CAST(:limit AS int)
        ) p
        CROSS JOIN LATERAL (
            SELECT
                coalesce(bool_or(s.withdrawn_at IS NULL AND s.expires_at > now()), p.consent_xid IS NOT NULL) AS known,
                coalesce(bool_or($unseen OR s.withdrawn_at IS NULL AND s.expires_at <= now()), false) AS moved,
                coalesce(bool_or(s.change_xid < p.change_xid AND $of_pull), false) AS told
            FROM consents s WHERE s.actor_id = p.actor_id$of_bank
                AND (p.kind > 1 OR p.consent_xid IS NULL OR $consent_unseen)
        ) AS of_bank
        OFFSET 0
    ) told
), disclosed AS ($disclosed)
SELECT page.body, page.rows, page.last, page.last_key, $here, set_config('synchronous_commit', 'off', true)
FROM page
""")
AT_ONCE = 2000
"""How many changes a stream reads at once."""
_REASON = Template("""coalesce((
    SELECT s.reason FROM ready_exits s WHERE s.actor_id = p.actor_id AND $unseen$left
    ORDER BY s.change_xid DESC LIMIT 1
), CASE WHEN p.row_xid IS NOT NULL AND (NOT of_bank.known OR NOT p.listed AND p.meets) THEN 'expired' END)""")
_TOMBSTONE = Template("""'{"id":"' || $id || '","removed"\\:true,"reason":"' || $reason || '"}'""")
_OF_PSEUDONYM = Template("""CASE
    WHEN p.listed AND of_bank.known AND of_bank.moved THEN 'consent_given'
    WHEN NOT p.listed AND (of_bank.moved OR NOT of_bank.known) THEN $reason
END""")
_OF_BUSINESS = Template("""CASE
    WHEN of_bank.moved AND NOT of_bank.known AND $reason IN ('erased', 'merged') THEN $reason
    WHEN of_bank.moved AND NOT of_bank.known AND $reason IS NOT NULL THEN 'consent_withdrawn'
    WHEN of_bank.known AND NOT ($shown) THEN $reason
END""")


async def read_changes(
    connection: AsyncConnection,
    reader: Reader,
    filters: Filters,
    seen: SyncPoint,
    until: SyncPoint | None,
    after: Position,
    limit: int,
    between: str = ",",
) -> PageRead:
    """A page of what `seen` had not seen and `until` has; the first page of a pull has no `until` yet and sets it.

    Runs in a transaction behind the bank's wall, and is noted there as disclosed where it identifies. A page that is
    full may be the last one; the next is empty then. `limit` is that of a page, or AT_ONCE.

    Raises SyncTokenOutdated.
    """
    values = change_values(reader, filters, seen, until, after, limit) | {"between": between}
    statement = changes_statement(filters, bool(seen.seeing), MAX_LIMIT if limit <= MAX_LIMIT else AT_ONCE)
    row = await statement.one(connection, values)
    here = point_of(row)
    for point in (seen, until or seen):
        sync_tokens.require_current(point, here)
    last = Position(row["last"], row["last_key"]) if row["rows"] == limit else None
    return PageRead(row["body"] or "", last, until or here)


def changes_statement(filters: Filters, sees_scores: bool = False, at_most: int = MAX_LIMIT) -> Statement:
    """The statement of a page of changes, of `at_most` so many.

    The number stands in it, so that a plan which is kept for all pages knows how little is read.

    Per business: the present row, if it is listed and meets the filters; and a tombstone for each id under which it may
    have been served since the token and no longer is. Leans on ix_ready_rows_changes (or ix_ready_rows_any_changes),
    ix_ready_exits_changes, ix_consents_changes, and on ix_ready_exits_actor_id and ix_consents_actor_id for the entries
    of one business.
    """
    more = filters.asks_more or sees_scores
    conditions = tuple(part(alias) for part in (filters.shown, filters.hidden) for alias in ("s", "r"))
    return _changes(conditions, filters.of_identified, more, at_most)


def change_values(
    reader: Reader, filters: Filters, seen: SyncPoint, until: SyncPoint | None, after: Position, limit: int
) -> dict[str, Any]:
    """The parameters of `changes_statement`, but for what stands `between` two items."""
    if after == FIRST:  # Of two lower bounds PostgreSQL descends by the lower one, so the first page needs the higher.
        after = Position(after.actor_id, seen.snapshot.partition(":")[0])
    return (
        reader.values()
        | reader.disclosure()
        | filters.values()
        | {
            "seen": seen.snapshot,
            "until": until.snapshot if until else None,
            "key": after.key,
            "after": after.actor_id,
            "limit": limit,
        }
    )


@cache
def _changes(conditions: tuple[str, ...], of_identified: bool, more: bool, at_most: int) -> Statement:
    of_entry, of_row, hidden_entry, hidden_row = conditions
    of_pull = _OF_PULL.format("s.change_xid")
    stamp = "any_change_xid" if more else "change_xid"
    left = of_entry + hidden_entry + ("" if more else " AND NOT s.quiet")
    # Written so that the walk goes by what changed, not by the consents of the bank.
    known = " AND coalesce(s.consent_id IS NOT NULL, false)" if of_identified else ""
    rows = _entries("ready_list_whole", of_entry + hidden_entry + known, _OF_ROWS.format(stamp=stamp), stamp, at_most)
    others = (
        _with_row(kind, _entries(table, condition, _OF_OTHERS, "change_xid", at_most), stamp, hidden_row, of_row)
        for kind, table, condition in ((2, "ready_exits", left), (3, "consents", _OF_BANK))
    )
    shown = "p.listed AND of_bank.known AND p.meets" if of_identified else "p.listed"
    return Statement(
        _CHANGES.substitute(
            entries=" UNION ALL ".join((rows, *others)),
            of_pull=of_pull,
            seen=_SEEN,
            row_of_pull=_OF_PULL.format("p.row_xid"),
            unseen=_UNSEEN.format("s.change_xid"),
            consent_unseen=_UNSEEN.format("p.consent_xid"),
            of_bank=_OF_BANK,
            left=left,
            shown=shown,
            disclosed=DISCLOSED,
            here=HERE,
            **_items(left, shown, of_identified),
        )
    )


def _items(left: str, shown: str, of_identified: bool) -> dict[str, str]:
    """SQL of what is told of a business: the ends of its two ids, and its row."""
    pseudonym = PSEUDONYM.substitute(actor="p.actor_id")
    reason = _REASON.substitute(unseen=_UNSEEN.format("s.change_xid"), left=left)
    ended = _TOMBSTONE.substitute(id=pseudonym, reason=_OF_PSEUDONYM.substitute(reason=reason))
    left_by = _OF_BUSINESS.substitute(shown=shown, reason=reason)
    identified = IDENTIFIED.substitute(id="p.actor_id", document="p.document")
    masked = MASKED.substitute(id=pseudonym, document="p.document")
    return {
        "of_pseudonym": "NULL" if of_identified else ended,
        "of_business": _TOMBSTONE.substitute(id="p.actor_id", reason=left_by),
        "row": f"CASE WHEN of_bank.known THEN {identified} ELSE {masked} END",
    }


def _with_row(kind: int, entries: str, stamp: str, hidden: str, shown: str) -> str:
    return _WITH_ROW.substitute(kind=kind, entries=entries, stamp=stamp, hidden=hidden, shown=shown)


def _entries(table: str, condition: str, columns: str, stamp: str, at_most: int) -> str:
    return _ENTRIES.substitute(
        table=table,
        condition=condition,
        columns=columns,
        of_pull=_OF_PULL.format(f"s.{stamp}"),
        seen=_SEEN,
        stamp=stamp,
        at_most=at_most,
    )
