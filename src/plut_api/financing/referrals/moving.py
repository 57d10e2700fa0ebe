"""What every move has in common: state, clocks, the record of it, its event, and what hangs on the new state."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.service.consents import end_consents
from plut_api.financing.dossiers.service import freeze
from plut_api.financing.models import ACTIVE_STATES, FINANCED_STATES, Referral, ReferralState, ReferralTransition
from plut_api.financing.problems import ReferralAlreadyOpen
from plut_api.financing.referrals import offers
from plut_api.financing.referrals.clocks import due_at
from plut_api.financing.referrals.problems import AlreadyFinanced
from plut_api.financing.referrals.reasons import ReasonCode
from plut_api.financing.referrals.states import CLOSES_CONSENT
from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller
from plut_api.kit.database import refusing

S = ReferralState
SYSTEM = "system"


@dataclass(frozen=True)
class Mover:
    """By whom a move is made: a caller, or somebody else's account under a role; of none, it is its maker's."""

    role: str
    caller: Caller | None = None
    account_id: UUID | None = None


def mover_of(caller: Caller) -> Mover:
    """A caller as the one who moves."""
    return Mover(caller.role.value, caller, caller.id)


async def enter(
    db: AsyncSession,
    referral: Referral,
    state: ReferralState,
    mover: Mover,
    *,
    reason: ReasonCode | None = None,
    note: str | None = None,
    until: date | None = None,
) -> None:
    """Bring a locked or a new referral into a state. Emits referral.<state>.

    Under one scheme one request of a business is active, and none while it is financed: raises ReferralAlreadyOpen,
    AlreadyFinanced. A submission freezes the dossier; an approval that comes to nothing gives the quota back.
    """
    is_new = referral not in db
    before = None if is_new else referral.state
    with db.no_autoflush:  # Terms of an approval are written together with its state.
        due = await due_at(db, referral, state, until)
    if before is S.approved and state in CLOSES_CONSENT:
        await offers.give_back(db, referral)
    referral.state, referral.state_since, referral.due_at = state, clock.now(), due
    if state is S.submitted:
        referral.submitted_at = clock.now()
    if state in (S.approved, S.rejected):
        referral.decided_at = clock.now()
    if is_new:
        db.add(referral)
    else:
        referral.version += 1
    with refusing({"uq_referrals_one_active": ReferralAlreadyOpen()}):
        await db.flush()
    if state is S.submitted:
        await require_not_financed(db, referral)
    db.add(
        ReferralTransition(
            referral_id=referral.id,
            from_state=before,
            to_state=state,
            caller_id=mover.account_id or referral.made_by,
            caller_role=mover.role,
            reason_code=reason.value if reason else None,
            note=note,
        )
    )
    await tell(db, f"referral.{state.value}", referral, mover.caller)
    if state is S.submitted:
        await freeze(db, referral)


async def tell(db: AsyncSession, name: str, referral: Referral, caller: Caller | None) -> None:
    """Record an event about a referral. Of what was never sent to a bank no bank is told."""
    bank = {} if referral.submitted_at is None else {"organization_id": referral.bank_id}
    await outbox.record(db, name, referral.id, by=caller, actor_id=referral.actor_id, scheme=referral.scheme, **bank)


async def require_not_financed(db: AsyncSession, referral: Referral) -> None:
    """Refuse a request beside financing or a request that its scheme excludes. Raises AlreadyFinanced.

    Asked after the request is written: what somebody else did under the same scheme meanwhile is seen then.
    """
    excluded = offers.excluded_beside(referral.scheme)
    standing = or_(
        Referral.state.in_(FINANCED_STATES) & Referral.scheme.in_({*excluded, referral.scheme}),
        Referral.state.in_(ACTIVE_STATES) & Referral.scheme.in_(excluded),
    )
    others = select(Referral.id).where(Referral.actor_id == referral.actor_id, Referral.id != referral.id, standing)
    if await db.scalar(others.limit(1)) is not None:
        raise AlreadyFinanced()


async def end_consent(db: AsyncSession, referral: Referral, caller: Caller | None) -> None:
    """End the consent to a bank whose request came to nothing, unless it is at work on another of the business."""
    if referral.state not in CLOSES_CONSENT or referral.submitted_at is None:
        return
    others = select(Referral.id).where(
        Referral.actor_id == referral.actor_id,
        Referral.bank_id == referral.bank_id,
        Referral.id != referral.id,
        Referral.state.in_(ACTIVE_STATES),
    )
    if await db.scalar(others.limit(1)) is None:
        await end_consents(db, caller, referral.actor_id, referral.bank_id)


async def fresh(db: AsyncSession, referral: Referral) -> Referral:
    """The referral with what the database sets."""
    await db.flush()
    await db.refresh(referral)
    return referral
