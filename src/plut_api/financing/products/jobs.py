"""What the worker does about products by the clock."""

from plut_api.financing.products.publishing import close_overdue
from plut_api.kit.database import unit_of_work
from plut_api.kit.jobs import jobs, runtime


@jobs.periodic(cron="10 16 * * *")  # Just after midnight in WITA.
@jobs.task(name="financing.close_products", queueing_lock="financing.close_products")
async def close_products(timestamp: int) -> None:
    """Close products whose last day is over, and tell of those whose first day it is."""
    async with unit_of_work(runtime().sessions) as db:
        await close_overdue(db)
