"""HTTP of certificates."""

from typing import Annotated

from fastapi import Body, Depends, Query, Response

from plut_api.actors.business_problems import CertificationEnded, CertificationNotFound, CertificationTaken
from plut_api.actors.lists import certification_kinds
from plut_api.actors.models import Certification
from plut_api.actors.problems import ActorNotFound, StaffOnly
from plut_api.actors.router.businesses import ActorsRead, ActorsWrite
from plut_api.actors.schemas.certifications import (
    CertificationCreate,
    CertificationKinds,
    CertificationListedPage,
    CertificationPage,
    CertificationPatch,
    CertificationRead,
    KindCode,
)
from plut_api.actors.service import certifications
from plut_api.kit.contract import created, documented, etagged
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch, put_etag
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router, cacheable
from plut_api.kit.wire import PathId

router = Router(tag="actors")

MergePatch = Annotated[CertificationPatch, Body(media_type="application/merge-patch+json")]
Kinds = Annotated[list[KindCode] | None, Query(max_length=50, description="Only of these kinds.")]
Verified = Annotated[bool | None, Query(description="Only what staff compared, or only what they did not.")]
Ended = Annotated[bool, Query(description="Also what was renewed or removed.", examples=[True])]
Within = Annotated[
    int | None,
    Query(
        ge=0,
        le=3660,
        json_schema_extra={"format": "int32"},
        description="Only those that end from today within so many days, the soonest first.",
        examples=[60],
    ),
]
ONE = (ActorNotFound, CertificationNotFound)


@router.get("/v1/certification-kinds", dependencies=[Depends(cacheable(300))], summary="List kinds of certificates")
async def get_certification_kinds() -> CertificationKinds:
    """Kinds of certificates: the form of their numbers, how long they hold, and how sure that is."""
    return CertificationKinds.model_validate(
        {"data": [certifications.kind_shape(each) for each in certification_kinds().values()]}
    )


@router.get("/v1/certifications", summary="List certificates of all businesses")
async def list_certifications(
    db: Database,
    caller: ActorsRead,
    paging: PageOf,
    kind: Kinds = None,
    verified: Verified = None,
    expires_within: Within = None,
) -> CertificationListedPage:
    """Present certificates of the businesses within the caller's rows, in the order of entry.

    For PLUT's staff, to see what ends soon and what is to be compared; owners see their own.
    """
    found = certifications.ending(certifications.certifications_reached(caller, kind, verified), expires_within)
    rows = await paging.fetch(db, found.query, *found.keys)
    return CertificationListedPage(**rows | {"data": [certifications.listed_shape(row) for row in rows["data"]]})


@router.get("/v1/actors/{actor_id}/certifications", responses=documented(ActorNotFound), summary="List certificates")
async def list_actor_certifications(
    actor_id: PathId, db: Database, caller: ActorsRead, paging: PageOf, include_ended: Ended = False
) -> CertificationPage:
    """The certificates of a business, newest first. For its owners and directors, and PLUT's staff."""
    query = await certifications.certifications_of(db, caller, actor_id, ended=include_ended)
    rows = await paging.fetch(db, query, Certification.id, descending=True)
    return CertificationPage.model_validate(rows, from_attributes=True)


@router.post(
    "/v1/actors/{actor_id}/certifications",
    status_code=201,
    responses=created() | documented(ActorNotFound, CertificationTaken),
    summary="Add a certificate",
)
async def create_certification(
    actor_id: PathId, body: CertificationCreate, db: Database, caller: ActorsWrite, response: Response
) -> CertificationRead:
    """Enter a certificate. Its number has the form of its kind; its end follows from the kind where that has a term.

    `replaces` names the one that it renews, which stays on file. Sixty days before the end its owners are reminded.
    """
    found = await certifications.add_certification(db, caller, actor_id, body)
    put_etag(response, found)
    response.headers["Location"] = f"/v1/actors/{actor_id}/certifications/{found.id}"
    return CertificationRead.model_validate(found)


@router.get(
    "/v1/actors/{actor_id}/certifications/{certification_id}",
    responses=documented(*ONE),
    summary="Read a certificate",
)
async def get_certification(
    actor_id: PathId, certification_id: PathId, db: Database, caller: ActorsRead, response: Response
) -> CertificationRead:
    """Read a certificate, also one that was renewed or removed."""
    found = await certifications.one_certification(db, caller, actor_id, certification_id)
    put_etag(response, found)
    return CertificationRead.model_validate(found)


@router.patch(
    "/v1/actors/{actor_id}/certifications/{certification_id}",
    responses=documented(*ONE, CertificationEnded, CertificationTaken),
    summary="Correct a certificate",
)
async def change_certification(
    actor_id: PathId,
    certification_id: PathId,
    body: MergePatch,
    db: Database,
    caller: ActorsWrite,
    response: Response,
    if_match: IfMatch = None,
) -> CertificationRead:
    """Correct a certificate. What staff had compared is unverified again once it changes. Renew one by a new one."""
    found = await certifications.change_certification(db, caller, actor_id, certification_id, if_match, body.changes())
    put_etag(response, found)
    return CertificationRead.model_validate(found)


@router.post(
    "/v1/actors/{actor_id}/certifications/{certification_id}/verify",
    responses=etagged() | documented(*ONE, StaffOnly, CertificationEnded),
    summary="Verify a certificate",
)
async def verify_certification(
    actor_id: PathId, certification_id: PathId, db: Database, caller: ActorsWrite, response: Response
) -> CertificationRead:
    """Note that PLUT's staff compared a certificate with its paper, or with the register of who issued it."""
    found = await certifications.verify_certification(db, caller, actor_id, certification_id)
    put_etag(response, found)
    return CertificationRead.model_validate(found)


@router.delete(
    "/v1/actors/{actor_id}/certifications/{certification_id}",
    status_code=204,
    responses=documented(*ONE, CertificationEnded),
    summary="Remove a certificate",
)
async def remove_certification(
    actor_id: PathId, certification_id: PathId, db: Database, caller: ActorsWrite, if_match: IfMatch = None
) -> None:
    """Take a certificate off that was entered in error or given up. It stays on file."""
    await certifications.remove_certification(db, caller, actor_id, certification_id, if_match)
