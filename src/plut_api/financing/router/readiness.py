"""HTTP of readiness."""

from typing import Annotated

from fastapi import Query, Request, Security

from plut_api.actors.problems import ActorNotFound
from plut_api.financing import readiness
from plut_api.financing.objections.service import open_rules
from plut_api.financing.problems import ConsultantOnly, NotConfirmed, NotReady
from plut_api.financing.products.problems import FinancingProductNotFound
from plut_api.financing.schemas.readiness import Confirmation, ConfirmationWithdrawal, ReadinessRead, WhatIf, WhatIfRead
from plut_api.financing.shapes import readiness_shape, what_if_shape
from plut_api.financing.what_if import explain_for, what_if
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import documented
from plut_api.kit.database import Database
from plut_api.kit.web import Router
from plut_api.kit.wire import Id, PathId

router = Router(tag="financing")

FinancingRead = Annotated[Caller, Security(signed_in, scopes=["financing:read"])]
ForProduct = Annotated[Id | None, Query(description="By the terms of this product and its scheme.")]
FinancingWrite = Annotated[Caller, Security(signed_in, scopes=["financing:write"])]


@router.get(
    "/v1/actors/{actor_id}/readiness",
    responses=documented(ActorNotFound, FinancingProductNotFound),
    summary="Explain readiness",
)
async def get_readiness(
    actor_id: PathId, db: Database, caller: FinancingRead, request: Request, product_id: ForProduct = None
) -> ReadinessRead:
    """Explain the readiness of a business: gates, signals, values seen and what proves them, next steps by gain.

    For its owners and PLUT's staff. Judged at the moment of asking by the rules that serve, whose terms are those of
    KUR, or those of `product_id`. A complete file is no judgement of creditworthiness.
    """
    explained = await explain_for(db, caller, actor_id, product_id=product_id)
    objections = await open_rules(db, [explained.actor_id])
    return readiness_shape(explained, request.state.locale, objections.get(explained.actor_id, {}))


@router.post(
    "/v1/actors/{actor_id}/readiness/what-if",
    responses=documented(ActorNotFound, FinancingProductNotFound),
    summary="Ask what would change readiness",
)
async def what_if_readiness(
    actor_id: PathId, body: WhatIf, db: Database, caller: FinancingRead, request: Request
) -> WhatIfRead:
    """What the rules would say if these facts were true, beside what they say now. Nothing is stored.

    Facts are those of `GET /v1/financing/facts`. Each is taken as it is named: what would follow from it for other
    facts is not worked out.
    """
    return what_if_shape(await what_if(db, caller, actor_id, body.facts, body.product_id), request.state.locale)


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
