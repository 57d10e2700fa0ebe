"""What the worker does about follow-ups, each day: miss those that are over, open those due, remind."""

from collections.abc import Awaitable, Callable

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit.database import unit_of_work
from plut_api.kit.jobs import jobs, runtime
from plut_api.outcomes.follow_ups.planning import BLOCK, miss_some, open_some, remind_some

log = structlog.get_logger()
Step = Callable[[AsyncSession], Awaitable[int]]


@jobs.periodic(cron="30 0 * * *")  # Half past eight in the morning in WITA.
@jobs.task(name="outcomes.follow_up", queueing_lock="outcomes.follow_up")
async def follow_up(timestamp: int) -> None:
    """Do what the day asks for, and what days without a worker left undone; running it twice changes nothing more."""
    missed, opened, reminded = [await _all_of(step) for step in (miss_some, open_some, remind_some)]
    log.info("follow_ups", missed=missed, opened=opened, reminded=reminded)


async def _all_of(step: Step) -> int:
    """A step, block by block, each in a transaction of its own."""
    total = 0
    while True:
        async with unit_of_work(runtime().sessions) as db:
            done = await step(db)
        total += done
        if done < BLOCK:
            return total
