"""HTTP of business proposals."""

from typing import Annotated

from fastapi import Body, Response

from plut_api.cooperatives.records import service
from plut_api.cooperatives.records.kinds import PROPOSALS
from plut_api.cooperatives.records.models import CooperativeProposal
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
from plut_api.cooperatives.records.schemas.papers import ProposalCreate, ProposalPage, ProposalPatch, ProposalRead
from plut_api.cooperatives.records.shapes import proposal_shape
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch, put_etag
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId

router = Router(tag="cooperatives")

ProposalChange = Annotated[ProposalPatch, Body(media_type="application/merge-patch+json")]


@router.get(
    "/v1/cooperatives/{cooperative_id}/proposals", responses=LISTED, summary="List business proposals of a cooperative"
)
async def list_cooperative_proposals(
    cooperative_id: PathId, db: Database, caller: CooperativesRecord, paging: PageOf
) -> ProposalPage:
    """What the cooperative planned, newest first; the newest counts. For its managers, the Dinas and consultants."""
    query = await service.listed(db, caller, PROPOSALS, cooperative_id)
    rows = await paging.fetch(db, query, CooperativeProposal.id, descending=True)
    return ProposalPage(**rows | {"data": [proposal_shape(row) for row in rows["data"]]})


@router.post(
    "/v1/cooperatives/{cooperative_id}/proposals",
    status_code=201,
    responses=added(PROPOSALS),
    summary="Enter a business proposal",
)
async def create_cooperative_proposal(
    cooperative_id: PathId, body: ProposalCreate, db: Database, caller: CooperativesRecord, response: Response
) -> ProposalRead:
    """Enter what is needed in which stages, and what it is paid back from. It takes the place of the one before.

    For the cooperative's managers, the Dinas and consultants.
    """
    row = await service.add(db, caller, PROPOSALS, cooperative_id, body.values())
    put_place(response, PROPOSALS, row)
    return proposal_shape(row)


@router.get(
    "/v1/cooperatives/{cooperative_id}/proposals/{proposal_id}",
    responses=shown(PROPOSALS),
    summary="Read a business proposal of a cooperative",
)
async def get_cooperative_proposal(
    cooperative_id: PathId, proposal_id: PathId, db: Database, caller: CooperativesRecord, response: Response
) -> ProposalRead:
    """One proposal. Its ETag is what a correction asks for."""
    row = await service.one(db, caller, PROPOSALS, cooperative_id, proposal_id)
    put_etag(response, row)
    return proposal_shape(row)


@router.patch(
    "/v1/cooperatives/{cooperative_id}/proposals/{proposal_id}",
    responses=changed(PROPOSALS),
    summary="Correct a business proposal of a cooperative",
)
async def change_cooperative_proposal(
    cooperative_id: PathId,
    proposal_id: PathId,
    body: ProposalChange,
    db: Database,
    caller: CooperativesRecord,
    response: Response,
    if_match: IfMatch = None,
) -> ProposalRead:
    """Correct a proposal. What it was is kept; a verification ends with it.

    For the cooperative\'s managers, the Dinas and consultants.
    """
    row = await service.change(db, caller, PROPOSALS, cooperative_id, proposal_id, if_match, body.changes())
    put_etag(response, row)
    return proposal_shape(row)


@router.post(
    "/v1/cooperatives/{cooperative_id}/proposals/{proposal_id}/verify",
    responses=verified(PROPOSALS),
    summary="Verify a business proposal of a cooperative",
)
async def verify_cooperative_proposal(
    cooperative_id: PathId,
    proposal_id: PathId,
    db: Database,
    caller: CooperativesVerify,
    response: Response,
    if_match: IfMatch = None,
) -> ProposalRead:
    """A consultant looked at the paper of this version, named in `If-Match`. A later change ends the verification."""
    row = await service.verify(db, caller, PROPOSALS, cooperative_id, proposal_id, if_match)
    put_etag(response, row)
    return proposal_shape(row)
