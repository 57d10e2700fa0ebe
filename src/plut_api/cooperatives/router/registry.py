"""HTTP of the cooperatives room."""

from typing import Annotated

from fastapi import Body, Depends, Query, Response, Security

from plut_api.cooperatives.models import CooperativeStatus
from plut_api.cooperatives.problems import (
    CooperativeNotFound,
    LegalNumberTaken,
    NikKoperasiTaken,
    VillageHasCooperative,
)
from plut_api.cooperatives.schemas.registry import CooperativeCreate, CooperativePage, CooperativePatch, CooperativeRead
from plut_api.cooperatives.service import registry as service
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import created, documented
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch, put_etag
from plut_api.kit.pages import PageOf
from plut_api.kit.search import page
from plut_api.kit.web import Router, cacheable
from plut_api.kit.wire import PathId, RegencyCode, Search, VillageCode

router = Router(tag="cooperatives")

CooperativesWrite = Annotated[Caller, Security(signed_in, scopes=["cooperatives:write"])]
Regencies = Annotated[
    list[RegencyCode] | None,
    Query(max_length=20, description="Regency or city; repeat for more than one.", examples=["52.71"]),
]
Villages = Annotated[
    list[VillageCode] | None,
    Query(max_length=50, description="Village; repeat for more than one.", examples=["52.71.01.1013"]),
]
Statuses = Annotated[
    list[CooperativeStatus] | None,
    Query(max_length=10, description="How far it has come; repeat for more than one.", examples=["operating"]),
]


@router.get("/v1/cooperatives", dependencies=[Depends(cacheable(300))], summary="List village cooperatives")
async def list_cooperatives(
    db: Database,
    paging: PageOf,
    regency: Regencies = None,
    village: Villages = None,
    status: Statuses = None,
    q: Search = None,
) -> CooperativePage:
    """The register of village cooperatives (Koperasi Desa/Kelurahan Merah Putih), public.

    In order of entry; with `q` the likest names come first, misspelling is forgiven.
    """
    found = service.cooperatives(regencies=regency, villages=village, statuses=status, q=q)
    return CooperativePage.model_validate(await page(db, paging, found), from_attributes=True)


@router.get(
    "/v1/cooperatives/{cooperative_id}",
    dependencies=[Depends(cacheable(0))],
    responses=documented(CooperativeNotFound),
    summary="Read a cooperative",
)
async def get_cooperative(cooperative_id: PathId, db: Database, response: Response) -> CooperativeRead:
    """One cooperative, public. Its ETag is what a change must name in `If-Match`."""
    row = await service.get_cooperative(db, cooperative_id)
    put_etag(response, row)
    return CooperativeRead.model_validate(row)


@router.post(
    "/v1/cooperatives",
    status_code=201,
    responses=created() | documented(VillageHasCooperative, LegalNumberTaken, NikKoperasiTaken),
    summary="Register a cooperative",
)
async def create_cooperative(
    body: CooperativeCreate, db: Database, caller: CooperativesWrite, response: Response
) -> CooperativeRead:
    """Put one cooperative into the register; for Dinas staff. Whole lists come in by `POST /v1/imports`.

    The name must fit kind and name of the village; a village has one cooperative.
    """
    row = await service.register_cooperative(db, caller, body)
    response.headers["Location"] = f"/v1/cooperatives/{row.id}"
    put_etag(response, row)
    return CooperativeRead.model_validate(row)


@router.patch(
    "/v1/cooperatives/{cooperative_id}",
    responses=documented(CooperativeNotFound, LegalNumberTaken, NikKoperasiTaken),
    summary="Change a cooperative",
)
async def change_cooperative(
    cooperative_id: PathId,
    body: Annotated[CooperativePatch, Body(media_type="application/merge-patch+json")],
    db: Database,
    caller: CooperativesWrite,
    response: Response,
    if_match: IfMatch = None,
) -> CooperativeRead:
    """Change what is known of a cooperative; for Dinas staff. Its village stays."""
    row = await service.change_cooperative(db, caller, cooperative_id, body, if_match)
    put_etag(response, row)
    return CooperativeRead.model_validate(row)
