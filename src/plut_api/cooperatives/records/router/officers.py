"""HTTP of officers."""

from typing import Annotated

from fastapi import Body, Response

from plut_api.cooperatives.records import service
from plut_api.cooperatives.records.kinds import OFFICERS
from plut_api.cooperatives.records.models import CooperativeOfficer
from plut_api.cooperatives.records.router.common import (
    LISTED,
    CooperativesRecord,
    CooperativesVerify,
    added,
    changed,
    put_place,
    shown,
    verified,
    view,
)
from plut_api.cooperatives.records.schemas.governance import OfficerCreate, OfficerPage, OfficerPatch, OfficerRead
from plut_api.cooperatives.records.shapes import names_of, officer_shape
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch, put_etag
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId

router = Router(tag="cooperatives")

OfficerChange = Annotated[OfficerPatch, Body(media_type="application/merge-patch+json")]


@router.get("/v1/cooperatives/{cooperative_id}/officers", responses=LISTED, summary="List officers of a cooperative")
async def list_cooperative_officers(
    cooperative_id: PathId, db: Database, caller: CooperativesRecord, paging: PageOf
) -> OfficerPage:
    """Board and supervisors, former ones too, in the order they were entered; no numbers of persons.

    For the cooperative's managers, the Dinas and consultants.
    """
    query = await service.listed(db, caller, OFFICERS, cooperative_id)
    rows = await paging.fetch(db, query, CooperativeOfficer.id)
    names = await names_of(db, rows["data"])
    return OfficerPage(**rows | {"data": [officer_shape(row, names, view(caller)) for row in rows["data"]]})


@router.post(
    "/v1/cooperatives/{cooperative_id}/officers",
    status_code=201,
    responses=added(OFFICERS),
    summary="Enter an officer of a cooperative",
)
async def create_cooperative_officer(
    cooperative_id: PathId, body: OfficerCreate, db: Database, caller: CooperativesRecord, response: Response
) -> OfficerRead:
    """Enter who holds a post: a registered person, or a name. For its managers, the Dinas and consultants.

    A post other than `member` is held by one at a time. Kinship and offices of the village are declared.
    """
    row = await service.add(db, caller, OFFICERS, cooperative_id, body.model_dump())
    put_place(response, OFFICERS, row)
    return officer_shape(row, await names_of(db, [row]), view(caller))


@router.get(
    "/v1/cooperatives/{cooperative_id}/officers/{officer_id}",
    responses=shown(OFFICERS),
    summary="Read an officer of a cooperative",
)
async def get_cooperative_officer(
    cooperative_id: PathId, officer_id: PathId, db: Database, caller: CooperativesRecord, response: Response
) -> OfficerRead:
    """One officer. Its ETag is what a correction asks for."""
    row = await service.one(db, caller, OFFICERS, cooperative_id, officer_id)
    put_etag(response, row)
    return officer_shape(row, await names_of(db, [row]), view(caller))


@router.patch(
    "/v1/cooperatives/{cooperative_id}/officers/{officer_id}",
    responses=changed(OFFICERS),
    summary="Correct an officer of a cooperative",
)
async def change_cooperative_officer(
    cooperative_id: PathId,
    officer_id: PathId,
    body: OfficerChange,
    db: Database,
    caller: CooperativesRecord,
    response: Response,
    if_match: IfMatch = None,
) -> OfficerRead:
    """End a term, or correct it. What it was is kept; a verification ends with it.

    For the cooperative\'s managers, the Dinas and consultants.
    """
    row = await service.change(db, caller, OFFICERS, cooperative_id, officer_id, if_match, body.changes())
    put_etag(response, row)
    return officer_shape(row, await names_of(db, [row]), view(caller))


@router.post(
    "/v1/cooperatives/{cooperative_id}/officers/{officer_id}/verify",
    responses=verified(OFFICERS),
    summary="Verify an officer of a cooperative",
)
async def verify_cooperative_officer(
    cooperative_id: PathId,
    officer_id: PathId,
    db: Database,
    caller: CooperativesVerify,
    response: Response,
    if_match: IfMatch = None,
) -> OfficerRead:
    """A consultant looked at the paper of this version, named in `If-Match`. A later change ends the verification."""
    row = await service.verify(db, caller, OFFICERS, cooperative_id, officer_id, if_match)
    put_etag(response, row)
    return officer_shape(row, await names_of(db, [row]), view(caller))
