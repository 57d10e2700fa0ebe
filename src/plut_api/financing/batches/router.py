"""HTTP of batches: decisions and repayment reports of a bank, in one call or one file."""

from fastapi import Request

from plut_api.actors.service.disclosures import FINANCING, note_shown
from plut_api.financing.batches import decisions, reports
from plut_api.financing.batches.reading import batch_body, read_items
from plut_api.financing.batches.running import Answering, whole
from plut_api.financing.batches.schemas import (
    DecisionBatch,
    DecisionBatchRead,
    ReferralDecision,
    RepaymentReportBatch,
    ReportBatchRead,
)
from plut_api.financing.repayments.router import FinancingDecide
from plut_api.financing.repayments.schemas import RepaymentReportItem
from plut_api.kit.database import Database
from plut_api.kit.web import Router

router = Router(tag="financing")


@router.post(
    "/v1/financing/decisions",
    openapi_extra=batch_body(DecisionBatch, ReferralDecision),
    summary="Decide on up to 1,000 referrals",
)
async def decide_on_referrals(request: Request, db: Database, caller: FinancingDecide) -> DecisionBatchRead:
    """Move up to 1,000 referrals of one's bank, by a JSON body, NDJSON or CSV. Each item is a move as by
    `POST /v1/financing/referrals/{referral_id}/transitions`, made whole or not at all.

    The answer has a result for each item, in the order sent: `done` with the new version, `already` where the same
    decision was made before, or `refused` with the problem. Of several items about one referral the first counts. A
    version that is sent is heeded as `If-Match` would be.
    """
    results = await decisions.decide(db, caller, await read_items(request, ReferralDecision))
    shown = [result.actor_id for result in results]
    await note_shown(db, caller, ("referral_state",), purpose=FINANCING, actors=shown)
    return DecisionBatchRead.model_validate(whole(results, _answering(request)))


@router.post(
    "/v1/financing/repayment-reports",
    openapi_extra=batch_body(RepaymentReportBatch, RepaymentReportItem),
    summary="Report on up to 1,000 loans",
)
async def report_repayments(request: Request, db: Database, caller: FinancingDecide) -> ReportBatchRead:
    """Report how up to 1,000 loans of one's bank stand, by a JSON body, NDJSON or CSV. Each item is a report as by
    `POST /v1/financing/referrals/{referral_id}/repayment-reports`, kept whole or not at all.

    The answer has a result for each item, in the order sent: `done`, `already` where the same was reported before, or
    `refused` with the problem. Of several items about one loan and day the first counts.
    """
    results = await reports.report_all(db, caller, await read_items(request, RepaymentReportItem))
    return ReportBatchRead.model_validate(whole(results, _answering(request)))


def _answering(request: Request) -> Answering:
    state = request.state
    return Answering(state.locale, state.request_id, request.app.state.settings.public_url)
