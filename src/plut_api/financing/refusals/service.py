"""What a refusal asks of the applicant's side: the reason in words, the rules to work on, and the end of the task."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.access import actors_reached_by
from plut_api.financing.models import Referral, ReferralState, ReferralTransition
from plut_api.financing.problems import ConsultantOnly, ReferralNotFound
from plut_api.financing.readiness import Explained, explain
from plut_api.financing.referrals.reasons import Reason, ReasonCode, reasons
from plut_api.financing.refusals.models import RefusalClosure
from plut_api.financing.refusals.problems import RefusalClosed, RefusalNotFound
from plut_api.kit import outbox
from plut_api.kit.caller import Caller, Role
from plut_api.kit.database import refusing


@dataclass(frozen=True)
class Refusal:
    """A refusal: the move, its reason, the business as it is judged now, and the consultant's last word."""

    referral: Referral
    move: ReferralTransition
    reason: Reason
    explained: Explained
    closure: RefusalClosure | None


async def read_refusal(db: AsyncSession, caller: Caller, referral_id: UUID) -> Refusal:
    """The refusal of a request, for its owners and PLUT's staff. A bank has no part in what follows from it.

    Raises ReferralNotFound, RefusalNotFound, ActorNotFound.
    """
    referral = await _reached(db, caller, referral_id)
    move = await db.scalar(_refusals_of(referral.id))
    if referral.state is not ReferralState.rejected or move is None:
        raise RefusalNotFound()
    reason = reasons()[ReasonCode(move.reason_code or ReasonCode.other)]
    closure = await db.scalar(select(RefusalClosure).where(RefusalClosure.referral_id == referral.id))
    return Refusal(referral, move, reason, await explain(db, caller, referral.actor_id), closure)


async def close_refusal(db: AsyncSession, caller: Caller, referral_id: UUID, note: str) -> Refusal:
    """A consultant is done with a refusal; it leaves the work list.

    Raises ConsultantOnly, ReferralNotFound, RefusalNotFound, RefusalClosed. Emits refusal.closed.
    """
    if caller.role is not Role.consultant:
        raise ConsultantOnly()
    referral = await _reached(db, caller, referral_id)
    if referral.state is not ReferralState.rejected:
        raise RefusalNotFound()
    closure = RefusalClosure(referral_id=referral.id, closed_by=caller.id, note=note)
    with refusing({"uq_refusal_closures_referral_id": RefusalClosed()}):
        db.add(closure)
        await db.flush()
    await outbox.record(db, "refusal.closed", referral.id, by=caller, actor_id=referral.actor_id)
    await db.refresh(closure)
    return await read_refusal(db, caller, referral_id)


async def _reached(db: AsyncSession, caller: Caller, referral_id: UUID) -> Referral:
    query = select(Referral).where(Referral.id == referral_id, actors_reached_by(caller, Referral.actor_id))
    referral = await db.scalar(query)
    if referral is None:
        raise ReferralNotFound()
    return referral


def _refusals_of(referral_id: UUID) -> Select[ReferralTransition]:
    made = select(ReferralTransition).where(
        ReferralTransition.referral_id == referral_id, ReferralTransition.to_state == ReferralState.rejected
    )
    return made.order_by(ReferralTransition.id.desc()).limit(1)
