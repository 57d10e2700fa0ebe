"""What becomes of readiness and requests for financing when a business pauses or closes."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.closing import on_status
from plut_api.actors.models import Actor, ActorStatus
from plut_api.financing.ending import withdraw_open_referrals
from plut_api.financing.models import Referral, ReferralState
from plut_api.financing.privacy import APPROVED
from plut_api.financing.projection import refresh_rows
from plut_api.financing.referrals.reasons import ReasonCode
from plut_api.kit.caller import Caller
from plut_api.kit.privacy import Obstacle

CLOSED = "Usaha ditutup."


@on_status
async def end_with_the_business(db: AsyncSession, caller: Caller, actor: Actor) -> list[Obstacle]:
    """A closed business asks for nothing: what no bank has decided on is withdrawn, what one has approved comes first.

    A business that does not trade leaves the ready list in the same transaction. Emits referral.withdrawn.
    """
    if actor.status is ActorStatus.closed:
        query = select(Referral).where(Referral.actor_id == actor.id).order_by(Referral.id)
        rows = list(await db.scalars(query.with_for_update().execution_options(populate_existing=True)))
        if any(row.state is ReferralState.approved for row in rows):
            return [APPROVED]
        reason = ReasonCode.business_closed
        await withdraw_open_referrals(db, rows, caller.id, caller.role.value, CLOSED, reason=reason)
    if actor.status is not ActorStatus.active:
        await refresh_rows(db, [actor.id])
    return []
