"""HTTP of consents."""

from typing import Annotated

from fastapi import Depends, Response, Security
from sqlalchemy import select

from plut_api.actors import service
from plut_api.actors.access import require_actor
from plut_api.actors.models import Consent
from plut_api.actors.people_problems import GuardianNeeded
from plut_api.actors.problems import ActorNotFound, ConsentAlreadyGiven, ConsentAlreadyWithdrawn, ConsentNotFound
from plut_api.actors.router.businesses import ActorsRead
from plut_api.actors.schemas.consents import ConsentCreate, ConsentPage, ConsentRead, ConsentTexts
from plut_api.actors.service.consents import consent_texts, get_consent
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import created, documented
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch, put_etag
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router, cacheable
from plut_api.kit.wire import PathId

router = Router(tag="actors")

ConsentsWrite = Annotated[Caller, Security(signed_in, scopes=["consents:write"])]


@router.get("/v1/consent-texts", dependencies=[Depends(cacheable(300))])
async def get_consent_texts() -> ConsentTexts:
    """The words of every consent, in both languages. Show them before asking for agreement."""
    return ConsentTexts.model_validate({"data": consent_texts()})


@router.post(
    "/v1/actors/{actor_id}/consents",
    status_code=201,
    responses=created() | documented(ActorNotFound, ConsentAlreadyGiven, GuardianNeeded),
)
async def give_consent(
    actor_id: PathId, body: ConsentCreate, db: Database, caller: ConsentsWrite, response: Response
) -> ConsentRead:
    """Let a bank see one's business by name. It holds for a year, or until withdrawn.

    An owner does. PLUT's staff only record what an owner signed on paper: who signed, where the paper's file lies, and
    its hash. What the bank then sees is what the words of the version name (`GET /v1/consent-texts`).
    """
    consent = await service.give_consent(db, caller, actor_id, body)
    put_etag(response, consent)
    response.headers["Location"] = f"/v1/actors/{actor_id}/consents/{consent.id}"
    return ConsentRead.model_validate(consent)


@router.get("/v1/actors/{actor_id}/consents", responses=documented(ActorNotFound))
async def list_consents(actor_id: PathId, db: Database, caller: ActorsRead, paging: PageOf) -> ConsentPage:
    """List the consents of a business, newest first, those that have ended too."""
    actor = await require_actor(db, caller, actor_id)
    rows = await paging.fetch(db, select(Consent).where(Consent.actor_id == actor.id), Consent.id, descending=True)
    return ConsentPage.model_validate(rows, from_attributes=True)


@router.get("/v1/actors/{actor_id}/consents/{consent_id}", responses=documented(ActorNotFound, ConsentNotFound))
async def get_one_consent(
    actor_id: PathId, consent_id: PathId, db: Database, caller: ActorsRead, response: Response
) -> ConsentRead:
    """Read a consent. Its ETag is what withdrawing asks for."""
    consent = await get_consent(db, caller, actor_id, consent_id)
    put_etag(response, consent)
    return ConsentRead.model_validate(consent)


@router.delete(
    "/v1/actors/{actor_id}/consents/{consent_id}",
    status_code=204,
    responses=documented(ActorNotFound, ConsentNotFound, ConsentAlreadyWithdrawn),
)
async def withdraw_consent(
    actor_id: PathId, consent_id: PathId, db: Database, caller: ConsentsWrite, if_match: IfMatch = None
) -> None:
    """End a consent. From the very next request the bank no longer sees who it is.

    An owner does, or PLUT's staff whom an owner asked to. A request for financing that the bank has not approved yet is
    withdrawn with it; what is approved rests on the contract and stays, and the bank is told.
    """
    await service.withdraw_consent(db, caller, actor_id, consent_id, if_match)
