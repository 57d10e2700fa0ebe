"""Moving a referral: by its applicant, its bank, or by what follows from time and reports."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.models import Referral, ReferralState
from plut_api.financing.problems import ReferralMoveNotAllowed
from plut_api.financing.products import quota
from plut_api.financing.referrals import documents
from plut_api.financing.referrals.access import get_referral
from plut_api.financing.referrals.checking import check_move
from plut_api.financing.referrals.moving import Mover, end_consent, enter, fresh, mover_of
from plut_api.financing.referrals.offers import Terms
from plut_api.financing.referrals.sending import require_sendable
from plut_api.financing.referrals.states import Side, moves_from, side_of
from plut_api.financing.schemas.referrals import ReferralMove
from plut_api.kit.caller import Caller
from plut_api.kit.etags import require_match
from plut_api.kit.problems import Forbidden

S = ReferralState


async def move_referral(
    db: AsyncSession, caller: Caller, referral_id: UUID, if_match: str | None, given: ReferralMove
) -> Referral:
    """Move a referral along its life cycle.

    Raises Forbidden, ReferralNotFound, PreconditionFailed (if `If-Match` came and is stale), and as `move_locked`.
    """
    require_scope(caller)
    referral = await get_referral(db, caller, referral_id, for_update=True)
    if if_match is not None:
        require_match(referral, if_match)
    return await move_locked(db, caller, referral, given)


async def move_locked(
    db: AsyncSession,
    caller: Caller,
    referral: Referral,
    given: ReferralMove,
    *,
    side: Side | None = None,
) -> Referral:
    """Move a referral whose row the caller holds locked (`get_referral(…, for_update=True)`).

    `side` is that of the caller unless it is said: a move of the system's may follow from what a caller did.

    Raises ReferralMoveNotAllowed (with `allowed_moves`), Invalid with every fault, ProductNotOffered,
    ProductQuotaExhausted, RequestedDocumentsMissing; for a submission also NotReadyForReferral, ConsentMissing,
    ReferralAlreadyOpen, AlreadyFinanced. Emits referral.<state>. What ends without financing ends the consent to that
    bank (POJK 6/2022 art. 11d, as reported).
    """
    possible = moves_from(side or side_of(caller), referral.state)
    move = possible.get(given.to)
    if move is None:
        raise ReferralMoveNotAllowed(
            extra={"state": referral.state.value, "allowed_moves": sorted(state.value for state in possible)}
        )
    terms = await check_move(db, referral, move, given)
    if given.to is S.submitted:
        await require_sendable(db, referral)
    if given.to is S.info_provided:
        await documents.answer(db, referral, given.note)
    if terms is not None:
        await _approve(db, referral, given, terms)
    if given.to is S.disbursed:
        referral.disbursed_amount_idr, referral.disbursed_on = given.disbursed_amount_idr, given.disbursed_on
    who: Mover = mover_of(caller)
    await enter(db, referral, given.to, who, reason=given.reason_code, note=given.note, until=given.due_on)
    if given.to is S.info_requested:
        await documents.ask(db, caller, referral, given)
    await end_consent(db, referral, caller)
    return await fresh(db, referral)


def require_scope(caller: Caller) -> None:
    """A bank decides, an applicant writes: which scope a move asks for hangs on the side. Raises Forbidden."""
    needed = "financing:decide" if side_of(caller) is Side.bank else "financing:write"
    if needed not in caller.scopes:
        raise Forbidden(
            headers={"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="financing:read {needed}"'}
        )


async def _approve(db: AsyncSession, referral: Referral, given: ReferralMove, terms: Terms) -> None:
    """Take the amount from the product's quota and write the terms down."""
    if terms.product is not None and given.approved_amount_idr is not None:
        with db.no_autoflush:
            await quota.take(db, terms.product.id, given.approved_amount_idr)
    referral.approved_amount_idr = given.approved_amount_idr
    referral.approved_tenor_months = terms.tenor_months
    referral.approved_product_id = terms.product.id if terms.product is not None else None
    referral.approved_pricing_kind = terms.pricing_kind.value if terms.pricing_kind is not None else None
    referral.approved_rate_bp = terms.rate_bp
