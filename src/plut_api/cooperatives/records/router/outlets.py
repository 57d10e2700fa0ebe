"""HTTP of outlets."""

from typing import Annotated

from fastapi import Body, Depends, Response
from sqlalchemy import select

from plut_api.cooperatives.records import service
from plut_api.cooperatives.records.kinds import OUTLETS
from plut_api.cooperatives.records.models import CooperativeOutlet
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
from plut_api.cooperatives.records.schemas.trade import OutletCreate, OutletPage, OutletPatch, OutletRead
from plut_api.cooperatives.service.registry import get_cooperative
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch, put_etag
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router, cacheable
from plut_api.kit.wire import PathId

router = Router(tag="cooperatives")

OutletChange = Annotated[OutletPatch, Body(media_type="application/merge-patch+json")]


@router.get(
    "/v1/cooperatives/{cooperative_id}/outlets",
    dependencies=[Depends(cacheable(300))],
    responses=LISTED,
    summary="List the outlets of a cooperative",
)
async def list_cooperative_outlets(cooperative_id: PathId, db: Database, paging: PageOf) -> OutletPage:
    """Outlets (gerai) of a cooperative, planned, open and closed, in the order they were entered. Public."""
    cooperative = await get_cooperative(db, cooperative_id)
    query = select(CooperativeOutlet).where(CooperativeOutlet.cooperative_id == cooperative.id)
    rows = await paging.fetch(db, query, CooperativeOutlet.id)
    return OutletPage.model_validate(rows, from_attributes=True)


@router.post(
    "/v1/cooperatives/{cooperative_id}/outlets",
    status_code=201,
    responses=added(OUTLETS),
    summary="Enter an outlet of a cooperative",
)
async def create_cooperative_outlet(
    cooperative_id: PathId, body: OutletCreate, db: Database, caller: CooperativesRecord, response: Response
) -> OutletRead:
    """Enter an outlet (gerai), planned or open. For the cooperative's managers, the Dinas and consultants."""
    row = await service.add(db, caller, OUTLETS, cooperative_id, body.model_dump())
    put_place(response, OUTLETS, row)
    return OutletRead.model_validate(row)


@router.get(
    "/v1/cooperatives/{cooperative_id}/outlets/{outlet_id}",
    responses=shown(OUTLETS),
    summary="Read an outlet of a cooperative",
)
async def get_cooperative_outlet(
    cooperative_id: PathId, outlet_id: PathId, db: Database, caller: CooperativesRecord, response: Response
) -> OutletRead:
    """One outlet with the paper of its premises. For the cooperative's managers, the Dinas and consultants."""
    row = await service.one(db, caller, OUTLETS, cooperative_id, outlet_id)
    put_etag(response, row)
    return OutletRead.model_validate(row)


@router.patch(
    "/v1/cooperatives/{cooperative_id}/outlets/{outlet_id}",
    responses=changed(OUTLETS),
    summary="Correct an outlet of a cooperative",
)
async def change_cooperative_outlet(
    cooperative_id: PathId,
    outlet_id: PathId,
    body: OutletChange,
    db: Database,
    caller: CooperativesRecord,
    response: Response,
    if_match: IfMatch = None,
) -> OutletRead:
    """Open it, close it, or correct it. What it was is kept; a verification ends with it.

    For the cooperative\'s managers, the Dinas and consultants.
    """
    row = await service.change(db, caller, OUTLETS, cooperative_id, outlet_id, if_match, body.changes())
    put_etag(response, row)
    return OutletRead.model_validate(row)


@router.post(
    "/v1/cooperatives/{cooperative_id}/outlets/{outlet_id}/verify",
    responses=verified(OUTLETS),
    summary="Verify an outlet of a cooperative",
)
async def verify_cooperative_outlet(
    cooperative_id: PathId,
    outlet_id: PathId,
    db: Database,
    caller: CooperativesVerify,
    response: Response,
    if_match: IfMatch = None,
) -> OutletRead:
    """A consultant saw the outlet and the paper of its premises, in this version, named in `If-Match`.

    A later change ends the verification.
    """
    row = await service.verify(db, caller, OUTLETS, cooperative_id, outlet_id, if_match)
    put_etag(response, row)
    return OutletRead.model_validate(row)
