"""HTTP of referrals."""

from typing import Annotated

from fastapi import Query, Response

from plut_api.actors.problems import ActorNotFound
from plut_api.actors.service.disclosures import FINANCING, note_shown
from plut_api.financing import referrals
from plut_api.financing.models import Referral, ReferralState, ReferralTransition
from plut_api.financing.problems import (
    ConsentMissing,
    NotReadyForReferral,
    ReferralAlreadyOpen,
    ReferralMoveNotAllowed,
    ReferralNotFound,
)
from plut_api.financing.router.readiness import FinancingRead, FinancingWrite
from plut_api.financing.schemas.referrals import (
    ReferralCreate,
    ReferralMove,
    ReferralPage,
    ReferralRead,
    ReferralTransitionPage,
)
from plut_api.kit.contract import created, documented
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch, put_etag
from plut_api.kit.pages import PageOf
from plut_api.kit.problems import PreconditionFailed
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId

router = Router(tag="financing")

SHOWN = ("referral_amount", "referral_purpose", "referral_state")
"""What a bank learns of a business by a referral, besides that it asked."""

States = Annotated[list[ReferralState] | None, Query(max_length=8, description="Only in these states.")]


@router.post(
    "/v1/financing/referrals",
    status_code=201,
    responses=created() | documented(ActorNotFound, NotReadyForReferral, ConsentMissing, ReferralAlreadyOpen),
)
async def create_referral(
    body: ReferralCreate, db: Database, caller: FinancingWrite, response: Response
) -> ReferralRead:
    """Send a request for financing to one bank. An owner does, or a consultant for them.

    The business must be confirmed ready, and its owner must have consented to this bank.
    """
    referral = await referrals.make_referral(db, caller, body)
    put_etag(response, referral)
    response.headers["Location"] = f"/v1/financing/referrals/{referral.id}"
    return ReferralRead.model_validate(referral)


@router.get("/v1/financing/referrals")
async def list_referrals(db: Database, caller: FinancingRead, paging: PageOf, state: States = None) -> ReferralPage:
    """List referrals, newest first: one's own, those of one's bank, or all for PLUT's staff."""
    query = referrals.referrals_of(caller, state or [])
    rows = await paging.fetch(db, query, Referral.id, descending=True)
    await note_shown(db, caller, SHOWN, purpose=FINANCING, actors=[row.actor_id for row in rows["data"]])
    return ReferralPage.model_validate(rows, from_attributes=True)


@router.get("/v1/financing/referrals/{referral_id}", responses=documented(ReferralNotFound))
async def get_referral(referral_id: PathId, db: Database, caller: FinancingRead, response: Response) -> ReferralRead:
    """Read a referral."""
    referral = await referrals.get_referral(db, caller, referral_id)
    await note_shown(db, caller, SHOWN, purpose=FINANCING, actors=[referral.actor_id])
    put_etag(response, referral)
    return ReferralRead.model_validate(referral)


@router.post(
    "/v1/financing/referrals/{referral_id}/transitions",
    responses=documented(ReferralNotFound, ReferralMoveNotAllowed, PreconditionFailed),
)
async def move_referral(
    referral_id: PathId,
    body: ReferralMove,
    db: Database,
    caller: FinancingRead,
    response: Response,
    if_match: IfMatch = None,
) -> ReferralRead:
    """Move a referral along its life cycle. A bank also needs `financing:decide`, an applicant `financing:write`.

    The bank: `submitted` to `received`, `in_review`, then `approved` (with an amount) or `rejected` (with a reason
    code), then `disbursed` (with amount and day). The owner, or a consultant: `withdrawn`, until it is disbursed.
    An illegal move is a 409 whose `allowed_moves` lists what the caller can do instead. `If-Match` is heeded if sent.

    A refusal or withdrawal ends the owner's consent to this bank (POJK 6/2022 art. 11d, as reported).
    """
    referral = await referrals.move_referral(db, caller, referral_id, if_match, body)
    await note_shown(db, caller, SHOWN, purpose=FINANCING, actors=[referral.actor_id])
    put_etag(response, referral)
    return ReferralRead.model_validate(referral)


@router.get("/v1/financing/referrals/{referral_id}/transitions", responses=documented(ReferralNotFound))
async def list_referral_transitions(
    referral_id: PathId, db: Database, caller: FinancingRead, paging: PageOf
) -> ReferralTransitionPage:
    """List the moves of a referral, oldest first: who, when, why."""
    referral = await referrals.get_referral(db, caller, referral_id)
    await note_shown(db, caller, ("referral_state",), purpose=FINANCING, actors=[referral.actor_id])
    moves = referrals.moves_made(referral)
    return ReferralTransitionPage.model_validate(
        await paging.fetch(db, moves, ReferralTransition.id), from_attributes=True
    )
