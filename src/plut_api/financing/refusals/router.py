"""HTTP of what follows from a refusal."""

from fastapi import Request

from plut_api.actors.problems import ActorNotFound
from plut_api.financing.problems import ConsultantOnly, ReferralNotFound
from plut_api.financing.refusals import service
from plut_api.financing.refusals.problems import RefusalClosed, RefusalNotFound
from plut_api.financing.refusals.schemas import RefusalClose, RefusalRead
from plut_api.financing.refusals.shapes import refusal_shape
from plut_api.financing.router.readiness import FinancingRead, FinancingWrite
from plut_api.kit.contract import documented
from plut_api.kit.database import Database
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId

router = Router(tag="financing")


@router.get(
    "/v1/financing/referrals/{referral_id}/refusal",
    responses=documented(ReferralNotFound, RefusalNotFound, ActorNotFound),
)
async def get_refusal(referral_id: PathId, db: Database, caller: FinancingRead, request: Request) -> RefusalRead:
    """Read why a bank refused, and what to work on: rules of readiness behind the reason, as they stand now.

    For the owners of the business and PLUT's staff. It waits on the consultant's work list (`referral.refused`) until
    those rules pass or the consultant closes it.
    """
    return refusal_shape(await service.read_refusal(db, caller, referral_id), request.state.locale)


@router.post(
    "/v1/financing/referrals/{referral_id}/refusal/close",
    responses=documented(ReferralNotFound, RefusalNotFound, ActorNotFound, ConsultantOnly, RefusalClosed),
)
async def close_refusal(
    referral_id: PathId, body: RefusalClose, db: Database, caller: FinancingWrite, request: Request
) -> RefusalRead:
    """Close what followed from a refusal, and say what came of it. Only a consultant can."""
    return refusal_shape(await service.close_refusal(db, caller, referral_id, body.note), request.state.locale)
