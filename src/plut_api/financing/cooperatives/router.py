"""HTTP of the readiness of cooperatives."""

from typing import Annotated

from fastapi import Query, Request

from plut_api.cooperatives.problems import CooperativeNotFound
from plut_api.financing.cooperatives import service
from plut_api.financing.cooperatives.schemas import CooperativeReadinessRead, CooperativeWhatIfRead
from plut_api.financing.cooperatives.service import ExplainedCooperative, For
from plut_api.financing.cooperatives.shapes import cooperative_readiness_shape, cooperative_what_if_shape
from plut_api.financing.objections.service import open_rules
from plut_api.financing.problems import ConsultantOnly, NotConfirmed, NotReady
from plut_api.financing.products.problems import FinancingProductNotFound
from plut_api.financing.router.readiness import FinancingRead, FinancingWrite
from plut_api.financing.schemas.readiness import Confirmation, ConfirmationWithdrawal, WhatIf
from plut_api.kit.contract import documented
from plut_api.kit.database import Database
from plut_api.kit.web import Router
from plut_api.kit.wire import Id, PathId

router = Router(tag="financing")

ForBank = Annotated[Id | None, Query(description="For this bank: its mandate (C-G08) counts.")]
ForProduct = Annotated[Id | None, Query(description="By the terms of this product and its scheme.")]


@router.get(
    "/v1/cooperatives/{cooperative_id}/readiness",
    responses=documented(CooperativeNotFound, FinancingProductNotFound),
    summary="Explain the readiness of a cooperative",
)
async def get_cooperative_readiness(
    cooperative_id: PathId,
    db: Database,
    caller: FinancingRead,
    request: Request,
    bank_id: ForBank = None,
    product_id: ForProduct = None,
) -> CooperativeReadinessRead:
    """Explain the readiness of a cooperative: gates, signals, values seen and what proves them, next steps by gain.

    For its managers and PLUT's staff. Judged at the moment of asking by the rules that serve. A complete file is no
    judgement of creditworthiness.
    """
    explained = await service.explain(db, caller, cooperative_id, asked=For(bank_id=bank_id, product_id=product_id))
    return await _shown(db, request, explained)


@router.post(
    "/v1/cooperatives/{cooperative_id}/readiness/what-if",
    responses=documented(CooperativeNotFound, FinancingProductNotFound),
    summary="Ask what would change the readiness of a cooperative",
)
async def what_if_cooperative_readiness(
    cooperative_id: PathId, body: WhatIf, db: Database, caller: FinancingRead, request: Request
) -> CooperativeWhatIfRead:
    """What the rules would say if these facts were true, beside what they say now. Nothing is stored.

    Facts are those of `GET /v1/financing/facts`. Each is taken as it is named: what would follow from it for other
    facts is not worked out.
    """
    now, then = await service.what_if(db, caller, cooperative_id, body.facts, body.product_id)
    return cooperative_what_if_shape(now, then, request.state.locale)


@router.post(
    "/v1/cooperatives/{cooperative_id}/readiness/confirm",
    responses=documented(CooperativeNotFound, ConsultantOnly, NotReady),
    summary="Confirm the readiness of a cooperative",
)
async def confirm_cooperative_readiness(
    cooperative_id: PathId, body: Confirmation, db: Database, caller: FinancingWrite, request: Request
) -> CooperativeReadinessRead:
    """Confirm that a file is complete, after mentoring. Only a consultant can.

    A confirmation holds for a dated number of days and ends when a rule is no longer met.
    """
    explained = await service.confirm(db, caller, cooperative_id, body.note, request.state.locale)
    return await _shown(db, request, explained)


@router.post(
    "/v1/cooperatives/{cooperative_id}/readiness/withdraw-confirmation",
    responses=documented(CooperativeNotFound, ConsultantOnly, NotConfirmed),
    summary="Withdraw the confirmation of a cooperative",
)
async def withdraw_cooperative_readiness_confirmation(
    cooperative_id: PathId, body: ConfirmationWithdrawal, db: Database, caller: FinancingWrite, request: Request
) -> CooperativeReadinessRead:
    """End a confirmation, and say why. Only a consultant can."""
    explained = await service.withdraw_confirmation(db, caller, cooperative_id, body.reason)
    return await _shown(db, request, explained)


async def _shown(db: Database, request: Request, explained: ExplainedCooperative) -> CooperativeReadinessRead:
    objections = await open_rules(db, [explained.cooperative_id])
    found = objections.get(explained.cooperative_id, {})
    return cooperative_readiness_shape(explained, request.state.locale, found)
