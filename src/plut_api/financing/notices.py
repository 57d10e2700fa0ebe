"""What the worker tells owners about financing: that their business is ready, and how a bank decides."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.models import Actor
from plut_api.actors.notices import living_owners
from plut_api.financing.models import Readiness, Referral
from plut_api.kit import clock, messages
from plut_api.kit.outbox import Event, on
from plut_api.organizations.models import Organization


@on("readiness.confirmed")
async def tell_of_readiness(db: AsyncSession, event: Event) -> None:
    """Tell the owners that their business is confirmed, if it still is."""
    query = (
        select(Actor.name, Readiness.expires_at)
        .join(Readiness, Readiness.actor_id == Actor.id)
        .where(Actor.id == event.subject_id, Readiness.expires_at > clock.now())
    )
    row = (await db.execute(query)).first()
    if row is None or row.expires_at is None:
        return
    facts = {"business": row.name, "valid_until": row.expires_at.astimezone(clock.WITA).date()}
    owners = await living_owners(db, event.subject_id)
    letters = [messages.Letter(person_id, facts, str(event.id)) for person_id in owners]
    await messages.send_all(db, template="readiness_confirmed", letters=letters)


@on(
    "referral.received",
    "referral.in_review",
    "referral.info_requested",
    "referral.approved",
    "referral.rejected",
    "referral.expired",
    "referral.disbursed",
    "referral.closed",
)
async def tell_of_referral(db: AsyncSession, event: Event) -> None:
    """Tell the owners what the bank did with their request."""
    query = (
        select(Actor.id, Actor.name, Organization.name.label("bank"))
        .join(Referral, Referral.actor_id == Actor.id)
        .join(Organization, Organization.id == Referral.bank_id)
        .where(Referral.id == event.subject_id)
    )
    row = (await db.execute(query)).first()
    if row is None:
        return
    facts = {"business": row.name, "bank": row.bank, "state": event.name.partition(".")[2]}
    letters = [messages.Letter(person_id, facts, str(event.id)) for person_id in await living_owners(db, row.id)]
    await messages.send_all(db, template="referral_moved", letters=letters)
