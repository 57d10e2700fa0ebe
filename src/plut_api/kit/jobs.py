"""Background work: procrastinate, whose queue is a PostgreSQL table, so a job is queued in the caller's transaction.

Rooms register tasks on the blueprint: `@jobs.task(name="imports.run")`, and queue them as `plut:imports.run`.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import orjson
import procrastinate
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from plut_api.kit.database import session_factory
from plut_api.settings import Settings

NAMESPACE = "plut"
jobs = procrastinate.Blueprint()

RETRY = procrastinate.RetryStrategy(max_attempts=12, exponential_wait=2)
"""Twelve tries with doubling pauses, a bit over an hour in all."""


@dataclass(frozen=True)
class Runtime:
    """What a task needs of the worker it runs in."""

    settings: Settings
    engine: AsyncEngine

    @property
    def sessions(self) -> async_sessionmaker[AsyncSession]:
        """Sessions on the worker's engine."""
        return session_factory(self.engine)


@dataclass(frozen=True)
class Job:
    """A task to queue. Jobs that share a lock run one after another, in the order queued."""

    task: str
    args: dict[str, Any] = field(default_factory=dict)
    lock: str | None = None


_runtimes: list[Runtime] = []
_DEFER = text(
    "SELECT procrastinate_defer_jobs_v1(array_agg("
    "ROW('default', task, 0, lock, NULL, args, NULL)::procrastinate_job_to_defer_v1 ORDER BY number))"
    " FROM ROWS FROM (jsonb_to_recordset(CAST(:jobs AS jsonb)) AS (task text, args jsonb, lock text))"
    " WITH ORDINALITY AS job (task, args, lock, number)"
)


def enter_runtime(runtime: Runtime) -> None:
    """Say in which worker this process's tasks run."""
    _runtimes[:] = [runtime]


def runtime() -> Runtime:
    """The worker that the present task runs in. Raises LookupError outside a worker."""
    if not _runtimes:
        raise LookupError("no worker runs in this process")
    return _runtimes[0]


async def defer(db: AsyncSession, task: str, *, lock: str | None = None, **args: Any) -> None:
    """Queue one task in the present transaction."""
    await defer_all(db, [Job(task, args, lock)])


async def defer_all(db: AsyncSession, queued: Sequence[Job]) -> None:
    """Queue tasks in the present transaction, in order, with one statement."""
    if queued:
        packed = orjson.dumps([asdict(job) for job in queued], default=str).decode()
        await db.execute(_DEFER, {"jobs": packed})
