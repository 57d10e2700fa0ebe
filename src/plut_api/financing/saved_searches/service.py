"""What a bank does with its saved searches."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.pulls import bank_of
from plut_api.financing.ready_list.checking import filter_faults
from plut_api.financing.saved_searches.models import SavedSearch
from plut_api.financing.saved_searches.problems import (
    SavedSearchNameTaken,
    SavedSearchNotFound,
    TooManySavedSearches,
)
from plut_api.financing.saved_searches.schemas import SavedSearchCreate
from plut_api.financing.schemas.ready_filters import ReadyFilters
from plut_api.financing.scores.models import ScoreDisclosure
from plut_api.financing.scores.problems import ScoresNotShown
from plut_api.financing.scores.service import in_force
from plut_api.kit import clock
from plut_api.kit.caller import Caller
from plut_api.kit.database import refusing
from plut_api.kit.etags import require_match
from plut_api.kit.ids import new_id
from plut_api.kit.problems import Invalid
from plut_api.kit.sync_tokens import CLUSTER
from plut_api.reference.rules import rule_value

MOST = "list.saved_searches"
"""Rule value: how many searches a bank keeps."""
_TAKEN = {"uq_saved_searches_bank_id_name": SavedSearchNameTaken()}
_HERE = text(f"SELECT CAST(pg_current_snapshot() AS text) AS snapshot, {CLUSTER} AS cluster")


def searches_of(caller: Caller) -> Select[SavedSearch]:
    """The searches of the caller's bank. Raises Forbidden for anybody else."""
    return select(SavedSearch).where(SavedSearch.bank_id == bank_of(caller))


async def require_search(db: AsyncSession, caller: Caller, search_id: UUID, *, for_update: bool = False) -> SavedSearch:
    """A search of the caller's bank. Raises Forbidden, SavedSearchNotFound."""
    query = searches_of(caller).where(SavedSearch.id == search_id)
    found = await db.scalar(query.with_for_update() if for_update else query)
    if found is None:
        raise SavedSearchNotFound()
    return found


async def save_search(db: AsyncSession, caller: Caller, given: SavedSearchCreate) -> SavedSearch:
    """Keep filters under a name; rows count as new from now on.

    Raises Forbidden, Invalid (`code_unknown`, `product_unknown`), ScoresNotShown, TooManySavedSearches,
    SavedSearchNameTaken.
    """
    bank_id = bank_of(caller)
    await _require_usable(db, bank_id, given.filters)
    # Savers of one bank queue for its lock, so that they are counted one after the other.
    await db.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:of, 0))"), {"of": f"saved_searches:{bank_id}"}
    )
    if (await db.scalar(select(func.count()).where(SavedSearch.bank_id == bank_id)) or 0) >= await rule_value(db, MOST):
        raise TooManySavedSearches()
    search = SavedSearch(
        id=new_id(),
        bank_id=bank_id,
        name=given.name,
        filters=plain(given.filters),
        notify_from=given.notify_from,
        saved_by=caller.id,
        new_rows=0,
    )
    await _begin(db, search)
    with refusing(_TAKEN):
        db.add(search)
        await db.flush()
    await db.refresh(search)
    return search


async def change_search(
    db: AsyncSession, caller: Caller, search_id: UUID, if_match: str | None, changes: Mapping[str, Any]
) -> SavedSearch:
    """Change a search; with other filters, counting begins anew.

    Raises Forbidden, SavedSearchNotFound, PreconditionRequired, PreconditionFailed, Invalid, ScoresNotShown,
    SavedSearchNameTaken.
    """
    search = await require_search(db, caller, search_id, for_update=True)
    require_match(search, if_match)
    filters: ReadyFilters | None = changes.get("filters")
    if filters is not None:
        await _require_usable(db, search.bank_id, filters)
        search.filters = plain(filters)
        await _begin(db, search)
    with refusing(_TAKEN):
        for name in ("name", "notify_from"):
            if name in changes:
                setattr(search, name, changes[name])
        search.version += 1
        await db.flush()
    await db.refresh(search)
    return search


async def remove_search(db: AsyncSession, caller: Caller, search_id: UUID, if_match: str | None) -> None:
    """Remove a search.

    Raises Forbidden, SavedSearchNotFound, PreconditionRequired, PreconditionFailed.
    """
    search = await require_search(db, caller, search_id, for_update=True)
    require_match(search, if_match)
    await db.delete(search)
    await db.flush()


def plain(filters: ReadyFilters) -> dict[str, Any]:
    """Filters as they are kept, without those that narrow nothing."""
    return filters.model_dump(mode="json", exclude_defaults=True)


async def _require_usable(db: AsyncSession, bank_id: UUID, given: ReadyFilters) -> None:
    if faults := await filter_faults(db.scalars, bank_id, given.filters(), "#/filters"):
        raise Invalid(errors=faults)
    if given.score_from is not None:
        setting = await db.scalar(select(ScoreDisclosure).where(ScoreDisclosure.bank_id == bank_id))
        if setting is None or not in_force(setting):
            raise ScoresNotShown()


async def _begin(db: AsyncSession, search: SavedSearch) -> None:
    """What is committed by now has been seen."""
    here = (await db.execute(_HERE)).one()
    search.seen_snapshot, search.seen_cluster = here.snapshot, here.cluster
    search.seen_at = search.counted_at = clock.now()
    search.new_rows = 0
