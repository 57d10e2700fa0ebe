"""HTTP of the status, legal form and QRIS of a business. `status_move_not_allowed` names what is possible."""

from fastapi import Depends, Response
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.business_problems import (
    ClosingBlocked,
    OwnersOnly,
    QrisDiffers,
    QrisMissing,
    StatusMoveNotAllowed,
)
from plut_api.actors.lists import status_reasons
from plut_api.actors.masking import view_of
from plut_api.actors.models import LegalFormChange, StatusChange
from plut_api.actors.problems import ActorNotFound, StaffOnly
from plut_api.actors.router.businesses import ActorsRead, ActorsWrite
from plut_api.actors.schemas.actors import ActorRead
from plut_api.actors.schemas.status import (
    LegalFormChangePage,
    ScannedQris,
    StatusChangePage,
    StatusMoveBody,
    StatusReasonRead,
    StatusReasons,
)
from plut_api.actors.service import qris, status
from plut_api.actors.shapes import actor_shape
from plut_api.actors.states import StatusMove
from plut_api.kit.caller import Caller
from plut_api.kit.contract import documented, etagged
from plut_api.kit.database import Database
from plut_api.kit.etags import put_etag
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router, cacheable
from plut_api.kit.wire import PathId

router = Router(tag="actors")

ANSWERS = etagged() | documented(ActorNotFound, StatusMoveNotAllowed, ClosingBlocked)


@router.get("/v1/status-reasons", dependencies=[Depends(cacheable(300))], summary="List reasons of a status")
async def get_status_reasons() -> StatusReasons:
    """Why a business pauses, closes or trades again: the closed list, in both languages."""
    return StatusReasons(
        data=[
            StatusReasonRead(code=each.code, label_id=each.label.id, label_en=each.label.en, moves=list(each.moves))
            for each in status_reasons().values()
        ]
    )


@router.post("/v1/actors/{actor_id}/pause", responses=ANSWERS, summary="Pause a business")
async def pause_actor(
    actor_id: PathId, body: StatusMoveBody, db: Database, caller: ActorsWrite, response: Response
) -> ActorRead:
    """Say that a business rests: it is `dormant` and off the ready list until it is reopened."""
    return await _moved(db, caller, response, actor_id, StatusMove.pause, body)


@router.post("/v1/actors/{actor_id}/close", responses=ANSWERS | documented(OwnersOnly), summary="Close a business")
async def close_actor(
    actor_id: PathId, body: StatusMoveBody, db: Database, caller: ActorsWrite, response: Response
) -> ActorRead:
    """Say that a business has ended. An owner does, or PLUT's staff for them.

    It leaves the ready list at once, and requests for financing that no bank has decided on are withdrawn. One that a
    bank has approved stands in the way (`closing_blocked`).
    """
    return await _moved(db, caller, response, actor_id, StatusMove.close, body)


@router.post("/v1/actors/{actor_id}/reopen", responses=ANSWERS, summary="Reopen a business")
async def reopen_actor(
    actor_id: PathId, body: StatusMoveBody, db: Database, caller: ActorsWrite, response: Response
) -> ActorRead:
    """Say that a business trades again, after a pause or after it was closed."""
    return await _moved(db, caller, response, actor_id, StatusMove.reopen, body)


@router.get(
    "/v1/actors/{actor_id}/status-changes", responses=documented(ActorNotFound), summary="List changes of status"
)
async def list_status_changes(actor_id: PathId, db: Database, caller: ActorsRead, paging: PageOf) -> StatusChangePage:
    """When a business paused, closed or was reopened, why, and who said so, newest first."""
    query = await status.status_changes(db, caller, actor_id)
    rows = await paging.fetch(db, query, StatusChange.id, descending=True)
    return StatusChangePage.model_validate(rows, from_attributes=True)


@router.get(
    "/v1/actors/{actor_id}/legal-forms", responses=documented(ActorNotFound), summary="List changes of legal form"
)
async def list_legal_forms(actor_id: PathId, db: Database, caller: ActorsRead, paging: PageOf) -> LegalFormChangePage:
    """Which legal forms a business took and when, newest first. `PATCH /v1/actors/{actor_id}` changes it."""
    query = await status.legal_forms(db, caller, actor_id)
    rows = await paging.fetch(db, query, LegalFormChange.id, descending=True)
    return LegalFormChangePage.model_validate(rows, from_attributes=True)


@router.post(
    "/v1/actors/{actor_id}/qris/verify",
    responses=etagged() | documented(ActorNotFound, StaffOnly, QrisMissing, QrisDiffers),
    summary="Verify a QRIS id",
)
async def verify_qris(
    actor_id: PathId, body: ScannedQris, db: Database, caller: ActorsWrite, response: Response
) -> ActorRead:
    """Note that PLUT's staff scanned the QRIS code on the counter, and that it is the one on file."""
    actor = await qris.verify_qris(db, caller, actor_id, body.scanned_nmid)
    put_etag(response, actor)
    return actor_shape(actor, view_of(caller))


async def _moved(
    db: AsyncSession, caller: Caller, response: Response, actor_id: PathId, move: StatusMove, body: StatusMoveBody
) -> ActorRead:
    actor = await status.move_status(db, caller, actor_id, move, body)
    put_etag(response, actor)
    return actor_shape(actor, view_of(caller))
