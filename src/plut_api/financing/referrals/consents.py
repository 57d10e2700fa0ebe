"""By what consent a bank works on a request."""

from uuid import UUID

from sqlalchemy import Select, select

from plut_api.actors.models import Consent, ConsentPurpose
from plut_api.kit import clock


def live_consent(actor_id: UUID, bank_id: UUID) -> Select[UUID]:
    """The consent by which a bank may see a business now."""
    return select(Consent.id).where(
        Consent.actor_id == actor_id,
        Consent.organization_id == bank_id,
        Consent.purpose == ConsentPurpose.financing,
        Consent.withdrawn_at.is_(None),
        Consent.expires_at > clock.now(),
    )
