"""Counting whom a rule set would add or drop, as a job: it takes minutes. Only counts are kept."""

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.generations.diffs import compare
from plut_api.financing.generations.problems import RuleSetNotFound, RuleSetsNotComparable
from plut_api.financing.generations.serving import rule_set_called
from plut_api.financing.models import RuleSetDiff
from plut_api.financing.rules.grammar import RuleSetContent
from plut_api.kit import clock
from plut_api.kit.database import unit_of_work
from plut_api.kit.ids import new_id
from plut_api.kit.jobs import NAMESPACE, RETRY, defer, jobs, runtime


async def asked_diff(db: AsyncSession, old: str, new: str) -> RuleSetDiff:
    """The counts of today, or a row that will have them: then a job counts.

    Raises RuleSetNotFound, RuleSetsNotComparable.
    """
    before, after = await _rules(db, old), await _rules(db, new)
    if before.subject != after.subject:
        raise RuleSetsNotComparable()
    day = clock.today()
    fresh = insert(RuleSetDiff).values(id=new_id(), old=old, new=new, day=day).on_conflict_do_nothing()
    diff_id = await db.scalar(fresh.returning(RuleSetDiff.id))
    if diff_id is not None:
        await defer(db, f"{NAMESPACE}:financing.count_diff", diff_id=str(diff_id))
    of_day = select(RuleSetDiff).where(RuleSetDiff.old == old, RuleSetDiff.new == new, RuleSetDiff.day == day)
    return (await db.scalars(of_day)).one()


@jobs.task(name="financing.count_diff", retry=RETRY)
async def count_diff(diff_id: str) -> None:
    """Judge everybody by both rule sets, and keep the counts."""
    sessions = runtime().sessions
    async with sessions() as db:
        asked = await db.get(RuleSetDiff, UUID(diff_id))
        if asked is None or asked.counts is not None:
            return
        rules = [await rule_set_called(db, version) for version in (asked.old, asked.new)]
    diff = await compare(sessions, *rules)
    async with unit_of_work(sessions) as db:
        counted = update(RuleSetDiff).where(RuleSetDiff.id == UUID(diff_id))
        await db.execute(counted.values(counts=diff.as_rows(), finished_at=clock.now()))


async def _rules(db: AsyncSession, version: str) -> RuleSetContent:
    try:
        return await rule_set_called(db, version)
    except LookupError:
        raise RuleSetNotFound() from None
