"""HTTP of referrals."""

from typing import Annotated

from fastapi import Body, Query, Response

from plut_api.actors.problems import ActorNotFound
from plut_api.actors.service.disclosures import FINANCING, note_shown
from plut_api.financing.models import Referral, ReferralState, ReferralTransition
from plut_api.financing.problems import (
    ConsentMissing,
    NotReadyForReferral,
    ReferralAlreadyOpen,
    ReferralMoveNotAllowed,
    ReferralNotFound,
)
from plut_api.financing.products.problems import ProductNotOffered, ProductQuotaExhausted
from plut_api.financing.referrals import access, making, queues, service
from plut_api.financing.referrals.problems import (
    AlreadyFinanced,
    ReferralNotDraft,
    ReferralQueueNotFound,
    RequestedDocumentsMissing,
)
from plut_api.financing.referrals.shapes import referral_shape, transition_shape
from plut_api.financing.router.readiness import FinancingRead, FinancingWrite
from plut_api.financing.schemas.referral_documents import QueueWithdrawal, ReferralQueueRead
from plut_api.financing.schemas.referrals import (
    ReferralCreate,
    ReferralMove,
    ReferralPage,
    ReferralPatch,
    ReferralRead,
    ReferralTransitionPage,
    Scheme,
)
from plut_api.kit.contract import created, documented, etagged
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch, put_etag
from plut_api.kit.pages import PageOf
from plut_api.kit.problems import PreconditionFailed
from plut_api.kit.web import Router
from plut_api.kit.wire import Id, PathId

router = Router(tag="financing")

SHOWN = ("referral_amount", "referral_purpose", "referral_state")
"""What a bank learns of a business by a referral, besides that it asked."""
SENDING = (ProductNotOffered, NotReadyForReferral, ConsentMissing, ReferralAlreadyOpen, AlreadyFinanced)
"""What can stand in the way of sending a referral to a bank."""

States = Annotated[list[ReferralState] | None, Query(max_length=13, description="Only in these states.")]
Schemes = Annotated[list[Scheme] | None, Query(max_length=20, description="Only under these schemes.")]
Banks = Annotated[list[Id] | None, Query(max_length=20, description="Only to these banks.")]
Queue = Annotated[Id | None, Query(description="Only those of this order of banks.")]
Late = Annotated[bool | None, Query(description="Whether the clock of the state has run out.", examples=[True])]
Change = Annotated[ReferralPatch, Body(media_type="application/merge-patch+json")]


@router.post(
    "/v1/financing/referrals",
    status_code=201,
    responses=created() | documented(ActorNotFound, *SENDING),
)
async def create_referral(
    body: ReferralCreate, db: Database, caller: FinancingWrite, response: Response
) -> ReferralRead:
    """Ask a bank for financing, or several in order. An owner does, or a consultant for them.

    The business must be confirmed ready, its owner must have consented to the bank, and under one scheme a business has
    one active request or financing at a time. With `bank_ids` the first bank is asked; each of the others gets a draft
    of the same `queue_id`, which goes out once the one before was refused or ran out, if the business is still ready
    and has consented to that bank. With `submit` false the first stays a draft too. The answer is the referral to the
    first bank.
    """
    referral = await making.make_referral(db, caller, body)
    put_etag(response, referral)
    response.headers["Location"] = f"/v1/financing/referrals/{referral.id}"
    return referral_shape(referral, caller)


@router.get("/v1/financing/referrals")
async def list_referrals(
    db: Database,
    caller: FinancingRead,
    paging: PageOf,
    state: States = None,
    scheme: Schemes = None,
    bank: Banks = None,
    queue: Queue = None,
    late: Late = None,
) -> ReferralPage:
    """List referrals, newest first: one's own, those of one's bank, or all for the Dinas.

    `late=true` narrows them to those whose clock has run out, `state` and `bank` to those that one follows up.
    """
    filters = access.Filters(state or (), scheme or (), bank or (), queue, late)
    rows = await paging.fetch(db, access.referrals_of(caller, filters), Referral.id, descending=True)
    await note_shown(db, caller, SHOWN, purpose=FINANCING, actors=[row.actor_id for row in rows["data"]])
    return ReferralPage.model_validate(rows | {"data": [referral_shape(row, caller) for row in rows["data"]]})


