"""What the worker does for this room: judge again when facts change, and materialise what has run out."""

from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.models import Actor, Consent, Ownership, owns
from plut_api.actors.service.consents import THIS_TRANSACTION
from plut_api.financing.ending import follow_consent
from plut_api.financing.judging import BLOCK, recompute
from plut_api.financing.models import Exit, Readiness
from plut_api.financing.projection import expire_due, refresh_rows
from plut_api.financing.rules.loading import rules_in_force
from plut_api.kit import audit, clock
from plut_api.kit.database import unit_of_work
from plut_api.kit.jobs import jobs, runtime
from plut_api.kit.outbox import Event, on
from plut_api.kit.sync_tokens import RETENTION


@on(
    "actor.registered",
    "actor.changed",
    "actor.status_changed",
    "owner.added",
    "owner.changed",
    "owner.ended",
    "figures.recorded",
    "outcome.verified",
    "outcome.level_changed",
    "enrolment.completed",
    "enrolment.changed",
)
async def judge_business(db: AsyncSession, event: Event) -> None:
    """Judge the business that an event names; what is for no business counts for those of the person it names."""
    if actor_id := event.facts.get("actor_id"):
        await recompute(db, Actor.id == UUID(actor_id))
    elif person_id := event.facts.get("person_id"):
        await recompute(db, _owned_by(UUID(person_id)))


@on("person.changed")
async def judge_businesses_of_owner(db: AsyncSession, event: Event) -> None:
    """Judge every business of the person that changed."""
    await recompute(db, _owned_by(event.subject_id))


@on("actor.size_changed")
async def show_size(db: AsyncSession, event: Event) -> None:
    """Show banks the new size class; no rule reads it, so nothing is judged."""
    shown = select(Actor.id).where(Actor.id == event.subject_id, Actor.erased_at.is_(None))
    if actor_id := await db.scalar(shown.with_for_update(key_share=True)):
        await refresh_rows(db, [actor_id])


@on("import.committed")
async def judge_import(db: AsyncSession, event: Event) -> None:
    """Judge every business that came with an import."""
    await recompute(db, Actor.import_id == event.subject_id)


@on("consent.withdrawn")
async def end_what_rests_on_consent(db: AsyncSession, event: Event) -> None:
    """A business withdrew its consent to a bank; of a cooperative there are no referrals."""
    if "actor_id" in event.facts:
        await follow_consent(db, event)


@jobs.periodic(cron="* * * * *")
@jobs.task(name="financing.expire", queueing_lock="financing.expire")
async def expire(timestamp: int) -> None:
    """Materialise what reads already treat as ended: confirmations and consents that have run out."""
    async with unit_of_work(runtime().sessions) as db:
        await expire_due(db)
        ended = await db.scalars(
            update(Consent)
            .where(Consent.withdrawn_at.is_(None), Consent.expires_at <= clock.now())
            .values(withdrawn_at=Consent.expires_at, change_xid=THIS_TRANSACTION)
            .returning(Consent.id)
        )
        audit.record(db, audit.Action.changed, "consents", ended, after={"withdrawn_at": "expires_at"})


@jobs.periodic(cron="10 16 * * *")  # Ten past midnight in WITA.
@jobs.task(name="financing.new_day", queueing_lock="financing.new_day")
async def begin_day(timestamp: int) -> None:
    """Judge anew what time alone may have changed, and forget exits that no token can ask for any more."""
    while await judge_outdated():
        pass
    async with unit_of_work(runtime().sessions) as db:
        await db.execute(delete(Exit).where(Exit.created_at < clock.now() - RETENTION - timedelta(days=1)))


async def judge_outdated() -> int:
    """Judge a block of businesses whose result is of other rules, or confirmed and of another day; how many there were.

    So an activated rule set reaches every result, and the ready list only where what banks are served differs.
    """
    midnight = datetime.combine(clock.today(), time(), clock.WITA)
    outdated = or_(
        Readiness.rule_set != rules_in_force().version,
        Readiness.confirmed_at.is_not(None) & (Readiness.computed_at < midnight),
    )
    async with unit_of_work(runtime().sessions) as db:
        actor_ids = list(await db.scalars(select(Readiness.actor_id).where(outdated).limit(BLOCK)))
        if actor_ids:
            await recompute(db, Actor.id.in_(actor_ids))
        return len(actor_ids)


def _owned_by(person_id: UUID) -> ColumnElement[bool]:
    return Actor.id.in_(select(Ownership.actor_id).where(Ownership.person_id == person_id, owns()))
