"""HTTP of readiness."""

from typing import Annotated

from fastapi import Request, Security

from plut_api.actors.problems import ActorNotFound
from plut_api.financing import readiness
from plut_api.financing.problems import ConsultantOnly, NotConfirmed, NotReady
from plut_api.financing.schemas.readiness import Confirmation, ConfirmationWithdrawal, ReadinessRead
from plut_api.financing.shapes import readiness_shape
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import documented
from plut_api.kit.database import Database
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId

router = Router(tag="financing")

FinancingRead = Annotated[Caller, Security(signed_in, scopes=["financing:read"])]
FinancingWrite = Annotated[Caller, Security(signed_in, scopes=["financing:write"])]


@router.get("/v1/actors/{actor_id}/readiness", responses=documented(ActorNotFound))
async def get_readiness(actor_id: PathId, db: Database, caller: FinancingRead, request: Request) -> ReadinessRead:
    """Explain the readiness of a business: gates, signals, values seen, next steps. For its owners and PLUT's staff.

    Judged at the moment of asking by the rules in force. A complete file is no judgement of creditworthiness.
    """
    return readiness_shape(await readiness.explain(db, caller, actor_id), request.state.locale)


@router.post(
    "/v1/actors/{actor_id}/readiness/confirm",
    responses=documented(ActorNotFound, ConsultantOnly, NotReady),
)
async def confirm_readiness(
    actor_id: PathId, body: Confirmation, db: Database, caller: FinancingWrite, request: Request
) -> ReadinessRead:
    """Confirm that a file is complete, after mentoring. From then on banks find the business on the ready list.

    Only a consultant can. A confirmation holds for a dated number of days and ends when a rule is no longer met.
    """
    locale = request.state.locale
    return readiness_shape(await readiness.confirm(db, caller, actor_id, body.note, locale), locale)


@router.post(
    "/v1/actors/{actor_id}/readiness/withdraw-confirmation",
    responses=documented(ActorNotFound, ConsultantOnly, NotConfirmed),
)
async def withdraw_readiness_confirmation(
    actor_id: PathId, body: ConfirmationWithdrawal, db: Database, caller: FinancingWrite, request: Request
) -> ReadinessRead:
    """Take a business off the ready list again. Only a consultant can."""
    ended = await readiness.withdraw_confirmation(db, caller, actor_id, body.reason)
    return readiness_shape(ended, request.state.locale)
