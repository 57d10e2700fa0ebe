"""HTTP of objections to results of readiness."""

from typing import Annotated

from fastapi import Query, Response, Security
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.access import require_actor
from plut_api.actors.problems import ActorNotFound
from plut_api.cooperatives.access import require_kept
from plut_api.cooperatives.problems import CooperativeNotFound
from plut_api.financing.objections import making, service
from plut_api.financing.objections.models import Objection, ObjectionState
from plut_api.financing.objections.problems import (
    ObjectionEnded,
    ObjectionNotFound,
    ObjectionNotUpheld,
    ObjectionOpen,
    ObjectorOnly,
    OwnWordObjectedTo,
)
from plut_api.financing.objections.schemas import (
    ObjectionCreate,
    ObjectionDismissal,
    ObjectionPage,
    ObjectionRead,
    ObjectionUpholding,
)
from plut_api.financing.objections.shapes import objection_page, objection_shape
from plut_api.financing.problems import ConsultantOnly
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import created, documented, etagged
from plut_api.kit.database import Database
from plut_api.kit.etags import put_etag
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId

router = Router(tag="financing")

FinancingRead = Annotated[Caller, Security(signed_in, scopes=["financing:read"])]
FinancingWrite = Annotated[Caller, Security(signed_in, scopes=["financing:write"])]

States = Annotated[
    list[ObjectionState] | None, Query(alias="state", max_length=10, description="Only in these states.")
]
Late = Annotated[
    bool | None, Query(description="Only those open past their term, answered since or not; or not those.")
]
_ANSWERING = (ConsultantOnly, ObjectionNotFound, OwnWordObjectedTo, ObjectionEnded)


@router.post(
    "/v1/actors/{actor_id}/readiness/objections",
    status_code=201,
    responses=created() | documented(ActorNotFound, ObjectionOpen),
    summary="Object to a result of a business",
)
async def create_readiness_objection(
    actor_id: PathId, body: ObjectionCreate, db: Database, caller: FinancingWrite, response: Response
) -> ObjectionRead:
    """Say that what one rule found is wrong, and why; files can show it. For an owner, or the guardian of one.

    A consultant whose own word it does not rest on answers within the dated number of hours (`due_at`; UU 27/2022 art.
    10). The result itself changes only with the facts; meanwhile the readiness says that it is objected to.
    """
    return await _made(db, response, await making.object_as_owner(db, caller, actor_id, body))


@router.post(
    "/v1/cooperatives/{cooperative_id}/readiness/objections",
    status_code=201,
    responses=created() | documented(CooperativeNotFound, ObjectionOpen),
    summary="Object to a result of a cooperative",
)
async def create_cooperative_readiness_objection(
    cooperative_id: PathId, body: ObjectionCreate, db: Database, caller: FinancingWrite, response: Response
) -> ObjectionRead:
    """The same for a cooperative, by one of its managers."""
    return await _made(db, response, await making.object_as_manager(db, caller, cooperative_id, body))


@router.get(
    "/v1/actors/{actor_id}/readiness/objections",
    responses=documented(ActorNotFound),
    summary="List objections of a business",
)
async def list_business_objections(
    actor_id: PathId, db: Database, caller: FinancingRead, paging: PageOf
) -> ObjectionPage:
    """The objections to results of one business, newest first: for its owners and PLUT's staff."""
    await require_actor(db, caller, actor_id)
    return await objection_page(db, paging, service.objections(caller, actor_id=actor_id))


@router.get(
    "/v1/cooperatives/{cooperative_id}/readiness/objections",
    responses=documented(CooperativeNotFound),
    summary="List objections of a cooperative",
)
async def list_cooperative_objections(
    cooperative_id: PathId, db: Database, caller: FinancingRead, paging: PageOf
) -> ObjectionPage:
    """The objections to results of one cooperative, newest first: for its managers and the Dinas."""
    await require_kept(db, caller, cooperative_id)
    return await objection_page(db, paging, service.objections(caller, cooperative_id=cooperative_id))


@router.get("/v1/readiness-objections", summary="List objections to results of readiness")
async def list_readiness_objections(
    db: Database, caller: FinancingRead, paging: PageOf, state: States = None, late: Late = None
) -> ObjectionPage:
    """Objections within the caller's rows, newest first: own ones, the Dinas all.

    A consultant finds those of businesses in their care, and open ones that nobody else could answer: of cooperatives,
    and where the word of a business's own consultant is objected to.
    """
    return await objection_page(db, paging, service.objections(caller, states=state, late=late))


@router.get(
    "/v1/readiness-objections/{objection_id}",
    responses=etagged() | documented(ObjectionNotFound),
    summary="Read an objection",
)
async def get_readiness_objection(
    objection_id: PathId, db: Database, caller: FinancingRead, response: Response
) -> ObjectionRead:
    """One objection with its clock and its answer."""
    return await _shown(db, response, await service.require_objection(db, caller, objection_id))


@router.post(
    "/v1/readiness-objections/{objection_id}/uphold",
    responses=etagged() | documented(*_ANSWERING),
    summary="Uphold an objection",
)
async def uphold_readiness_objection(
    objection_id: PathId, body: ObjectionUpholding, db: Database, caller: FinancingWrite, response: Response
) -> ObjectionRead:
    """The owner is right: name the fact that is wrong. Correcting it becomes a task; the result follows the fact.

    For a consultant on whose own word the result does not rest.
    """
    return await _shown(db, response, await service.uphold(db, caller, objection_id, body))


@router.post(
    "/v1/readiness-objections/{objection_id}/dismiss",
    responses=etagged() | documented(*_ANSWERING),
    summary="Dismiss an objection",
)
async def dismiss_readiness_objection(
    objection_id: PathId, body: ObjectionDismissal, db: Database, caller: FinancingWrite, response: Response
) -> ObjectionRead:
    """The result is right; the owner is told why, in words. For a consultant on whose word it does not rest."""
    return await _shown(db, response, await service.dismiss(db, caller, objection_id, body.answer))


@router.post(
    "/v1/readiness-objections/{objection_id}/withdraw",
    responses=etagged() | documented(ObjectionNotFound, ObjectorOnly, ObjectionEnded),
    summary="Withdraw an objection",
)
async def withdraw_readiness_objection(
    objection_id: PathId, db: Database, caller: FinancingWrite, response: Response
) -> ObjectionRead:
    """Object no longer. For an owner of the business, or a manager of the cooperative."""
    return await _shown(db, response, await service.withdraw(db, caller, objection_id))


@router.post(
    "/v1/readiness-objections/{objection_id}/correct",
    responses=etagged() | documented(ConsultantOnly, ObjectionNotFound, ObjectionNotUpheld),
    summary="Say that a fact was corrected",
)
async def correct_readiness_objection(
    objection_id: PathId, db: Database, caller: FinancingWrite, response: Response
) -> ObjectionRead:
    """Say that the fact of an upheld objection was corrected where it is kept; that ends the task."""
    return await _shown(db, response, await service.correct(db, caller, objection_id))


async def _made(db: AsyncSession, response: Response, objection: Objection) -> ObjectionRead:
    response.headers["Location"] = f"/v1/readiness-objections/{objection.id}"
    return await _shown(db, response, objection)


async def _shown(db: AsyncSession, response: Response, objection: Objection) -> ObjectionRead:
    put_etag(response, objection)
    return await objection_shape(db, objection)
