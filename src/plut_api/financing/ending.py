"""How a request for financing ends without anybody asking for just that: with the consent, or with the person."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.merging.survivors import last_survivor
from plut_api.financing.models import Referral, ReferralState
from plut_api.financing.referrals.consents import live_consent
from plut_api.financing.referrals.moving import SYSTEM, Mover, enter, tell
from plut_api.financing.referrals.reasons import ReasonCode
from plut_api.financing.referrals.states import UNDECIDED
from plut_api.kit.merging import Of
from plut_api.kit.outbox import Event

ENDED_WITH_CONSENT = "Persetujuan pemilik kepada bank ini berakhir."


async def withdraw_open_referrals(
    db: AsyncSession,
    rows: Sequence[Referral],
    account_id: UUID | None,
    role: str,
    note: str | None = None,
    *,
    reason: ReasonCode | None = None,
) -> None:
    """Withdraw those, locked by the caller, that no bank has decided on. Emits referral.withdrawn."""
    for referral in rows:
        if referral.state in UNDECIDED:
            mover = Mover(role, account_id=account_id)
            await enter(db, referral, ReferralState.withdrawn, mover, reason=reason, note=note)


async def follow_consent(db: AsyncSession, event: Event) -> None:
    """A consent ended: withdraw what the bank has not decided on, and remind it of what it has approved.

    What was made after the consent ended rests on a new one; so does what moved to a business that has one, into which
    the old one was merged meanwhile. A draft no bank has seen; it stays. Emits referral.withdrawn,
    referral.consent_ended.
    """
    actor_id, bank_id = UUID(event.facts["actor_id"]), UUID(event.facts["organization_id"])
    survivor = await last_survivor(db, Of.actors, actor_id)
    if survivor is not None and await db.scalar(live_consent(survivor, bank_id)) is not None:
        return
    query = select(Referral).where(
        Referral.actor_id == (survivor or actor_id),
        Referral.bank_id == bank_id,
        Referral.submitted_at.is_not(None),
        Referral.created_at < event.occurred_at,
    )
    rows = list(await db.scalars(query.order_by(Referral.id).with_for_update()))
    ended = ReasonCode.consent_ended
    await withdraw_open_referrals(db, rows, event.caller_id, SYSTEM, ENDED_WITH_CONSENT, reason=ended)
    for referral in rows:
        if referral.state is ReferralState.approved:
            await tell(db, "referral.consent_ended", referral, None)
