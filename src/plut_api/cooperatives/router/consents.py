"""HTTP of the consents of a cooperative."""

from typing import Annotated

from fastapi import Response, Security

from plut_api.actors.models import Consent
from plut_api.actors.problems import ConsentAlreadyGiven, ConsentAlreadyWithdrawn, ConsentNotFound
from plut_api.actors.schemas.consents import ConsentPage, ConsentRead
from plut_api.cooperatives.access import require_kept
from plut_api.cooperatives.problems import (
    ConsentAlreadyConfirmed,
    CooperativeNotFound,
    ManagersOnly,
    SecondOfficerNeeded,
)
from plut_api.cooperatives.router.contacts import CooperativesManage
from plut_api.cooperatives.schemas.consents import CooperativeConsentCreate
from plut_api.cooperatives.service import consents
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import created, documented, etagged
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch, put_etag
from plut_api.kit.pages import PageOf
from plut_api.kit.problems import PreconditionFailed
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId

router = Router(tag="cooperatives")

ConsentsWrite = Annotated[Caller, Security(signed_in, scopes=["consents:write"])]


@router.post(
    "/v1/cooperatives/{cooperative_id}/consents",
    status_code=201,
    responses=created() | documented(CooperativeNotFound, ManagersOnly, ConsentAlreadyGiven),
    summary="Consent for a cooperative",
)
async def give_cooperative_consent(
    cooperative_id: PathId,
    body: CooperativeConsentCreate,
    db: Database,
    caller: ConsentsWrite,
    response: Response,
) -> ConsentRead:
    """Let a bank see the cooperative, as one of its managers. It is in force once another of them has confirmed it.

    What the bank then sees is what the words of the version name (`GET /v1/consent-texts`, `cooperative_financing`).
    """
    consent = await consents.give(db, caller, cooperative_id, body)
    response.headers["Location"] = f"/v1/cooperatives/{cooperative_id}/consents/{consent.id}"
    return _shown(response, consent)


@router.get(
    "/v1/cooperatives/{cooperative_id}/consents",
    responses=documented(CooperativeNotFound),
    summary="List the consents of a cooperative",
)
async def list_cooperative_consents(
    cooperative_id: PathId, db: Database, caller: CooperativesManage, paging: PageOf
) -> ConsentPage:
    """Its consents, newest first, those that have ended too. For its managers and the Dinas."""
    cooperative = await require_kept(db, caller, cooperative_id)
    rows = await paging.fetch(db, consents.consents_of(cooperative.id), Consent.id, descending=True)
    return ConsentPage.model_validate(rows, from_attributes=True)


@router.get(
    "/v1/cooperatives/{cooperative_id}/consents/{consent_id}",
    responses=documented(CooperativeNotFound, ConsentNotFound),
    summary="Read a consent of a cooperative",
)
async def get_cooperative_consent(
    cooperative_id: PathId, consent_id: PathId, db: Database, caller: CooperativesManage, response: Response
) -> ConsentRead:
    """One consent. For its managers and the Dinas. Its ETag is what withdrawing asks for."""
    return _shown(response, await consents.one(db, caller, cooperative_id, consent_id))


@router.post(
    "/v1/cooperatives/{cooperative_id}/consents/{consent_id}/confirm",
    responses=etagged()
    | documented(
        *(CooperativeNotFound, ConsentNotFound, ManagersOnly, SecondOfficerNeeded, ConsentAlreadyConfirmed),
        *(ConsentAlreadyWithdrawn, PreconditionFailed),
    ),
    summary="Confirm a consent of a cooperative",
)
async def confirm_cooperative_consent(
    cooperative_id: PathId,
    consent_id: PathId,
    db: Database,
    caller: ConsentsWrite,
    response: Response,
    if_match: IfMatch = None,
) -> ConsentRead:
    """Put a consent in force, as a manager other than the one who gave it. `If-Match` is heeded if sent."""
    return _shown(response, await consents.confirm(db, caller, cooperative_id, consent_id, if_match))


@router.delete(
    "/v1/cooperatives/{cooperative_id}/consents/{consent_id}",
    status_code=204,
    responses=documented(CooperativeNotFound, ConsentNotFound, ManagersOnly, ConsentAlreadyWithdrawn),
    summary="Withdraw a consent of a cooperative",
)
async def withdraw_cooperative_consent(
    cooperative_id: PathId, consent_id: PathId, db: Database, caller: ConsentsWrite, if_match: IfMatch = None
) -> None:
    """End a consent from the very next request on. One manager suffices, whether or not it was confirmed."""
    await consents.withdraw(db, caller, cooperative_id, consent_id, if_match)


def _shown(response: Response, consent: Consent) -> ConsentRead:
    put_etag(response, consent)
    return ConsentRead.model_validate(consent)
