"""HTTP of the report on financing."""

from typing import Annotated, Any

from fastapi import Depends, Header, Query, Request, Response, Security

from plut_api.insights.financing import service
from plut_api.insights.financing.asked import Grouping, Narrowing
from plut_api.insights.financing.schemas import FinancingReport, FinancingRow
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import documented
from plut_api.kit.csv_lines import csv_line, wants_csv
from plut_api.kit.database import Database
from plut_api.kit.problems import NotAcceptable
from plut_api.kit.streams import CSV
from plut_api.kit.web import Router

router = Router(tag="insights")

ReportRead = Annotated[Caller, Security(signed_in, scopes=["financing:report"])]
Wanted = Annotated[Narrowing, Depends()]
By = Annotated[Grouping, Query(description="What a row stands for. Open: expect new values.")]
Accept = Annotated[str, Header(max_length=200, pattern=r"^[^\x00-\x1f]*$", include_in_schema=False)]
_COLUMNS = tuple(name for name in FinancingRow.model_fields if name != "quality")


@router.get(
    "/v1/reports/financing",
    response_model=FinancingReport,
    responses={200: {"content": {CSV: {}}}, **documented(NotAcceptable)},
    summary="Report what became of requests for financing",
)
async def get_financing_report(
    request: Request,
    db: Database,
    caller: ReportRead,
    wanted: Wanted,
    by: By = Grouping.everything,
    accept: Accept = "*/*",
) -> Any:
    """Requests, decisions, payments and what is owed by collectibility, by bank, product, scheme, place, segment, size,
    month of sending or reason of refusal.

    For OJK and the Dinas of all banks, for a bank of its own. Nobody is named, and numbers about fewer businesses than
    `smallest_cell` are left out, as are those from which they could be worked out. A business whose owners belong to
    several segments counts in each of them. As CSV with `Accept: text/csv`.
    """
    in_lines = wants_csv(accept)
    report = await service.financing_report(db, caller, wanted, by, request.state.locale)
    return Response(_csv(report), media_type=CSV) if in_lines else report


def _csv(report: FinancingReport) -> bytes:
    classes = range(1, 6)
    owed = [f"{name}_{one}" for one in classes for name in ("loans", "outstanding_idr")]
    lines = [csv_line(*_COLUMNS, *owed)]
    for row in report.data:
        cells: list[int | None] = [cell for one in row.quality or () for cell in (one.loans, one.outstanding_idr)]
        lines.append(csv_line(*(getattr(row, name) for name in _COLUMNS), *(cells or [None] * len(owed))))
    return b"".join(lines)
