"""Counting new rows that fit a saved search: one statement a search, over what changed since it was told of last.

A row is new if it fits now and did not fit at that point: it was listed since, or its first exit since shows it with
other values of the filters, or, where only identified rows fit, its owner consented since. A row that left and came
back unchanged is not new.
"""

from dataclasses import dataclass
from functools import cache
from string import Template
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.ready_list import Filters
from plut_api.financing.saved_searches.models import SavedSearch
from plut_api.financing.schemas.ready_filters import ReadyFilters
from plut_api.kit import clock, outbox
from plut_api.kit.sync_tokens import CLUSTER
from plut_api.reference.rules import rule_value

BOUND = "list.digest_rows"
"""Rule value: how far new rows are counted."""
DIGEST = "ready_list.digest"

_SEEN = "CAST(CAST(:seen AS text) AS pg_snapshot)"
_UNSEEN = f"NOT pg_visible_in_snapshot({{0}}, {_SEEN})"
_NEW = f"""coalesce((
            SELECT NOT (true$as_it_was) FROM ready_exits s
            WHERE s.actor_id = l.actor_id AND {_UNSEEN.format("s.change_xid")} ORDER BY s.change_xid, s.id LIMIT 1
        ), {_UNSEEN.format("l.listed_xid")})"""  # noqa: S608 (words of ours)
_COUNT = Template(f"""
SELECT pg_current_snapshot()\\:\\:text AS snapshot,
    {CLUSTER} AS cluster, (
    SELECT count(*) FROM (
        SELECT l.actor_id FROM ready_list_whole l
        WHERE l.$stamp >= pg_snapshot_xmin({_SEEN}) AND {_UNSEEN.format("l.$stamp")}
            AND l.expires_at > now()$fits AND {_NEW}
        $of_consents
        LIMIT CAST(:most AS int)
    ) AS found
) AS new_rows
""")  # noqa: S608 (words of ours)
_CONSENTED = Template(f"""UNION
        SELECT l.actor_id FROM consents c JOIN ready_list_whole l ON l.actor_id = c.actor_id
        WHERE c.organization_id = CAST(:bank AS uuid) AND c.purpose = 'financing'
            AND c.change_xid >= pg_snapshot_xmin({_SEEN}) AND {_UNSEEN.format("c.change_xid")}
            AND l.expires_at > now()$fits""")  # noqa: S608 (words of ours)
_NAME_BANK = text("SELECT set_config('plut.organization', CAST(CAST(:bank AS uuid) AS text), true)")


@dataclass(frozen=True)
class Counted:
    """How many new rows fit, and what the count has seen."""

    new_rows: int
    snapshot: str
    cluster: str


async def count_next(db: AsyncSession, before: Any) -> UUID | None:
    """Count the search that was counted longest ago, if before an instant, and tell its bank if there are enough.

    Emits ready_list.digest. The id of the search; None if there is none left.
    """
    due = select(SavedSearch).where(SavedSearch.counted_at < before).order_by(SavedSearch.counted_at, SavedSearch.id)
    search = await db.scalar(due.limit(1).with_for_update(skip_locked=True))
    if search is None:
        return None
    counted = await count(db, search)
    search.counted_at = clock.now()
    if counted.cluster != search.seen_cluster:  # Restored since: what it had seen means nothing here.
        _see(search, counted)
    elif search.notify_from is not None and counted.new_rows >= search.notify_from:
        facts = {"organization_id": search.bank_id, "new_rows": counted.new_rows}
        await outbox.record(db, DIGEST, search.id, by=None, **facts)
        search.digest_at = clock.now()
        _see(search, counted)
    else:
        search.new_rows = counted.new_rows
    await db.flush()
    return search.id


async def count(db: AsyncSession, search: SavedSearch) -> Counted:
    """Count the new rows that fit a search, as far as its bank may see them."""
    filters = ReadyFilters.model_validate(search.filters).filters()
    await db.execute(_NAME_BANK, {"bank": search.bank_id})
    values = {"seen": search.seen_snapshot, "bank": search.bank_id, "most": await rule_value(db, BOUND)}
    row = (await db.execute(_statement(filters), values | filters.values())).one()
    return Counted(row.new_rows, row.snapshot, row.cluster)


def _see(search: SavedSearch, counted: Counted) -> None:
    search.seen_snapshot, search.seen_cluster = counted.snapshot, counted.cluster
    search.seen_at = clock.now()
    search.new_rows = 0


def _statement(filters: Filters) -> TextClause:
    fits = filters.shown("l") + (" AND l.consent_id IS NOT NULL" + filters.hidden("l") if filters.of_identified else "")
    as_it_was = filters.shown("s") + filters.hidden("s")
    return _text(fits, as_it_was, "any_change_xid" if filters.asks_more else "change_xid", filters.of_identified)


@cache
def _text(fits: str, as_it_was: str, stamp: str, of_identified: bool) -> TextClause:
    of_consents = _CONSENTED.substitute(fits=fits) if of_identified else ""
    return text(_COUNT.substitute(fits=fits, as_it_was=as_it_was, stamp=stamp, of_consents=of_consents))
