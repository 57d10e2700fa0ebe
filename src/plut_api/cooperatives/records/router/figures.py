"""HTTP of monthly statements."""

from typing import Annotated

from fastapi import Body, Response

from plut_api.cooperatives.records import service
from plut_api.cooperatives.records.kinds import FIGURES
from plut_api.cooperatives.records.models import CooperativeFigure
from plut_api.cooperatives.records.router.common import (
    LISTED,
    CooperativesRecord,
    CooperativesVerify,
    added,
    changed,
    put_place,
    shown,
    verified,
)
from plut_api.cooperatives.records.schemas.trade import FigureCreate, FigurePage, FigurePatch, FigureRead
from plut_api.cooperatives.records.shapes import figure_shape
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch, put_etag
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId

router = Router(tag="cooperatives")

FigureChange = Annotated[FigurePatch, Body(media_type="application/merge-patch+json")]


@router.get(
    "/v1/cooperatives/{cooperative_id}/figures",
    responses=LISTED,
    summary="List the monthly statements of a cooperative",
)
async def list_cooperative_figures(
    cooperative_id: PathId, db: Database, caller: CooperativesRecord, paging: PageOf
) -> FigurePage:
    """Sales, expenses and members month by month, newest first. For its managers, the Dinas and consultants."""
    query = await service.listed(db, caller, FIGURES, cooperative_id)
    rows = await paging.fetch(db, query, CooperativeFigure.month, descending=True)
    return FigurePage(**rows | {"data": [figure_shape(row) for row in rows["data"]]})


@router.post(
    "/v1/cooperatives/{cooperative_id}/figures",
    status_code=201,
    responses=added(FIGURES),
    summary="Enter the statement of a month",
)
async def create_cooperative_figure(
    cooperative_id: PathId, body: FigureCreate, db: Database, caller: CooperativesRecord, response: Response
) -> FigureRead:
    """Enter the statement of a month that is over, once. For the cooperative's managers, the Dinas and consultants."""
    row = await service.add(db, caller, FIGURES, cooperative_id, body.values())
    put_place(response, FIGURES, row)
    return figure_shape(row)


@router.get(
    "/v1/cooperatives/{cooperative_id}/figures/{figure_id}",
    responses=shown(FIGURES),
    summary="Read a monthly statement of a cooperative",
)
async def get_cooperative_figure(
    cooperative_id: PathId, figure_id: PathId, db: Database, caller: CooperativesRecord, response: Response
) -> FigureRead:
    """One statement. Its ETag is what a correction asks for."""
    row = await service.one(db, caller, FIGURES, cooperative_id, figure_id)
    put_etag(response, row)
    return figure_shape(row)


@router.patch(
    "/v1/cooperatives/{cooperative_id}/figures/{figure_id}",
    responses=changed(FIGURES),
    summary="Correct a monthly statement of a cooperative",
)
async def change_cooperative_figure(
    cooperative_id: PathId,
    figure_id: PathId,
    body: FigureChange,
    db: Database,
    caller: CooperativesRecord,
    response: Response,
    if_match: IfMatch = None,
) -> FigureRead:
    """Correct a statement. What it was is kept; a verification ends with it.

    For the cooperative\'s managers, the Dinas and consultants.
    """
    row = await service.change(db, caller, FIGURES, cooperative_id, figure_id, if_match, body.changes())
    put_etag(response, row)
    return figure_shape(row)


@router.post(
    "/v1/cooperatives/{cooperative_id}/figures/{figure_id}/verify",
    responses=verified(FIGURES),
    summary="Verify a monthly statement of a cooperative",
)
async def verify_cooperative_figure(
    cooperative_id: PathId,
    figure_id: PathId,
    db: Database,
    caller: CooperativesVerify,
    response: Response,
    if_match: IfMatch = None,
) -> FigureRead:
    """A consultant looked at the paper of this version, named in `If-Match`. A later change ends the verification."""
    row = await service.verify(db, caller, FIGURES, cooperative_id, figure_id, if_match)
    put_etag(response, row)
    return figure_shape(row)