@router.get("/v1/financing/referrals/{referral_id}", responses=documented(ReferralNotFound))
async def get_referral(referral_id: PathId, db: Database, caller: FinancingRead, response: Response) -> ReferralRead:
    """Read a referral, with the moves that the caller can make from here."""
    referral = await access.get_referral(db, caller, referral_id)
    await note_shown(db, caller, SHOWN, purpose=FINANCING, actors=[referral.actor_id])
    put_etag(response, referral)
    return referral_shape(referral, caller)


@router.patch(
    "/v1/financing/referrals/{referral_id}",
    responses=etagged() | documented(ReferralNotFound, ReferralNotDraft, ProductNotOffered),
)
async def change_referral(
    referral_id: PathId,
    body: Change,
    db: Database,
    caller: FinancingWrite,
    response: Response,
    if_match: IfMatch = None,
) -> ReferralRead:
    """Change what a draft asks for, and of which bank. What a bank was sent is withdrawn and made anew instead."""
    referral = await making.change_draft(db, caller, referral_id, if_match, body)
    put_etag(response, referral)
    return referral_shape(referral, caller)


@router.post(
    "/v1/financing/referrals/{referral_id}/transitions",
    responses=documented(
        ReferralNotFound,
        ReferralMoveNotAllowed,
        PreconditionFailed,
        ProductQuotaExhausted,
        RequestedDocumentsMissing,
        *SENDING,
    ),
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

    The bank: `submitted` to `received`, `in_review`, then `approved` (with an amount), `rejected` (with a reason code)
    or `info_requested` (with the documents it asks for), back to `in_review` once the applicant answered; an approved
    one to `disbursed` (once, with amount and day), a paid one to `closed` (with a reason code). The owner, or a
    consultant: a draft to `submitted`; `info_requested` to `info_provided`; `withdrawn`, until it is disbursed. Time
    that runs out leads to `expired`, the first report of repayment to `repaying`. `/v1/financing/referral-moves` has
    every move, what must and may come with it, and its reasons.

    An illegal move is a 409 whose `allowed_moves` lists what the caller can do instead. `If-Match` is heeded if sent.
    The amount approved is at most what was asked and within the approved product; `approved_tenor_months` and
    `approved_rate_bp` are the request's and the product's unless they are given.

    What ends without financing ends the owner's consent to this bank (POJK 6/2022 art. 11d, as reported).
    """
    referral = await service.move_referral(db, caller, referral_id, if_match, body)
    await note_shown(db, caller, SHOWN, purpose=FINANCING, actors=[referral.actor_id])
    put_etag(response, referral)
    return referral_shape(referral, caller)


@router.get("/v1/financing/referrals/{referral_id}/transitions", responses=documented(ReferralNotFound))
async def list_referral_transitions(
    referral_id: PathId, db: Database, caller: FinancingRead, paging: PageOf
) -> ReferralTransitionPage:
    """List the moves of a referral, oldest first: who, when, why."""
    referral = await access.get_referral(db, caller, referral_id)
    await note_shown(db, caller, ("referral_state",), purpose=FINANCING, actors=[referral.actor_id])
    rows = await paging.fetch(db, access.moves_made(caller, referral), ReferralTransition.id)
    return ReferralTransitionPage.model_validate(
        rows | {"data": [transition_shape(row, caller) for row in rows["data"]]}
    )


@router.post(
    "/v1/financing/referral-queues/{queue_id}/withdraw",
    responses=documented(ReferralQueueNotFound, ReferralMoveNotAllowed),
)
async def withdraw_referral_queue(
    queue_id: PathId, body: QueueWithdrawal, db: Database, caller: FinancingWrite
) -> ReferralQueueRead:
    """Withdraw an order of banks: what lies with a bank, and what waits for its turn. An owner does, or a consultant.

    What has ended, or was disbursed, stays as it is.
    """
    rows = await queues.withdraw_queue(db, caller, queue_id, body.reason_code, body.note)
    return ReferralQueueRead(queue_id=queue_id, data=[referral_shape(row, caller) for row in rows])
