"""What the worker does for the audit log: seal it each minute, and say in whose name jobs change things."""

from collections.abc import Awaitable, Callable
from typing import Any

from plut_api.kit.audit.context import acting_as
from plut_api.kit.audit.sealing import BLOCK, seal
from plut_api.kit.database import unit_of_work
from plut_api.kit.jobs import NAMESPACE, jobs, runtime


@jobs.periodic(cron="* * * * *")
@jobs.task(name="audit.seal", queueing_lock="audit.seal")
async def seal_entries(timestamp: int) -> None:
    """Seal what has committed since, in as many blocks as it takes."""
    while True:
        async with unit_of_work(runtime().sessions) as db:
            if await seal(db) < BLOCK:
                return


async def in_its_own_name(call_next: Callable[[], Awaitable[Any]], context: Any, worker: Any) -> Any:
    """Let a job run as itself: what it changes are entries of `job:imports.run`."""
    with acting_as(f"job:{context.job.task_name.removeprefix(f'{NAMESPACE}:')}"):
        return await call_next()
