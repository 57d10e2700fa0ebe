"""HTTP of managers."""

from typing import Annotated

from fastapi import Query, Response

from plut_api.actors.masking import view_of
from plut_api.cooperatives.access import require_kept
from plut_api.cooperatives.models import CooperativeManager
from plut_api.cooperatives.problems import CooperativeNotFound, ManagerEnded, ManagerNotFound, OwnOfficeOnly
from plut_api.cooperatives.router.contacts import CooperativesManage
from plut_api.cooperatives.schemas.boards import ManagerPage, ManagerRead
from plut_api.cooperatives.service import boards
from plut_api.cooperatives.shapes import manager_shape
from plut_api.kit.contract import documented
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch, put_etag
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId

router = Router(tag="cooperatives")

InOffice = Annotated[bool, Query(description="False also lists those who have left.", examples=[True])]


@router.get(
    "/v1/cooperatives/{cooperative_id}/managers",
    responses=documented(CooperativeNotFound),
    summary="List the managers of a cooperative",
)
async def list_cooperative_managers(
    cooperative_id: PathId, db: Database, caller: CooperativesManage, paging: PageOf, in_office: InOffice = True
) -> ManagerPage:
    """Who keeps the affairs of a cooperative, newest first. For its managers and the Dinas; phones are masked."""
    cooperative = await require_kept(db, caller, cooperative_id)
    query = boards.managers(caller, cooperative.id)
    if in_office:
        query = query.where(CooperativeManager.until.is_(None))
    rows = await paging.fetch(db, query, CooperativeManager.id, descending=True)
    view = view_of(caller, in_list=True, as_colleague=caller.is_person)
    return ManagerPage(**rows | {"data": [manager_shape(row, view) for row in rows["data"]]})


@router.get(
    "/v1/cooperatives/{cooperative_id}/managers/{manager_id}",
    responses=documented(ManagerNotFound),
    summary="Read a manager of a cooperative",
)
async def get_cooperative_manager(
    cooperative_id: PathId, manager_id: PathId, db: Database, caller: CooperativesManage, response: Response
) -> ManagerRead:
    """One manager. For the managers of the cooperative and the Dinas. Its ETag is what ending the office asks for."""
    row = await boards.one_manager(db, caller, cooperative_id, manager_id)
    put_etag(response, row)
    return manager_shape(row, view_of(caller, as_colleague=caller.is_person))


@router.delete(
    "/v1/cooperatives/{cooperative_id}/managers/{manager_id}",
    status_code=204,
    responses=documented(ManagerNotFound, ManagerEnded, OwnOfficeOnly),
    summary="End the office of a manager",
)
async def end_cooperative_manager(
    cooperative_id: PathId, manager_id: PathId, db: Database, caller: CooperativesManage, if_match: IfMatch = None
) -> None:
    """The Dinas ends the office of anybody, a manager their own. It holds from the very next request on."""
    await boards.end_manager(db, caller, cooperative_id, manager_id, if_match)
