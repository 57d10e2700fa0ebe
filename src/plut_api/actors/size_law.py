"""A law changes the thresholds: every business is derived anew on the day it comes into force, block by block.

`size_laws` keeps which thresholds were applied and how far. A block and how far it comes are one transaction, so a run
that was killed goes on where it was, and running again changes nothing. What the law changed is told apart from what
the business did: whoever is about to report figures lets the law have its say first (`let_law_speak`).
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Actor, SizeCause, SizeLaw
from plut_api.actors.size import SizeRules, size_rules
from plut_api.actors.size_changes import BLOCK, derive_sizes
from plut_api.kit import audit, clock
from plut_api.kit.database import unit_of_work

_ONE_AT_A_TIME = func.pg_advisory_xact_lock(func.hashtext("size_laws"))


@dataclass(frozen=True)
class Followed:
    """What applying the thresholds in force did by now: businesses seen, and those whose class is another."""

    law_id: UUID
    seen: int
    changed: int
    finished: bool


async def follow_law(sessions: async_sessionmaker[AsyncSession]) -> Followed:
    """Apply the thresholds in force to every business, unless that was done; then nothing is written."""
    while True:
        async with unit_of_work(sessions) as db:
            done = await follow_block(db)
        if done.finished:
            return done


async def follow_block(db: AsyncSession, block: int = BLOCK) -> Followed:
    """Apply them to the next block, and note how far that is. Emits actor.size_changed for each that changed."""
    await db.execute(select(_ONE_AT_A_TIME))
    rules = await size_rules(db)
    law = await db.scalar(_newest_law().with_for_update())
    if law is None or law.bounds != rules.bounds:
        law = SizeLaw(
            bounds=dict(rules.bounds), valid_from=max(rules.valid_from.values()), seen_count=0, changed_count=0
        )
        db.add(law)
        await db.flush()
    if law.finished_at is None:
        await _apply(db, law, rules, block)
    return Followed(law.id, law.seen_count, law.changed_count, law.finished_at is not None)


async def _apply(db: AsyncSession, law: SizeLaw, rules: SizeRules, block: int) -> None:
    living = select(Actor.id).where(Actor.erased_at.is_(None), Actor.merged_into.is_(None))
    if law.reached is not None:
        living = living.where(Actor.id > law.reached)
    actor_ids = list(await db.scalars(living.order_by(Actor.id).limit(block)))
    changed = await derive_sizes(db, actor_ids, SizeCause.law, rules=rules)
    told = {"cause": SizeCause.law.value, "size_law": str(law.id), "valid_from": law.valid_from.isoformat()}
    audit.record(db, audit.Action.changed, "actors", changed, after=told)
    law.reached = actor_ids[-1] if actor_ids else law.reached
    law.seen_count += len(actor_ids)
    law.changed_count += len(changed)
    if len(actor_ids) < block:
        law.finished_at = clock.now()
    await db.flush()


async def let_law_speak(db: AsyncSession, actor_ids: list[UUID]) -> None:
    """Derive businesses by new thresholds that may not have reached them, before their figures change.

    Costs one statement where nothing is to be applied. The businesses should be locked by now.
    """
    law = await db.scalar(_newest_law())
    if law is None:
        return
    rules = await size_rules(db)
    if law.finished_at is None or law.bounds != rules.bounds:
        await derive_sizes(db, actor_ids, SizeCause.law, rules=rules)


def _newest_law() -> Select[SizeLaw]:
    return select(SizeLaw).order_by(SizeLaw.id.desc()).limit(1)
