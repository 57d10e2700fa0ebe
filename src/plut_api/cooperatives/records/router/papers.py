"""HTTP of papers."""

from typing import Annotated

from fastapi import Body, Response

from plut_api.cooperatives.records import service
from plut_api.cooperatives.records.kinds import PAPERS
from plut_api.cooperatives.records.models import CooperativePaper
from plut_api.cooperatives.records.problems import NumberNotRegistered
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
from plut_api.cooperatives.records.schemas.papers import PaperCreate, PaperPage, PaperPatch, PaperRead
from plut_api.cooperatives.records.shapes import paper_shape
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch, put_etag
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId

router = Router(tag="cooperatives")

PaperChange = Annotated[PaperPatch, Body(media_type="application/merge-patch+json")]


@router.get("/v1/cooperatives/{cooperative_id}/papers", responses=LISTED, summary="List papers of a cooperative")
async def list_cooperative_papers(
    cooperative_id: PathId, db: Database, caller: CooperativesRecord, paging: PageOf
) -> PaperPage:
    """Papers in the order they were entered; numbers are masked. For its managers, the Dinas and consultants."""
    query = await service.listed(db, caller, PAPERS, cooperative_id)
    rows = await paging.fetch(db, query, CooperativePaper.id)
    return PaperPage(**rows | {"data": [paper_shape(row, in_list=True) for row in rows["data"]]})


@router.post(
    "/v1/cooperatives/{cooperative_id}/papers",
    status_code=201,
    responses=added(PAPERS),
    summary="Enter a paper of a cooperative",
)
async def create_cooperative_paper(
    cooperative_id: PathId, body: PaperCreate, db: Database, caller: CooperativesRecord, response: Response
) -> PaperRead:
    """Enter a paper: what proves its numbers of the register, NIB, NPWP, an account, a contract of supply.

    Of accounts and contracts there may be several. For its managers, the Dinas and consultants.
    """
    row = await service.add(db, caller, PAPERS, cooperative_id, body.model_dump())
    put_place(response, PAPERS, row)
    return paper_shape(row)


@router.get(
    "/v1/cooperatives/{cooperative_id}/papers/{paper_id}",
    responses=shown(PAPERS),
    summary="Read a paper of a cooperative",
)
async def get_cooperative_paper(
    cooperative_id: PathId, paper_id: PathId, db: Database, caller: CooperativesRecord, response: Response
) -> PaperRead:
    """One paper with its number. Its ETag is what a correction asks for."""
    row = await service.one(db, caller, PAPERS, cooperative_id, paper_id)
    put_etag(response, row)
    return paper_shape(row)


@router.patch(
    "/v1/cooperatives/{cooperative_id}/papers/{paper_id}",
    responses=changed(PAPERS),
    summary="Correct a paper of a cooperative",
)
async def change_cooperative_paper(
    cooperative_id: PathId,
    paper_id: PathId,
    body: PaperChange,
    db: Database,
    caller: CooperativesRecord,
    response: Response,
    if_match: IfMatch = None,
) -> PaperRead:
    """Correct a paper. What it was is kept; a verification ends with it.

    For the cooperative\'s managers, the Dinas and consultants.
    """
    row = await service.change(db, caller, PAPERS, cooperative_id, paper_id, if_match, body.changes())
    put_etag(response, row)
    return paper_shape(row)


@router.post(
    "/v1/cooperatives/{cooperative_id}/papers/{paper_id}/verify",
    responses=verified(PAPERS, NumberNotRegistered),
    summary="Verify a paper of a cooperative",
)
async def verify_cooperative_paper(
    cooperative_id: PathId,
    paper_id: PathId,
    db: Database,
    caller: CooperativesVerify,
    response: Response,
    if_match: IfMatch = None,
) -> PaperRead:
    """A consultant looked at the paper of this version, named in `If-Match`. A later change ends the verification.

    So does a change of the number in the register that the paper proves.
    """
    row = await service.verify(db, caller, PAPERS, cooperative_id, paper_id, if_match)
    put_etag(response, row)
    return paper_shape(row)
