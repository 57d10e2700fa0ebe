"""What the worker does for this room: judge again when facts change, and materialise what has run out."""

from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.models import Actor, Consent
from plut_api.actors.service.consents import THIS_TRANSACTION
from plut_api.financing import due
from plut_api.financing.ending import follow_consent
from plut_api.financing.generations import counting, hold_still
from plut_api.financing.generations.building import run_due
from plut_api.financing.models import Exit
from plut_api.financing.projection import expire_due, refresh_rows
from plut_api.kit import audit, clock
from plut_api.kit.database import unit_of_work
from plut_api.kit.jobs import jobs, runtime
from plut_api.kit.outbox import Event, on
from plut_api.kit.sync_tokens import RETENTION

WORK = (due, counting)
"""Imported for their side effect: noting whom events are about, and jobs."""


@on("actor.size_changed")
async def show_size(db: AsyncSession, event: Event) -> None:
    """Show banks the new size class; no rule reads it, so nothing is judged."""
    shown = select(Actor.id).where(Actor.id == event.subject_id, Actor.erased_at.is_(None))
    if actor_id := await db.scalar(shown.with_for_update(key_share=True)):
        await refresh_rows(db, [actor_id])


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
        await hold_still(db)
        await expire_due(db)
        ended = await db.scalars(
            update(Consent)
            .where(Consent.withdrawn_at.is_(None), Consent.expires_at <= clock.now())
            .values(withdrawn_at=Consent.expires_at, change_xid=THIS_TRANSACTION)
            .returning(Consent.id)
        )
        audit.record(db, audit.Action.changed, "consents", ended, after={"withdrawn_at": "expires_at"})


@jobs.periodic(cron="* * * * *")
@jobs.task(name="financing.generations", queueing_lock="financing.generations")
async def judge_all_due(timestamp: int) -> None:
    """Judge all anew by rules that came into force, or once a day; go on with what another worker left."""
    await run_due(runtime().sessions)


@jobs.periodic(cron="10 16 * * *")  # Ten past midnight in WITA.
@jobs.task(name="financing.new_day", queueing_lock="financing.new_day")
async def begin_day(timestamp: int) -> None:
    """Judge anew what time alone may have changed, and forget exits that no token can ask for any more."""
    await run_due(runtime().sessions)
    async with unit_of_work(runtime().sessions) as db:
        await db.execute(delete(Exit).where(Exit.created_at < clock.now() - RETENTION - timedelta(days=1)))
