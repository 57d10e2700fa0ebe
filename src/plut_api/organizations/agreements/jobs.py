"""What the worker does about agreements by the clock."""

from plut_api.kit.database import unit_of_work
from plut_api.kit.jobs import jobs, runtime
from plut_api.organizations.agreements.service import end_overdue


@jobs.periodic(cron="5 16 * * *")  # Just after midnight in WITA.
@jobs.task(name="organizations.end_agreements", queueing_lock="organizations.end_agreements")
async def end_agreements(timestamp: int) -> None:
    """End agreements whose last day is over."""
    async with unit_of_work(runtime().sessions) as db:
        await end_overdue(db)
