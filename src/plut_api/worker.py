"""The worker: runs queued jobs, relays events to their handlers, and does what is due each minute."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import cache
from importlib import import_module

import procrastinate
import structlog
from procrastinate.periodic import PeriodicRegistry
from sqlalchemy import delete, func
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from plut_api.integration.webhooks.delivering import send_due, send_for_ever
from plut_api.kit.audit.jobs import in_its_own_name
from plut_api.kit.database import make_engine, unit_of_work
from plut_api.kit.files.uploads.service import forget_abandoned
from plut_api.kit.idempotency import KEPT, IdempotentAnswer
from plut_api.kit.jobs import NAMESPACE, Runtime, enter_runtime, jobs, runtime
from plut_api.kit.messages.delivering import deliver_due, deliver_for_ever
from plut_api.kit.rate_limits import forget_old_windows
from plut_api.kit.relay import relay
from plut_api.settings import Settings

log = structlog.get_logger()

ROOMS_WITH_WORK = (
    "plut_api.kit.audit.jobs",
    "plut_api.kit.files.jobs",
    "plut_api.identity.jobs",
    "plut_api.facilities.handlers",
    "plut_api.programs.handlers",
    "plut_api.programs.attendance.handlers",
    "plut_api.programs.certificates.handlers",
    "plut_api.programs.waiting.jobs",
    "plut_api.programs.overlaps.jobs",
    "plut_api.outcomes.handlers",
    "plut_api.actors.telling",
    "plut_api.actors.duplicates.jobs",
    "plut_api.actors.size_jobs",
    "plut_api.identity.messages.notices",
    "plut_api.actors.notices",
    "plut_api.organizations.agreements.jobs",
    "plut_api.programs.sponsors.jobs",
    "plut_api.consulting.handlers",
    "plut_api.consulting.jobs",
    "plut_api.cooperatives.jobs",
    "plut_api.cooperatives.exemptions",
    "plut_api.outcomes.follow_ups.jobs",
    "plut_api.financing.handlers",
    "plut_api.financing.notices",
    "plut_api.financing.products.jobs",
    "plut_api.financing.products.handlers",
    "plut_api.financing.saved_searches.jobs",
    "plut_api.financing.referrals.jobs",
    "plut_api.financing.objections.notices",
    "plut_api.financing.dossiers.handlers",
    "plut_api.integration.jobs",
    "plut_api.integration.webhooks.notices",
)
IDLE = timedelta(milliseconds=300)
CONCURRENCY = 4


@cache
def _tasks() -> procrastinate.App:
    """An application that knows every task of every room; a blueprint can be added only once in a process."""
    for room in ROOMS_WITH_WORK:
        import_module(room)
    app = procrastinate.App(connector=procrastinate.PsycopgConnector())
    app.add_tasks_from(jobs, namespace=NAMESPACE)
    return app


def _connector(settings: Settings) -> procrastinate.PsycopgConnector:
    """The queue's own connections; it listens on the direct address, past a pooler."""
    url = settings.database_direct_url or settings.database_url
    if url is None:
        raise ValueError("PLUT_DATABASE_URL is not set")
    dsn = make_url(url.get_secret_value()).set(drivername="postgresql").render_as_string(hide_password=False)
    options = f"-c search_path={settings.database_schema}"
    return procrastinate.PsycopgConnector(conninfo=dsn, kwargs={"options": options}, min_size=1, max_size=CONCURRENCY)


async def run_worker(settings: Settings) -> None:
    """Work until cancelled. A job that was running when the process died is taken up again."""
    async with _entered(settings) as app, asyncio.TaskGroup() as tasks:
        tasks.create_task(_relay_for_ever())
        tasks.create_task(deliver_for_ever(settings, runtime().sessions))
        tasks.create_task(send_for_ever(settings, runtime().sessions))
        tasks.create_task(
            app.run_worker_async(
                concurrency=CONCURRENCY,
                install_signal_handlers=False,
                delete_jobs="successful",
                worker_middleware=[in_its_own_name],
            )
        )


async def work_off(settings: Settings) -> None:
    """Do everything that is queued or due to be relayed, then return. For tests, seeds and one-off commands.

    What is done by the clock stays with the worker that runs for ever.
    """
    async with _entered(settings) as app:
        app.periodic_registry = PeriodicRegistry()  # type: ignore[no-untyped-call]
        while True:
            await app.run_worker_async(
                wait=False,
                install_signal_handlers=False,
                listen_notify=False,
                delete_jobs="successful",
                worker_middleware=[in_its_own_name],
            )
            async with unit_of_work(runtime().sessions) as db:
                relayed = await relay(db)
            delivered = await deliver_due(settings, runtime().sessions)
            sent = await send_due(settings, runtime().sessions)
            if not relayed and not delivered and not sent:
                return


@contextlib.asynccontextmanager
async def _entered(settings: Settings) -> AsyncIterator[procrastinate.App]:
    url = settings.database_url
    if url is None:
        raise ValueError("PLUT_DATABASE_URL is not set")
    engine = make_engine(url.get_secret_value(), settings)
    enter_runtime(Runtime(settings, engine))
    by_the_clock = _tasks().periodic_registry
    try:
        with _tasks().replace_connector(_connector(settings)) as app:
            async with app.open_async():
                yield app
    finally:
        _tasks().periodic_registry = by_the_clock
        await engine.dispose()


async def _relay_for_ever() -> None:
    while True:
        try:
            async with unit_of_work(runtime().sessions) as db:
                relayed = await relay(db)
        except (OSError, SQLAlchemyError) as error:  # A database that restarts must not end the worker.
            log.error("relay_failed", error=type(error).__name__)
            relayed = 0
        if not relayed:
            await asyncio.sleep(IDLE.total_seconds())


@jobs.periodic(cron="*/10 * * * *")
@jobs.task(name="kit.tidy", queueing_lock="kit.tidy")
async def tidy(timestamp: int) -> None:
    """Forget stored answers, quota windows and unfinished uploads that have had their time."""
    async with unit_of_work(runtime().sessions) as db:
        await db.execute(delete(IdempotentAnswer).where(IdempotentAnswer.created_at < func.now() - KEPT))
        await forget_old_windows(db)
        await forget_abandoned(db)


@jobs.periodic(cron="* * * * *")
@jobs.task(name="kit.revive", queueing_lock="kit.revive", pass_context=True)
async def revive(context: procrastinate.JobContext, timestamp: int) -> None:
    """Queue again what a killed worker left half done; every task is safe to run twice."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=60):
        await manager.retry_job(job)
