"""The worker keeps beside each dossier how it would stand now: behind its wall no bank could compare for itself."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.models import Ownership, owns
from plut_api.financing.dossiers import service
from plut_api.kit.outbox import Event, on


@on(
    *("actor.changed", "actor.size_changed", "actor.status_changed", "figures.recorded"),
    *("owner.added", "owner.changed", "owner.ended", "enrolment.completed", "enrolment.changed"),
    *("outcome.verified", "outcome.level_changed", "certificate.issued", "certificate.revoked"),
    *("readiness.confirmed", "readiness.confirmation_withdrawn", "consent.given"),
)
async def compare_dossiers(db: AsyncSession, event: Event) -> None:
    """Compare the dossiers of the business that an event names, or of those of the person it names."""
    if actor_id := event.facts.get("actor_id"):
        await _compare(db, UUID(actor_id))
    elif person_id := event.facts.get("person_id"):
        await _compare_of_owner(db, UUID(person_id))


@on("person.changed")
async def compare_dossiers_of_owner(db: AsyncSession, event: Event) -> None:
    """Compare the dossiers of every business of the person that changed."""
    await _compare_of_owner(db, event.subject_id)


async def _compare_of_owner(db: AsyncSession, person_id: UUID) -> None:
    owned = select(Ownership.actor_id).where(Ownership.person_id == person_id, owns())
    for actor_id in await db.scalars(owned.order_by(Ownership.actor_id)):
        await _compare(db, actor_id)


async def _compare(db: AsyncSession, actor_id: UUID) -> None:
    for row, referral in await service.dossiers_with_banks(db, actor_id):
        await service.compare(db, row, referral)
