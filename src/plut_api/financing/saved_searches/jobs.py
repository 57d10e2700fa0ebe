"""What the worker does about saved searches by the clock."""

from plut_api.financing.saved_searches.counting import count_next
from plut_api.kit import clock
from plut_api.kit.database import unit_of_work
from plut_api.kit.jobs import jobs, runtime

AT_MOST = 2000
"""Searches a run counts; the next one goes on with those that were counted longest ago."""


@jobs.periodic(cron="*/5 * * * *")
@jobs.task(name="ready_list.digests", queueing_lock="ready_list.digests")
async def count_saved_searches(timestamp: int) -> None:
    """Count new rows for each saved search, each in a transaction of its own, and tell banks of them."""
    began = clock.now()
    for _ in range(AT_MOST):
        async with unit_of_work(runtime().sessions) as db:
            if await count_next(db, began) is None:
                return
