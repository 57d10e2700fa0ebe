"""What the worker does for this room."""

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.identity.codes import REMEMBERED
from plut_api.identity.models import OneTimeCode
from plut_api.identity.once import forget_used_ones
from plut_api.identity.refresh import forget_old_tokens
from plut_api.identity.revocations import forget_old_revocations
from plut_api.identity.staff.links import forget_old_links
from plut_api.kit import clock
from plut_api.kit.database import unit_of_work
from plut_api.kit.jobs import jobs, runtime


@jobs.periodic(cron="*/10 * * * *")
@jobs.task(name="identity.forget_used_ones", queueing_lock="identity.forget_used_ones")
async def forget_used(timestamp: int) -> None:
    """Forget assertions and proofs that would be refused for their age by now."""
    async with unit_of_work(runtime().sessions) as db:
        await forget_used_ones(db)


@jobs.periodic(cron="7 * * * *")
@jobs.task(name="identity.tidy", queueing_lock="identity.tidy")
async def tidy(timestamp: int) -> None:
    """Forget codes and refresh tokens that have had their time."""
    async with unit_of_work(runtime().sessions) as db:
        await forget_what_is_over(db)


async def forget_what_is_over(db: AsyncSession) -> None:
    """The work of `tidy`."""
    await db.execute(delete(OneTimeCode).where(OneTimeCode.created_at <= clock.now() - REMEMBERED))
    await forget_old_tokens(db)
    await forget_old_links(db)
    await forget_old_revocations(db)
