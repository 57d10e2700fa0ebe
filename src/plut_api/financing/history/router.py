"""HTTP of the history of readiness."""

from typing import Annotated

from fastapi import Request, Security

from plut_api.actors.problems import ActorNotFound
from plut_api.cooperatives.problems import CooperativeNotFound
from plut_api.financing.history import service
from plut_api.financing.history.schemas import ReadinessChangePage
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import documented
from plut_api.kit.database import Database
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId

router = Router(tag="financing")

FinancingRead = Annotated[Caller, Security(signed_in, scopes=["financing:read"])]


@router.get(
    "/v1/actors/{actor_id}/readiness/history",
    responses=documented(ActorNotFound),
    summary="List how the readiness of a business changed",
)
async def list_readiness_changes(
    actor_id: PathId, db: Database, caller: FinancingRead, paging: PageOf, request: Request
) -> ReadinessChangePage:
    """Tell what changed in the result of a business, rule by rule, and why, the newest first.

    For its owners and PLUT's staff. A result is told again only when its status, its score or a rule's finding differs.
    """
    return await service.page_of_business(db, caller, actor_id, paging, request.state.locale)


@router.get(
    "/v1/cooperatives/{cooperative_id}/readiness/history",
    responses=documented(CooperativeNotFound),
    summary="List how the readiness of a cooperative changed",
)
async def list_cooperative_readiness_changes(
    cooperative_id: PathId, db: Database, caller: FinancingRead, paging: PageOf, request: Request
) -> ReadinessChangePage:
    """Tell the same of a cooperative, to those who keep its affairs and to PLUT's staff."""
    return await service.page_of_cooperative(db, caller, cooperative_id, paging, request.state.locale)
