"""HTTP of yearly figures, and of the sizes that followed from them."""

from typing import Annotated, Any

from fastapi import Query, Request, Response, Security
from sqlalchemy import select

from plut_api.actors import service
from plut_api.actors.access import require_actor
from plut_api.actors.models import AnnualFigure, SizeChange, counting_figures
from plut_api.actors.problems import (
    ActorNotFound,
    FigureLevelReached,
    FigureNotFound,
    FigureSuperseded,
    StaffOnly,
    VerifierIsReporter,
)
from plut_api.actors.schemas.figures import (
    AnnualFigureCreate,
    AnnualFigurePage,
    AnnualFigureRead,
    AnnualFigureRecorded,
    FigureVerification,
    SizeHistory,
)
from plut_api.actors.service.figures import Recorded, require_figure
from plut_api.actors.size_history import size_steps, step_shape
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import documented
from plut_api.kit.database import Database
from plut_api.kit.i18n import Locale
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId

router = Router(tag="actors")

ActorsRead = Annotated[Caller, Security(signed_in, scopes=["actors:read"])]
ActorsWrite = Annotated[Caller, Security(signed_in, scopes=["actors:write"])]
OfYear = Annotated[
    int | None,
    Query(ge=1945, le=2100, description="Only this year.", json_schema_extra={"format": "int32"}, examples=[2025]),
]


@router.post("/v1/actors/{actor_id}/annual-figures", status_code=201, responses=documented(ActorNotFound))
async def record_annual_figures(
    actor_id: PathId, body: AnnualFigureCreate, db: Database, caller: ActorsWrite, request: Request, response: Response
) -> AnnualFigureRecorded:
    """Report figures of a year. Nothing is overwritten: a correction is a new report of the year as a whole.

    Of the reports of a year those with the highest level of verification count, of these the newest. The size class of
    the business follows at once.
    """
    recorded = await service.record_figures(db, caller, actor_id, body)
    response.headers["Location"] = f"/v1/actors/{actor_id}/annual-figures/{recorded.figure.id}"
    return _recorded(recorded, request.state.locale)


@router.get("/v1/actors/{actor_id}/annual-figures", responses=documented(ActorNotFound))
async def list_annual_figures(
    actor_id: PathId, db: Database, caller: ActorsRead, paging: PageOf, year: OfYear = None
) -> AnnualFigurePage:
    """List the reports of yearly figures and their verifications, newest first, with which counts."""
    actor = await require_actor(db, caller, actor_id)
    reports = select(AnnualFigure, _counts()).where(AnnualFigure.actor_id == actor.id)
    if year is not None:
        reports = reports.where(AnnualFigure.year == year)
    rows = await paging.fetch(db, reports, AnnualFigure.year, AnnualFigure.id, descending=True)
    return AnnualFigurePage(**rows | {"data": [_read(row[0], counts=row[1]) for row in rows["data"]]})


@router.get("/v1/actors/{actor_id}/annual-figures/{figure_id}", responses=documented(ActorNotFound, FigureNotFound))
async def get_annual_figures(actor_id: PathId, figure_id: PathId, db: Database, caller: ActorsRead) -> AnnualFigureRead:
    """Read one report of yearly figures."""
    actor = await require_actor(db, caller, actor_id)
    figure = await require_figure(db, actor.id, figure_id)
    counts = await db.scalar(select(_counts()).where(AnnualFigure.id == figure.id))
    return _read(figure, counts=bool(counts))


@router.post(
    "/v1/actors/{actor_id}/annual-figures/{figure_id}/verify",
    status_code=201,
    responses=documented(
        ActorNotFound, FigureLevelReached, FigureNotFound, FigureSuperseded, StaffOnly, VerifierIsReporter
    ),
)
async def verify_annual_figures(
    actor_id: PathId,
    figure_id: PathId,
    body: FigureVerification,
    db: Database,
    caller: ActorsWrite,
    request: Request,
    response: Response,
) -> AnnualFigureRecorded:
    """Say to what level a report was held against papers. For PLUT's staff, and `verified` by a second pair of eyes.

    The report stays as it is: a new one repeats its figures at the new level and names it.
    """
    recorded = await service.verify_figures(db, caller, actor_id, figure_id, body)
    response.headers["Location"] = f"/v1/actors/{actor_id}/annual-figures/{recorded.figure.id}"
    return _recorded(recorded, request.state.locale)


@router.get("/v1/actors/{actor_id}/size-history", responses=documented(ActorNotFound))
async def list_size_changes(actor_id: PathId, db: Database, caller: ActorsRead, paging: PageOf) -> SizeHistory:
    """List how the size class of a business changed, newest first, with the figures and the law behind each step.

    `cause` tells a business that grew (*naik kelas*) from a law that changed, and from a correction.
    """
    actor = await require_actor(db, caller, actor_id)
    rows = await paging.fetch(db, size_steps(actor.id), SizeChange.id, descending=True)
    return SizeHistory(**rows | {"data": [step_shape(row) for row in rows["data"]]})


def _counts() -> Any:
    """Whether a report is the one that counts of its year, as a column."""
    of_actor = select(counting_figures.c.id).where(counting_figures.c.actor_id == AnnualFigure.actor_id)
    return AnnualFigure.id.in_(of_actor.correlate(AnnualFigure)).label("counts")


def _read(figure: AnnualFigure, *, counts: bool) -> AnnualFigureRead:
    return AnnualFigureRead.model_validate(_values(figure, counts=counts))


def _recorded(recorded: Recorded, locale: Locale) -> AnnualFigureRecorded:
    warnings = [
        {"pointer": doubt.pointer, "code": doubt.code, "message": doubt.message.in_locale(locale)}
        for doubt in recorded.warnings
    ]
    return AnnualFigureRecorded.model_validate(
        _values(recorded.figure, counts=recorded.counts) | {"warnings": warnings}
    )


def _values(figure: AnnualFigure, *, counts: bool) -> dict[str, Any]:
    names = AnnualFigureRead.model_fields.keys() - {"counts"}
    return {name: getattr(figure, name) for name in names} | {"counts": counts}
