"""HTTP of repayment reports on one loan."""

from typing import Annotated

from fastapi import Response, Security

from plut_api.actors.service.disclosures import FINANCING, note_shown
from plut_api.financing.problems import ReferralNotFound
from plut_api.financing.referrals.access import get_referral
from plut_api.financing.repayments import service
from plut_api.financing.repayments.models import RepaymentReport
from plut_api.financing.repayments.problems import LoanNotRunning, RepaymentReported
from plut_api.financing.repayments.schemas import RepaymentReportCreate, RepaymentReportPage, RepaymentReportRead
from plut_api.financing.router.readiness import FinancingRead
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import documented
from plut_api.kit.database import Database
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId

router = Router(tag="financing")

FinancingDecide = Annotated[Caller, Security(signed_in, scopes=["financing:decide"])]
SHOWN = ("repayment",)


@router.post(
    "/v1/financing/referrals/{referral_id}/repayment-reports",
    status_code=201,
    responses=documented(ReferralNotFound, LoanNotRunning, RepaymentReported),
)
async def create_repayment_report(
    referral_id: PathId, body: RepaymentReportCreate, db: Database, caller: FinancingDecide, response: Response
) -> RepaymentReportRead:
    """Report how a loan stands at the end of a day: the bank that paid it out, for any day since.

    The first report moves the referral to `repaying`; `closes` ends it once nothing is owed. A second report for a day
    corrects the first and says why (`correction_reason`); what stood before stays on file.
    """
    report = await service.report_repayment(db, caller, referral_id, body)
    response.headers["Location"] = f"/v1/financing/referrals/{referral_id}/repayment-reports"
    return RepaymentReportRead.model_validate(report)


@router.get("/v1/financing/referrals/{referral_id}/repayment-reports", responses=documented(ReferralNotFound))
async def list_repayment_reports(
    referral_id: PathId, db: Database, caller: FinancingRead, paging: PageOf
) -> RepaymentReportPage:
    """List the reports on a loan, in the order in which they were made, also those that were corrected since.

    For its bank, the owners of the business and PLUT's staff.
    """
    referral = await get_referral(db, caller, referral_id)
    await note_shown(db, caller, SHOWN, purpose=FINANCING, actors=[referral.actor_id])
    page = await paging.fetch(db, service.reports_on(referral.id), RepaymentReport.id)
    return RepaymentReportPage.model_validate(page, from_attributes=True)
