"""HTTP of saved searches."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import Body, Response, Security

from plut_api.financing.saved_searches import service
from plut_api.financing.saved_searches.models import SavedSearch
from plut_api.financing.saved_searches.problems import (
    SavedSearchNameTaken,
    SavedSearchNotFound,
    TooManySavedSearches,
)
from plut_api.financing.saved_searches.schemas import (
    SavedSearchCreate,
    SavedSearchPage,
    SavedSearchPatch,
    SavedSearchRead,
)
from plut_api.financing.scores.problems import ScoresNotShown
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import created, documented
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch, put_etag
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId

router = Router(tag="financing")

FinancingPull = Annotated[Caller, Security(signed_in, scopes=["financing:pull"])]
MergePatch = Annotated[SavedSearchPatch, Body(media_type="application/merge-patch+json")]


@router.post(
    "/v1/financing/saved-searches",
    status_code=201,
    responses=created() | documented(ScoresNotShown, SavedSearchNameTaken, TooManySavedSearches),
    summary="Save a search of the ready list",
)
async def create_saved_search(
    body: SavedSearchCreate, db: Database, caller: FinancingPull, response: Response
) -> SavedSearchRead:
    """Keep filters on the ready list under a name. For banks.

    Rows count as new from now on: those that come to fit, not those that fitted and changed. Once `notify_from` of them
    fit, the event `ready_list.digest` tells the bank, by the feed and by its webhooks, and counting begins anew.
    """
    search = await service.save_search(db, caller, body)
    put_etag(response, search)
    response.headers["Location"] = f"/v1/financing/saved-searches/{search.id}"
    return _shape(search)


@router.get("/v1/financing/saved-searches", summary="List saved searches")
async def list_saved_searches(db: Database, caller: FinancingPull, paging: PageOf) -> SavedSearchPage:
    """The searches of the caller's bank, oldest first."""
    rows = await paging.fetch(db, service.searches_of(caller), SavedSearch.id)
    return SavedSearchPage.model_validate(rows | {"data": [_shape(row) for row in rows["data"]]})


@router.get(
    "/v1/financing/saved-searches/{search_id}",
    responses=documented(SavedSearchNotFound),
    summary="Read a saved search",
)
async def get_saved_search(
    search_id: PathId, db: Database, caller: FinancingPull, response: Response
) -> SavedSearchRead:
    """One search; `ready_list_href` is the list under its filters."""
    search = await service.require_search(db, caller, search_id)
    put_etag(response, search)
    return _shape(search)


@router.patch(
    "/v1/financing/saved-searches/{search_id}",
    responses=documented(SavedSearchNotFound, ScoresNotShown, SavedSearchNameTaken),
    summary="Change a saved search",
)
async def change_saved_search(
    search_id: PathId,
    body: MergePatch,
    db: Database,
    caller: FinancingPull,
    response: Response,
    if_match: IfMatch = None,
) -> SavedSearchRead:
    """Rename a search, give it other filters, change when it tells. With other filters, counting begins anew."""
    search = await service.change_search(db, caller, search_id, if_match, body.changes())
    put_etag(response, search)
    return _shape(search)


@router.delete(
    "/v1/financing/saved-searches/{search_id}",
    status_code=204,
    responses=documented(SavedSearchNotFound),
    summary="Remove a saved search",
)
async def delete_saved_search(search_id: PathId, db: Database, caller: FinancingPull, if_match: IfMatch = None) -> None:
    """Remove a search; nothing more is told of it."""
    await service.remove_search(db, caller, search_id, if_match)


def _shape(search: SavedSearch) -> SavedSearchRead:
    query = urlencode(search.filters, doseq=True)
    href = "/v1/financing/ready-list" + (f"?{query}" if query else "")
    names = [name for name in SavedSearchRead.model_fields if name != "ready_list_href"]
    return SavedSearchRead.model_validate({name: getattr(search, name) for name in names} | {"ready_list_href": href})
