"""HTTP of case loads and of the monthly report of consulting."""

from typing import Annotated

from fastapi import Query, Security

from plut_api.consulting import reports
from plut_api.consulting.problems import ConsultantNotFound
from plut_api.consulting.router.consultations import ConsultationsRead
from plut_api.consulting.schemas_reports import CaseLoad, CaseLoadPage, MonthlyReport
from plut_api.identity.models import Account
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import documented
from plut_api.kit.database import Database
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId

router = Router(tag="consulting")

ConsultingReport = Annotated[Caller, Security(signed_in, scopes=["consulting:report"])]
_MONTH = r"^20[0-9]{2}-(0[1-9]|1[0-2])$"
Month = Annotated[str, Query(max_length=7, pattern=_MONTH, description="Month, `YYYY-MM`.", examples=["2026-03"])]
MaybeMonth = Annotated[
    str | None,
    Query(max_length=7, pattern=_MONTH, description="Month, `YYYY-MM`; the present one.", examples=["2026-03"]),
]


@router.get("/v1/case-loads", summary="List case loads")
async def list_case_loads(
    db: Database, caller: ConsultingReport, paging: PageOf, month: MaybeMonth = None
) -> CaseLoadPage:
    """What every consultant has to do today, and did in a month: clients, consultations, minutes by field, overdue
    actions. For the Dinas.
    """
    first, last = reports.days_of(month)
    rows = await paging.fetch(db, reports.case_loads(caller, first, last), Account.id)
    return CaseLoadPage.model_validate(rows | {"data": [reports.case_load_shape(row) for row in rows["data"]]})


@router.get(
    "/v1/consultants/{consultant_id}/case-load",
    responses=documented(ConsultantNotFound),
    summary="Read a consultant's case load",
)
async def get_case_load(
    consultant_id: PathId, db: Database, caller: ConsultationsRead, month: MaybeMonth = None
) -> CaseLoad:
    """The same for one consultant: for themself, and for the Dinas."""
    first, last = reports.days_of(month)
    return await reports.one_case_load(db, caller, consultant_id, first, last)


@router.get("/v1/consulting/report", summary="Read the monthly report of consulting")
async def get_consulting_report(db: Database, caller: ConsultingReport, month: Month) -> MonthlyReport:
    """Clients of a month, new and returning, by district and segment, and minutes by field. For the Dinas.

    The segment of people with a disability is counted only for callers with `disability:read`.
    """
    first, last = reports.days_of(month)
    return await reports.monthly_report(db, caller, first, last)
