"""Several banks in order: when one says no or does not answer, the request goes to the next."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.models import Referral, ReferralState, ReferralTransition
from plut_api.financing.referrals.access import referrals_visible_to
from plut_api.financing.referrals.clocks import due_at
from plut_api.financing.referrals.moving import SYSTEM, Mover, enter
from plut_api.financing.referrals.problems import ReferralQueueNotFound
from plut_api.financing.referrals.reasons import ReasonCode
from plut_api.financing.referrals.sending import require_sendable
from plut_api.financing.referrals.service import move_locked
from plut_api.financing.referrals.states import Side, moves_from
from plut_api.financing.schemas.referrals import ReferralMove
from plut_api.kit.caller import Caller
from plut_api.kit.problems import Problem

S = ReferralState
ENDED = frozenset({S.rejected, S.withdrawn, S.expired})


async def advance(db: AsyncSession, referral_id: UUID) -> None:
    """After a referral ended: send the next of its order, or leave it to the consultant.

    It goes out by itself after a refusal or when time ran out, and if the business is ready and has consented to that
    bank; after a withdrawal, and without these, the draft waits for whoever asked. Doing it again changes nothing.
    Emits referral.submitted.
    """
    queue_id = await db.scalar(select(Referral.queue_id).where(Referral.id == referral_id))
    if queue_id is None:
        return
    rows = await _locked(db, queue_id)
    following = next((row for row in rows if row.state is S.draft), None)
    if following is None or following.due_at is not None or any(row.state not in {*ENDED, S.draft} for row in rows):
        return
    ended = next(row for row in rows if row.id == referral_id)
    if ended.state is not S.withdrawn and await _sent(db, following):
        return
    following.due_at = await due_at(db, following, S.draft)
    following.version += 1
    await db.flush()


async def end_order(db: AsyncSession, referral_id: UUID) -> None:
    """A bank paid: what waited for its turn behind that request is withdrawn. Emits referral.withdrawn."""
    queue_id = await db.scalar(select(Referral.queue_id).where(Referral.id == referral_id))
    if queue_id is None:
        return
    for row in await _locked(db, queue_id):
        if row.state is S.draft:
            await enter(db, row, S.withdrawn, Mover(SYSTEM), reason=ReasonCode.financed_elsewhere)


async def withdraw_queue(
    db: AsyncSession, caller: Caller, queue_id: UUID, reason: ReasonCode | None, note: str | None
) -> Sequence[Referral]:
    """Withdraw all of an order that can be; the referrals in their order. Raises ReferralQueueNotFound."""
    visible = select(Referral.id).where(Referral.queue_id == queue_id, referrals_visible_to(caller))
    if caller.is_bank or await db.scalar(visible.limit(1)) is None:
        raise ReferralQueueNotFound()
    rows = await _locked(db, queue_id)
    for row in sorted(rows, key=lambda row: row.place or 0, reverse=True):  # What waits goes first: none goes out.
        if S.withdrawn in moves_from(Side.applicant, row.state):
            given = ReferralMove(to=S.withdrawn, reason_code=reason, note=note)
            await move_locked(db, caller, row, given)
    return rows


async def _sent(db: AsyncSession, referral: Referral) -> bool:
    """Whether it could go out to its bank, in the name of who made it."""
    role = select(ReferralTransition.caller_role).where(ReferralTransition.referral_id == referral.id)
    maker = Mover(await db.scalar(role.order_by(ReferralTransition.id).limit(1)) or SYSTEM)
    try:
        async with db.begin_nested():
            await require_sendable(db, referral)
            await enter(db, referral, S.submitted, maker)
    except Problem:
        await db.refresh(referral)
        return False
    return True


async def _locked(db: AsyncSession, queue_id: UUID) -> Sequence[Referral]:
    query = select(Referral).where(Referral.queue_id == queue_id).order_by(Referral.place)
    rows = await db.scalars(query.with_for_update().execution_options(populate_existing=True))
    return rows.all()
