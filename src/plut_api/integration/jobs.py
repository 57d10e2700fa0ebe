"""Imports in the worker, and data that is kept no longer.

A run that was killed starts again from the beginning; what is done is not done twice.
"""

from uuid import UUID

import structlog
from procrastinate import JobContext, RetryStrategy
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.models import Actor, Ownership
from plut_api.financing.judging import Cause, recompute
from plut_api.integration import committing, service
from plut_api.integration.files import FileFault
from plut_api.integration.models import DifferenceAction, ImportDifference
from plut_api.integration.retention import apply_retention
from plut_api.kit.database import unit_of_work
from plut_api.kit.jobs import jobs, runtime
from plut_api.kit.outbox import Event, on

log = structlog.get_logger()
MORE_TRIES = 5  # A bit over a minute, long enough for a database that restarts.


@jobs.task(name="imports.run", retry=RetryStrategy(max_attempts=MORE_TRIES, exponential_wait=2), pass_context=True)
async def run_import(context: JobContext, import_id: str) -> None:
    """Work through one file; what still goes wrong at the last try fails the import, so that nobody waits for ever."""
    sessions = runtime().sessions
    async with unit_of_work(sessions) as db:
        await service.begin(db, UUID(import_id))
    try:
        async with unit_of_work(sessions) as db:
            await service.work(db, UUID(import_id))
    except FileFault as fault:
        await _fail(import_id, fault)
    except Exception as error:
        if context.job.attempts < MORE_TRIES:
            raise
        log.error("import_failed", import_id=import_id, error=type(error).__name__)
        await _fail(import_id, FileFault("internal_error"))


@on("import.committed")
async def judge_changed(db: AsyncSession, event: Event) -> None:
    """Judge the businesses that an import changed, and those of people whom it changed; new ones are judged apart."""
    changed = (ImportDifference.import_id == event.subject_id, ImportDifference.action != DifferenceAction.keep)
    people = select(ImportDifference.person_id).where(*changed, ImportDifference.person_id.is_not(None))
    owned = select(Ownership.actor_id).where(Ownership.person_id.in_(people))
    businesses = select(ImportDifference.actor_id).where(*changed, ImportDifference.actor_id.is_not(None))
    await recompute(db, or_(Actor.id.in_(businesses), Actor.id.in_(owned)), cause=Cause.of(event))


@jobs.periodic(cron="23 * * * *")
@jobs.task(name="imports.forget_files", queueing_lock="imports.forget_files")
async def forget_files(timestamp: int) -> None:
    """Remove files that were only tried and that nobody committed in time."""
    async with unit_of_work(runtime().sessions) as db:
        await committing.forget_files(db)


@jobs.periodic(cron="40 17 * * *")  # Twenty to two at night in WITA.
@jobs.task(name="privacy.retention", queueing_lock="privacy.retention")
async def keep_no_longer(timestamp: int) -> None:
    """Remove and empty what the retention rules say has been kept long enough."""
    for done in await apply_retention(runtime().sessions):
        if done.rows:
            log.info("retention", rule=done.rule.code, action=done.rule.action, rows=done.rows)


async def _fail(import_id: str, fault: FileFault) -> None:
    async with unit_of_work(runtime().sessions) as db:
        await service.fail(db, UUID(import_id), fault)
