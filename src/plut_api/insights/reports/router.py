"""HTTP of reports."""

from typing import Annotated, Any

from fastapi import Depends, Header, Query, Request, Response, Security

from plut_api.actors.masking import view_of
from plut_api.insights.reports import service
from plut_api.insights.reports.asked import Grouping, Narrowing, Opened
from plut_api.insights.reports.schemas import OutcomeReport, ParticipantPage, ParticipantRow
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import documented
from plut_api.kit.csv_lines import csv_line, wants_csv
from plut_api.kit.database import Database
from plut_api.kit.pages import PageOf
from plut_api.kit.problems import NotAcceptable
from plut_api.kit.streams import CSV
from plut_api.kit.web import Router

router = Router(tag="insights")

ReportsRead = Annotated[Caller, Security(signed_in, scopes=["reports:read"])]
Wanted = Annotated[Narrowing, Depends()]
Figures = Annotated[Opened, Depends()]
By = Annotated[Grouping, Query(description="What a row stands for. Open: expect new values.")]
Accept = Annotated[str, Header(max_length=200, pattern=r"^[^\x00-\x1f]*$", include_in_schema=False)]
_OWN = ("key", "name", "participants", "completed", "all_five", "share_all_five")
_COST = ("proven", "cost_idr", "cost_per_proven_idr")
_MOVED = (
    "assessed",
    "aimed",
    "mean_baseline",
    "mean_level",
    "proven",
    "risen",
    "fallen",
    "without_evidence",
    "to_verify",
)


@router.get(
    "/v1/reports/outcomes",
    response_model=OutcomeReport,
    responses={200: {"content": {CSV: {}}}, **documented(NotAcceptable)},
    summary="Report what training came to",
)
async def get_outcome_report(
    request: Request,
    db: Database,
    caller: ReportsRead,
    wanted: Wanted,
    by: By = Grouping.everything,
    accept: Accept = "*/*",
) -> Any:
    """Participants, proven outcomes, movement of each dimension and cost, by programme, organization, place or segment.

    Everything is counted from the rows as they stand: a level that falls takes its figure along. The Dinas reports on
    all, an OPD on programmes that it runs or co-hosts, a consultant on the people assigned to them. A person of
    several segments counts in each of them. As CSV with `Accept: text/csv`, a line a group and dimension.
    """
    in_lines = wants_csv(accept)
    report = await service.outcome_report(db, caller, wanted, by, request.state.locale)
    return Response(_csv(report), media_type=CSV) if in_lines else report


@router.get("/v1/reports/outcomes/participants", summary="List the enrolments behind a figure")
async def list_report_participants(
    db: Database, caller: ReportsRead, paging: PageOf, wanted: Wanted, opened: Figures
) -> ParticipantPage:
    """Open a figure of a report: the enrolments that it counts, oldest first, narrowed by the same parameters."""
    page = await service.page_behind(db, paging, caller, wanted, opened)
    view = view_of(caller, in_list=True)
    rows = [ParticipantRow.model_validate(row) for row in page["data"]]
    for row in rows:
        row.person_name = view.name(row.person_name)
    return ParticipantPage(**page | {"data": rows})


def _csv(report: OutcomeReport) -> bytes:
    lines = [csv_line(*_OWN, *(f"all_{name}" if name == "proven" else name for name in _COST), "dimension", *_MOVED)]
    for row in report.data:
        whole = [getattr(row, name) for name in (*_OWN, *_COST)]
        lines += [
            csv_line(*whole, moved.dimension.value, *(getattr(moved, name) for name in _MOVED))
            for moved in row.dimensions
        ]
    return b"".join(lines)
