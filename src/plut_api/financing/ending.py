"""How a request for financing ends without anybody asking for just that: with the consent, or with the person."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.merging.survivors import last_survivor
from plut_api.actors.models import Consent, ConsentPurpose
from plut_api.financing.models import Referral, ReferralState, ReferralTransition
from plut_api.kit import clock, outbox
from plut_api.kit.merging import Of
from plut_api.kit.outbox import Event

UNDECIDED = frozenset({ReferralState.draft, ReferralState.submitted, ReferralState.received, ReferralState.in_review})
"""The bank works on the owner's wish alone, so it ends with the consent. What is approved rests on a contract."""

ENDED_WITH_CONSENT = "Persetujuan pemilik kepada bank ini berakhir."


async def withdraw_open_referrals(
    db: AsyncSession, rows: Sequence[Referral], account_id: UUID | None, role: str, note: str | None = None
) -> None:
    """Withdraw those, locked by the caller, that no bank has decided on. Emits referral.withdrawn."""
    for referral in rows:
        if referral.state not in UNDECIDED:
            continue
        before, referral.state = referral.state, ReferralState.withdrawn
        referral.version += 1
        db.add(
            ReferralTransition(
                referral_id=referral.id,
                from_state=before,
                to_state=referral.state,
                caller_id=account_id or referral.made_by,
                caller_role=role,
                note=note,
            )
        )
        await db.flush()
        await _tell(db, "referral.withdrawn", referral)


def live_consent(actor_id: UUID, bank_id: UUID) -> Select[UUID]:
    """The consent by which a bank may see a business now."""
    return select(Consent.id).where(
        Consent.actor_id == actor_id,
        Consent.organization_id == bank_id,
        Consent.purpose == ConsentPurpose.financing,
        Consent.withdrawn_at.is_(None),
        Consent.expires_at > clock.now(),
    )


async def follow_consent(db: AsyncSession, event: Event) -> None:
    """A consent ended: withdraw what the bank has not decided on, and remind it of what it has approved.

    What was made after the consent ended rests on a new one; so does what moved to a business that has one, into which
    the old one was merged meanwhile. Emits referral.withdrawn, referral.consent_ended.
    """
    actor_id, bank_id = UUID(event.facts["actor_id"]), UUID(event.facts["organization_id"])
    survivor = await last_survivor(db, Of.actors, actor_id)
    if survivor is not None and await db.scalar(live_consent(survivor, bank_id)) is not None:
        return
    query = select(Referral).where(
        Referral.actor_id == (survivor or actor_id),
        Referral.bank_id == bank_id,
        Referral.created_at < event.occurred_at,
    )
    rows = list(await db.scalars(query.order_by(Referral.id).with_for_update()))
    await withdraw_open_referrals(db, rows, event.caller_id, "system", ENDED_WITH_CONSENT)
    for referral in rows:
        if referral.state is ReferralState.approved:
            await _tell(db, "referral.consent_ended", referral)


async def _tell(db: AsyncSession, name: str, referral: Referral) -> None:
    await outbox.record(db, name, referral.id, by=None, actor_id=referral.actor_id, organization_id=referral.bank_id)
