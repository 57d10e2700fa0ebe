"""What the worker does when what is on offer changes: the ready list tells anew which products fit whom."""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, any_, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Actor
from plut_api.financing.generations.serving import BUSINESS, hold_still
from plut_api.financing.models import ReadyRow
from plut_api.financing.products.matching import fitting
from plut_api.financing.projection import refresh_rows
from plut_api.kit import clock
from plut_api.kit.database import unit_of_work
from plut_api.kit.jobs import NAMESPACE, RETRY, defer, jobs, runtime
from plut_api.kit.outbox import Event, on
from plut_api.reference.rules import rule_values

BLOCK = 2000
"""Businesses whose products are compared by one statement."""
REFIT = f"{NAMESPACE}:financing.refit"
_WAITING = text("SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE task_name = :task AND status = 'todo')")


@on("financing_product.published", "financing_product.changed", "financing_product.closed")
async def refit_later(db: AsyncSession, event: Event) -> None:
    """Queue one pass over the list; of several that wait only the last does the work."""
    await defer(db, REFIT, lock=REFIT)


@jobs.task(name="financing.refit", retry=RETRY)
async def refit_list() -> None:
    """Bring the products that fit up to date, unless another pass waits behind this one."""
    sessions = runtime().sessions
    async with sessions() as db:
        if await db.scalar(_WAITING, {"task": REFIT}):
            return
    await refit(sessions)


async def refit(sessions: async_sessionmaker[AsyncSession]) -> int:
    """Compare block by block which products fit those on the list, and refresh the rows that differ; how many did.

    Each block is a transaction of its own, so that nobody waits for a pass over all.
    """
    refreshed, after = 0, None
    while True:
        async with unit_of_work(sessions) as db:
            await hold_still(db, BUSINESS)
            block = list(await db.scalars(_block(after)))
            if not block:
                return refreshed
            differing = await _differing(db, block)
            if differing:
                locked = select(Actor.id).where(_among(differing)).order_by(Actor.id)
                await db.execute(locked.with_for_update(key_share=True))
                await refresh_rows(db, differing)
            refreshed, after = refreshed + len(differing), block[-1]


def _block(after: UUID | None) -> Select[UUID]:
    query = select(ReadyRow.actor_id).order_by(ReadyRow.actor_id).limit(BLOCK)
    return query if after is None else query.where(ReadyRow.actor_id > after)


def _among(actor_ids: list[UUID]) -> ColumnElement[bool]:
    return Actor.id == any_(bindparam("among", actor_ids, type_=ARRAY(Uuid)))


async def _differing(db: AsyncSession, actor_ids: list[UUID]) -> list[UUID]:
    fitted = (await fitting(db, await rule_values(db, ""), clock.today())).where(_among(actor_ids)).subquery()
    query = select(ReadyRow.actor_id, ReadyRow.fits, fitted.c.product_ids)
    rows = await db.execute(query.join(fitted, fitted.c.actor_id == ReadyRow.actor_id).order_by(ReadyRow.actor_id))
    return [row.actor_id for row in rows if set(row.fits or ()) != set(row.product_ids)]
