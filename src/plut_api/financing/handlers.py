"""What the worker does for this room: judge again when facts change, and materialise what has run out."""

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.models import Actor, Consent, Ownership
from plut_api.actors.service.consents import THIS_TRANSACTION
from plut_api.financing.projection import expire_due, recompute
from plut_api.kit import clock
from plut_api.kit.database import unit_of_work
from plut_api.kit.jobs import jobs, runtime
from plut_api.kit.outbox import Event, on


@on("actor.registered", "actor.changed", "figures.recorded", "outcome.verified", "enrolment.completed")
async def judge_business(db: AsyncSession, event: Event) -> None:
    """Judge the business that an event names, if it names one."""
    actor_id = event.facts.get("actor_id")
    if actor_id:
        await recompute(db, Actor.id == UUID(actor_id))


@on("person.changed")
async def judge_businesses_of_owner(db: AsyncSession, event: Event) -> None:
    """Judge every business of the person that changed."""
    owned = select(Ownership.actor_id).where(Ownership.person_id == event.subject_id)
    await recompute(db, Actor.id.in_(owned))


@on("import.committed")
async def judge_import(db: AsyncSession, event: Event) -> None:
    """Judge every business that came with an import."""
    await recompute(db, Actor.import_id == event.subject_id)


@jobs.periodic(cron="* * * * *")
@jobs.task(name="financing.expire", queueing_lock="financing.expire")
async def expire(timestamp: int) -> None:
    """Materialise what reads already treat as ended: confirmations and consents that have run out."""
    async with unit_of_work(runtime().sessions) as db:
        await expire_due(db)
        await db.execute(
            update(Consent)
            .where(Consent.withdrawn_at.is_(None), Consent.expires_at <= clock.now())
            .values(withdrawn_at=Consent.expires_at, change_xid=THIS_TRANSACTION)
        )
