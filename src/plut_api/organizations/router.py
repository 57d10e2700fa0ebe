"""HTTP of the organizations room: anyone reads, the Dinas registers and changes."""

from typing import Annotated

from fastapi import Body, Depends, Query, Response, Security

from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import created, documented
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch, put_etag
from plut_api.kit.pages import PageOf
from plut_api.kit.search import page
from plut_api.kit.web import Router, cacheable
from plut_api.kit.wire import PathId, Search
from plut_api.organizations import service
from plut_api.organizations.models import OrganizationKind
from plut_api.organizations.problems import OrganizationCodeTaken, OrganizationNotFound
from plut_api.organizations.schemas import OrganizationCreate, OrganizationPage, OrganizationPatch, OrganizationRead

router = Router(tag="organizations")

OrganizationsWrite = Annotated[Caller, Security(signed_in, scopes=["organizations:write"])]
Kinds = Annotated[list[OrganizationKind] | None, Query(max_length=6, description="Only these kinds.")]
IncludeInactive = Annotated[bool, Query(description="Also those that no longer take part.")]
MergePatch = Annotated[OrganizationPatch, Body(media_type="application/merge-patch+json")]


@router.get("/v1/organizations", dependencies=[Depends(cacheable(60))], summary="List organizations")
async def list_organizations(
    db: Database,
    paging: PageOf,
    kind: Kinds = None,
    q: Search = None,
    include_inactive: IncludeInactive = False,
) -> OrganizationPage:
    """The Dinas, regional offices, banks, OJK and partners, in order of code.

    `q` takes a code or words of a name, misspelling is forgiven; the likest come first.
    """
    found = service.organizations(kinds=kind, text=q, include_inactive=include_inactive)
    return OrganizationPage.model_validate(await page(db, paging, found), from_attributes=True)


@router.get(
    "/v1/organizations/{organization_id}",
    dependencies=[Depends(cacheable(0))],
    responses=documented(OrganizationNotFound),
    summary="Read an organization",
)
async def get_organization(organization_id: PathId, db: Database, response: Response) -> OrganizationRead:
    """One organization. Its ETag is what a change of it asks for."""
    organization = await service.organization_by_id(db, organization_id)
    put_etag(response, organization)
    return OrganizationRead.model_validate(organization)


@router.post(
    "/v1/organizations",
    status_code=201,
    responses=created() | documented(OrganizationCodeTaken),
    summary="Register an organization",
)
async def create_organization(
    body: OrganizationCreate, db: Database, caller: OrganizationsWrite, response: Response
) -> OrganizationRead:
    """Register an organization, so that staff and machine clients can act for it. The Dinas may."""
    organization = await service.register_organization(db, caller, body)
    put_etag(response, organization)
    response.headers["Location"] = f"/v1/organizations/{organization.id}"
    return OrganizationRead.model_validate(organization)


@router.patch(
    "/v1/organizations/{organization_id}",
    responses=documented(OrganizationNotFound),
    summary="Change an organization",
)
async def change_organization(
    organization_id: PathId,
    body: MergePatch,
    db: Database,
    caller: OrganizationsWrite,
    response: Response,
    if_match: IfMatch = None,
) -> OrganizationRead:
    """Rename an organization, end or resume its part. The Dinas may. Its code and kind never change."""
    organization = await service.change_organization(db, caller, organization_id, if_match, body.changes())
    put_etag(response, organization)
    return OrganizationRead.model_validate(organization)
