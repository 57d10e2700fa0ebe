"""What has to hold when a referral goes out to its bank."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.models import Readiness, ReadinessStatus, Referral
from plut_api.financing.problems import ConsentMissing, NotReadyForReferral
from plut_api.financing.referrals import offers
from plut_api.financing.referrals.consents import live_consent
from plut_api.kit import clock
from plut_api.kit.problems import Fault, Invalid, fault
from plut_api.organizations.models import Organization, OrganizationKind


async def require_sendable(db: AsyncSession, referral: Referral) -> None:
    """Refuse to send what is not ready, not consented to, or does not fit (any more) what its bank offers.

    Raises Invalid, ProductNotOffered, NotReadyForReferral, ConsentMissing.
    """
    if faults := await bank_faults(db, referral.bank_id, "#/bank_id"):
        raise Invalid(errors=faults)
    _, faults = await offers.faults_of_asked(
        db, referral.bank_id, referral.product_id, referral.scheme, referral.amount_idr, referral.tenor_months
    )
    if faults:
        raise Invalid(errors=faults)
    await _require_ready(db, referral.actor_id)
    if await db.scalar(live_consent(referral.actor_id, referral.bank_id)) is None:
        raise ConsentMissing()


async def bank_faults(db: AsyncSession, bank_id: UUID, pointer: str) -> list[Fault]:
    """What is wrong with an organization as the bank of a referral."""
    bank = await db.get(Organization, bank_id)
    if bank is not None and bank.kind is OrganizationKind.bank and bank.is_active:
        return []
    return [
        fault(
            pointer,
            "not_an_active_bank",
            id="Pilih bank yang aktif dari /v1/organizations",
            en="Choose an active bank from /v1/organizations",
        )
    ]


async def _require_ready(db: AsyncSession, actor_id: UUID) -> None:
    kept = await db.get(Readiness, actor_id)
    in_force = kept is not None and kept.expires_at is not None and kept.expires_at > clock.now()
    if not in_force or kept is None or kept.status is not ReadinessStatus.ready:
        raise NotReadyForReferral()
