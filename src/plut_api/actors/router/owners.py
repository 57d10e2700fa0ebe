"""HTTP of whose a business is."""

from typing import Annotated

from fastapi import Body, Query, Response, Security

from plut_api.actors.business_problems import (
    AgreementNeeded,
    AlreadyOffered,
    AlreadyOwner,
    LastOwner,
    OwnershipEnded,
    OwnershipNotFound,
    OwnersOnly,
    OwnPartOnly,
    SharesExceedWhole,
    TooManyOffers,
)
from plut_api.actors.models import OwnershipOffer
from plut_api.actors.problems import ActorNotFound, PersonNotFound, RegisterFirst
from plut_api.actors.router.businesses import ActorsRead, ActorsWrite
from plut_api.actors.schemas.owners import MyOfferPage, OwnerCreate, Owners, OwnershipEnd, OwnershipPatch, OwnershipRead
from plut_api.actors.service import offers, owners, parts
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import created, documented, etagged
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch, put_etag
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId

router = Router(tag="actors")

MeRead = Annotated[Caller, Security(signed_in, scopes=["me:read"])]
MeWrite = Annotated[Caller, Security(signed_in, scopes=["me:write"])]
MergePatch = Annotated[OwnershipPatch, Body(media_type="application/merge-patch+json")]
Ended = Annotated[bool, Query(description="Also who was part of it once.", examples=[True])]
DECIDED = (ActorNotFound, OwnersOnly, OwnershipNotFound)


@router.get("/v1/actors/{actor_id}/owners", responses=documented(ActorNotFound))
async def get_owners(actor_id: PathId, db: Database, caller: ActorsRead, include_ended: Ended = False) -> Owners:
    """Who owns a business and runs it, with `include_ended` who did, and who was asked to. For them and PLUT's staff.

    A changed role or share leaves an ended entry of what held before.
    """
    return await parts.all_parts(db, caller, actor_id, ended=include_ended)


@router.post(
    "/v1/actors/{actor_id}/owners",
    status_code=201,
    responses=created()
    | documented(
        ActorNotFound, PersonNotFound, OwnersOnly, AlreadyOwner, AlreadyOffered, SharesExceedWhole, TooManyOffers
    ),
    summary="Add an owner",
)
async def create_owner(
    actor_id: PathId, body: OwnerCreate, db: Database, caller: ActorsWrite, response: Response
) -> OwnershipRead:
    """Ask somebody by phone to become part of a business: `pending` until they accept (`/v1/me/ownerships`).

    The answer is the same whether or not anybody is known by the phone. PLUT's staff can add a registered person at
    once by `person_id`: somebody they serve, or whose signed paper they hand in. Shares add up to 100 percent at most.
    """
    made = await parts.ask_or_add(db, caller, actor_id, body)
    row, shown = await parts.one(db, caller, actor_id, made.id)
    put_etag(response, row)
    response.headers["Location"] = f"/v1/actors/{actor_id}/owners/{made.id}"
    return shown


@router.get(
    "/v1/actors/{actor_id}/owners/{ownership_id}",
    responses=documented(ActorNotFound, OwnershipNotFound),
    summary="Read an ownership",
)
async def get_owner(
    actor_id: PathId, ownership_id: PathId, db: Database, caller: ActorsRead, response: Response
) -> OwnershipRead:
    """Read somebody's part in a business, or an offer of one. Its ETag is what changing it asks for."""
    row, shown = await parts.one(db, caller, actor_id, ownership_id)
    put_etag(response, row)
    return shown


@router.patch(
    "/v1/actors/{actor_id}/owners/{ownership_id}",
    responses=documented(*DECIDED, OwnershipEnded, OwnPartOnly, AgreementNeeded, LastOwner, SharesExceedWhole),
    summary="Change an ownership",
)
async def change_owner(
    actor_id: PathId,
    ownership_id: PathId,
    body: MergePatch,
    db: Database,
    caller: ActorsWrite,
    response: Response,
    if_match: IfMatch = None,
) -> OwnershipRead:
    """Change a role or share from a day on; what held before stays on file as an ended entry.

    An owner changes their own part and those of directors and managers; another owner's is changed by PLUT's staff.
    """
    await owners.change_part(db, caller, actor_id, ownership_id, if_match, body.changes())
    row, shown = await parts.one(db, caller, actor_id, ownership_id)
    put_etag(response, row)
    return shown


@router.post(
    "/v1/actors/{actor_id}/owners/{ownership_id}/end",
    responses=etagged() | documented(*DECIDED, OwnershipEnded, OwnPartOnly, LastOwner),
    summary="End an ownership",
)
async def end_owner(
    actor_id: PathId, ownership_id: PathId, body: OwnershipEnd, db: Database, caller: ActorsWrite, response: Response
) -> OwnershipRead:
    """End somebody's part in a business, or take an open offer back. The last owner stays.

    An owner ends their own part and those of directors and managers. Consents that the person gave for the business end
    with it, and so does what they alone reached of it.
    """
    row, shown = await parts.end(db, caller, actor_id, ownership_id, body.until)
    put_etag(response, row)
    return shown


@router.get("/v1/me/ownerships", summary="List one's own offers")
async def list_my_ownerships(db: Database, caller: MeRead, paging: PageOf) -> MyOfferPage:
    """The open offers, to the phone that the caller signed in by, to become part of a business, newest first.

    What is theirs by now they find at `GET /v1/actors`.
    """
    rows = await paging.fetch(db, offers.my_offers(caller), OwnershipOffer.id, descending=True)
    return MyOfferPage.model_validate(rows, from_attributes=True)


@router.post(
    "/v1/me/ownerships/{ownership_id}/accept",
    responses=etagged() | documented(OwnershipNotFound, OwnershipEnded, AlreadyOwner, SharesExceedWhole, RegisterFirst),
    summary="Become an owner by an offer",
)
async def accept_ownership(ownership_id: PathId, db: Database, caller: MeWrite, response: Response) -> OwnershipRead:
    """Agree to become part of a business, by an offer to the own phone, once. Register first (`/v1/people`)."""
    part = await offers.accept(db, caller, ownership_id)
    row, shown = await parts.own(db, caller, part)
    put_etag(response, row)
    return shown


@router.post(
    "/v1/me/ownerships/{ownership_id}/decline",
    status_code=204,
    responses=documented(OwnershipNotFound, OwnershipEnded),
    summary="Decline an offer",
)
async def decline_ownership(ownership_id: PathId, db: Database, caller: MeWrite) -> None:
    """Say no to an offer to the own phone."""
    await offers.decline(db, caller, ownership_id)
