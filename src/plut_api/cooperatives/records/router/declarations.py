"""HTTP of credit declarations, and of what records were before they were corrected."""

from typing import Annotated

from fastapi import Query, Response

from plut_api.cooperatives.problems import CooperativeNotFound
from plut_api.cooperatives.records import service
from plut_api.cooperatives.records.models import CooperativeCreditDeclaration, CooperativeRevision
from plut_api.cooperatives.records.problems import DeclarationNotFound
from plut_api.cooperatives.records.router.common import LISTED, CooperativesRecord, view
from plut_api.cooperatives.records.schemas.papers import (
    CooperativeDeclarationCreate,
    CooperativeDeclarationPage,
    CooperativeDeclarationRead,
    RevisionPage,
)
from plut_api.cooperatives.records.shapes import revision_shape
from plut_api.kit.contract import documented
from plut_api.kit.database import Database
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router
from plut_api.kit.wire import Id, PathId

router = Router(tag="cooperatives")

OfRecord = Annotated[Id | None, Query(description="Only of this record.")]


@router.get(
    "/v1/cooperatives/{cooperative_id}/credit-declarations",
    responses=LISTED,
    summary="List the credit declarations of a cooperative",
)
async def list_cooperative_credit_declarations(
    cooperative_id: PathId, db: Database, caller: CooperativesRecord, paging: PageOf
) -> CooperativeDeclarationPage:
    """What it declared of its debts, newest first; the newest counts. For its managers, the Dinas and consultants."""
    query = await service.declarations(db, caller, cooperative_id)
    rows = await paging.fetch(db, query, CooperativeCreditDeclaration.id, descending=True)
    return CooperativeDeclarationPage.model_validate(rows, from_attributes=True)


@router.post(
    "/v1/cooperatives/{cooperative_id}/credit-declarations",
    status_code=201,
    responses=LISTED,
    summary="Declare the debts of a cooperative",
)
async def declare_cooperative_credit(
    cooperative_id: PathId,
    body: CooperativeDeclarationCreate,
    db: Database,
    caller: CooperativesRecord,
    response: Response,
) -> CooperativeDeclarationRead:
    """Declare whether the cooperative and its chair are behind with payments, as of today.

    It is corrected by declaring anew. For the cooperative's managers, and for PLUT's staff from a signed paper.
    """
    row = await service.declare(db, caller, cooperative_id, body.model_dump())
    response.headers["Location"] = f"/v1/cooperatives/{cooperative_id}/credit-declarations/{row.id}"
    return CooperativeDeclarationRead.model_validate(row)


@router.get(
    "/v1/cooperatives/{cooperative_id}/credit-declarations/{declaration_id}",
    responses=documented(CooperativeNotFound, DeclarationNotFound),
    summary="Read a credit declaration of a cooperative",
)
async def get_cooperative_credit_declaration(
    cooperative_id: PathId, declaration_id: PathId, db: Database, caller: CooperativesRecord
) -> CooperativeDeclarationRead:
    """One declaration, which never changes. For the cooperative's managers, the Dinas and consultants."""
    row = await service.one_declaration(db, caller, cooperative_id, declaration_id)
    return CooperativeDeclarationRead.model_validate(row)


@router.get(
    "/v1/cooperatives/{cooperative_id}/revisions",
    responses=LISTED,
    summary="List the corrections of a cooperative's records",
)
async def list_cooperative_revisions(
    cooperative_id: PathId, db: Database, caller: CooperativesRecord, paging: PageOf, record_id: OfRecord = None
) -> RevisionPage:
    """What records were before they were corrected, newest first. For its managers, the Dinas and consultants."""
    query = await service.revisions(db, caller, cooperative_id, record_id)
    rows = await paging.fetch(db, query, CooperativeRevision.id, descending=True)
    return RevisionPage(**rows | {"data": [revision_shape(row, view(caller)) for row in rows["data"]]})
