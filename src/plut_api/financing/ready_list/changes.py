"""What changed in the ready list since a bank last looked: exactly once a pull, whatever commits meanwhile.

An entry is a row of `ready_rows`, of `ready_exits`, or of this bank's consents, stamped with the transaction that last
changed it. A pull holds the entries that the token's snapshot did not see and the pull's own snapshot (taken for its
first page, carried in its cursors) does. Entries are walked by (change_xid, actor_id); a business is told of at its
first entry of the pull and passed over at later ones. The other way round would lose what is told: an entry can leave
the pull between two pages, because its row changes again, but none can join it.
"""

from functools import cache
from string import Template
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from plut_api.financing.ready_list.rows import FIRST, ITEM, PSEUDONYM, Filters, PageRead, Position, bank_values, known
from plut_api.kit.sync_tokens import SyncPoint

_SNAPSHOTS = {name: f"CAST(CAST(:{name} AS text) AS pg_snapshot)" for name in ("seen", "until")}
_UNSEEN = "NOT pg_visible_in_snapshot({0}.change_xid, {seen})"
_OF_PULL = f"{_UNSEEN} AND pg_visible_in_snapshot({{0}}.change_xid, {{until}})"
_OF_BANK = " AND s.organization_id = :bank AND s.purpose = 'financing'"

_ENTRIES = Template("""(
    SELECT s.change_xid, s.actor_id FROM $table s
    WHERE s.change_xid >= pg_snapshot_xmin($seen) AND $of_pull$condition
        AND (s.change_xid, s.actor_id) > (CAST(CAST(:after_xid AS text) AS xid8), CAST(:after AS uuid))
    ORDER BY s.change_xid, s.actor_id LIMIT :one_more
)""")
# Entries of one business are found by its id; a bound on change_xid would tempt the planner to walk all that changed.
_TOLD_BEFORE = Template("""(
    SELECT true FROM $table s
    WHERE s.actor_id = p.actor_id AND s.change_xid < p.change_xid AND $of_pull$condition LIMIT 1
) IS NOT NULL""")

# `moved`: a consent that has run out counts until the worker has materialised its end.
# Without a consent, now or since the token, only the pseudonym is ever told.
_CHANGES = Template("""
WITH picked AS (
    SELECT e.*, row_number() OVER (ORDER BY change_xid, actor_id) AS place
    FROM ($entries) e ORDER BY change_xid, actor_id LIMIT :one_more
), state AS (
    SELECT p.place, p.actor_id, $pseudonym AS pseudonym, r.masked, r.identified,
        coalesce(r.expires_at > now(), false) AS listed, r.actor_id IS NOT NULL AS kept, known, moved, exit_reason
    FROM picked p
    LEFT JOIN ready_rows r ON r.actor_id = p.actor_id$listed
    CROSS JOIN LATERAL (SELECT
        $known AS known,
        (
            SELECT true FROM consents s WHERE s.actor_id = p.actor_id$of_bank
                AND ($unseen OR s.withdrawn_at IS NULL AND s.expires_at <= now()) LIMIT 1
        ) IS NOT NULL AS moved,
        (
            SELECT s.reason FROM ready_exits s WHERE s.actor_id = p.actor_id AND $unseen$left
            ORDER BY s.change_xid DESC LIMIT 1
        ) AS exit_reason
    ) AS facts
    WHERE p.place <= :limit AND NOT coalesce(r.change_xid < p.change_xid AND $row_of_pull, false) AND NOT ($told_before)
), items AS (
    SELECT p.place, 3 AS part, CASE WHEN p.known THEN $identified ELSE $masked END AS item
    FROM state p WHERE p.listed
    UNION ALL
    SELECT p.place, t.part, '{"id":"' || t.id || '","removed"\\:true,"reason":"' || t.reason || '"}'
    FROM state p
    CROSS JOIN LATERAL (VALUES
        (1, p.pseudonym, CASE
            WHEN p.listed AND p.known AND p.moved THEN 'consent_given'
            WHEN NOT p.listed AND (p.moved OR NOT p.known) THEN coalesce(p.exit_reason, 'expired')
        END),
        (2, p.actor_id, CASE
            WHEN p.moved AND NOT p.known THEN 'consent_withdrawn'
            WHEN NOT p.listed AND p.known THEN coalesce(p.exit_reason, 'expired')
        END)
    ) AS t (part, id, reason)
    WHERE t.reason IS NOT NULL AND (p.kept OR p.exit_reason IS NOT NULL)
)
SELECT (SELECT string_agg(item, ',' ORDER BY place, part) FROM items) AS body,
    (SELECT count(*) FROM picked) AS rows,
    (SELECT change_xid::text FROM picked WHERE place = :limit) AS last_xid,
    (SELECT actor_id FROM picked WHERE place = :limit) AS last
""")


async def read_changes(
    connection: AsyncConnection,
    bank_id: UUID,
    filters: Filters,
    seen: SyncPoint,
    until: SyncPoint,
    after: Position,
    limit: int,
) -> PageRead:
    """A page of what `seen` had not seen and `until` has. What changes again after `until` comes with the next pull.

    The first page begins at the oldest transaction that `seen` may not have seen: the index would else be walked from
    its beginning, because of two lower bounds PostgreSQL descends by the lower one.
    """
    if after == FIRST:
        after = Position(after.actor_id, seen.snapshot.partition(":")[0])
    values = bank_values(bank_id) | {
        "seen": seen.snapshot,
        "until": until.snapshot,
        "after_xid": after.change_xid,
        "after": after.actor_id,
        "limit": limit,
        "one_more": limit + 1,
    }
    row = (await connection.execute(changes_query(filters), values | filters.values())).one()
    return PageRead(row.body or "", Position(row.last, row.last_xid) if row.rows > limit else None, until)


def changes_query(filters: Filters) -> TextClause:
    """The statement of a page of changes.

    Per business: the present row, if it is listed and meets the filters; and a tombstone for each id under which it may
    have been served since the token and no longer is. Leans on ix_ready_rows_changes, ix_ready_exits_changes,
    ix_consents_changes, and on ix_ready_exits_actor_id and ix_consents_actor_id for the entries of one business.
    """
    return _changes(filters.condition("s"), filters.condition("r"))


@cache
def _changes(of_entry: str, of_row: str) -> TextClause:
    of_pull = _OF_PULL.format("s", **_SNAPSHOTS)
    sources = (("ready_rows", of_entry), ("ready_exits", of_entry), ("consents", _OF_BANK))
    parts = [{"table": table, "condition": found, "of_pull": of_pull, **_SNAPSHOTS} for table, found in sources]
    return text(
        _CHANGES.substitute(
            entries=" UNION ".join(_ENTRIES.substitute(part) for part in parts),
            told_before=" OR ".join(_TOLD_BEFORE.substitute(part) for part in parts[1:]),
            row_of_pull=_OF_PULL.format("r", **_SNAPSHOTS),
            unseen=_UNSEEN.format("s", **_SNAPSHOTS),
            of_bank=_OF_BANK,
            known=known("p.actor_id"),
            pseudonym=PSEUDONYM.substitute(actor="p.actor_id"),
            identified=ITEM.substitute(id="p.actor_id", document="p.identified"),
            masked=ITEM.substitute(id="p.pseudonym", document="p.masked"),
            listed=of_row,
            left=of_entry,
        )
    )
