"""Running over all: blocks until none is left, then completing. Broken off anywhere, it goes on where it was.

A block is one transaction that holds the block's lock and marks it done with its results; a worker that dies leaves it
free at once. While rules come into force, results are kept beside those that serve; else they are written where they
differ. Nothing is sent to anybody.
"""

import asyncio
from collections.abc import Callable
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select, true, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Actor
from plut_api.financing.generations.flipping import Flipped, flip
from plut_api.financing.generations.planning import active, begin_due
from plut_api.financing.generations.serving import (
    BRINGS_RULES,
    BUSINESS,
    hold_still,
    rule_set_called,
    serving,
    stand_alone,
    subjects_with_rules,
)
from plut_api.financing.history.comparing import found_on_file
from plut_api.financing.judging import (
    LIVING,
    Judging,
    judge_beside,
    judge_cooperatives,
    recompute,
)
from plut_api.financing.models import Generation, GenerationBlock, GenerationState, NextKind, NextReadiness, Readiness
from plut_api.financing.rules.compiling import verdicts
from plut_api.kit import clock
from plut_api.kit.database import unit_of_work
from plut_api.reference.rules import rule_values

_LOCK_NOT_AVAILABLE = "55P03"
LANES = 2
"""Blocks that one worker has judged at a time: as many as a small machine has cores."""
Sessions = async_sessionmaker[AsyncSession]
Told = Callable[[Generation], None]
log = structlog.get_logger()


async def run_due(sessions: Sessions, told: Told | None = None) -> None:
    """Begin what is due and do all that is under way, for every subject that there are rules for."""
    for subject in subjects_with_rules():
        async with unit_of_work(sessions) as db:
            generation = await begin_due(db, subject)
        if generation is not None:
            done = await run(sessions, subject, told)
            if done is not None:
                log.info("readiness_judged", rule_set=done.rule_set, cause=done.cause.value, changed=done.changed)
        else:
            await _forget_leftovers(sessions)


async def run(sessions: Sessions, subject: str, told: Told | None = None) -> Generation | None:
    """Do what is left of the run under way, together with whoever else is at it, and complete it.

    The run if it was completed here, None if another worker is at its end.
    """
    while True:
        await asyncio.gather(*(_work(sessions, subject, told) for _ in range(LANES)))
        try:
            async with unit_of_work(sessions) as db:
                done = await complete(db, subject)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
                raise
            log.warning("readiness_gave_way", subject=subject)  # The next minute tries again.
            return None
        if done is None or done.state is not GenerationState.building:
            break
        if not await _is_any_free(sessions, subject):
            return None  # Others are at the last blocks, and complete the run.
    if done is not None and told is not None:
        told(done)
    await _forget_leftovers(sessions)
    return done


async def work_block(db: AsyncSession, subject: str) -> Generation | None:
    """Judge the next block that nobody is at, and mark it done; the run that it is of, None if there is none."""
    await hold_still(db, subject)
    free = _free(subject).order_by(GenerationBlock.number).limit(1)
    block = await db.scalar(free.with_for_update(of=GenerationBlock, skip_locked=True))
    if block is None:
        return None
    generation = await db.get_one(Generation, block.generation_id)
    changed = await _judge_block(db, generation, _within(block))
    block.done_at = clock.now()
    await db.flush()
    counted = (
        update(Generation)
        .where(Generation.id == generation.id)
        .values(blocks_done=Generation.blocks_done + 1, changed=Generation.changed + changed)
    )
    await db.execute(counted.execution_options(synchronize_session=False))
    await db.refresh(generation)
    return generation


async def complete(db: AsyncSession, subject: str) -> Generation | None:
    """End a run whose blocks are all done; where it brings rules, these serve from this transaction on.

    The run as it is now, None if there is none. One that lacks results has free blocks again.
    """
    generation = await active(db, subject)
    if generation is None or generation.blocks_done < generation.block_count:
        return generation
    await stand_alone(db, subject)
    await db.refresh(generation)
    if generation.state is not GenerationState.building or generation.blocks_done < generation.block_count:
        return generation  # Another worker was faster.
    if subject != BUSINESS:
        rules = await rule_set_called(db, generation.rule_set)
        await judge_cooperatives(db, rules, true(), cause=generation.cause.value)
    elif generation.cause in BRINGS_RULES:
        flipped = await flip(db, generation)
        if flipped is None:
            await _begin_again(db, generation)
            return generation
        _tell(generation, flipped)
    generation.state, generation.finished_at = GenerationState.done, clock.now()
    await db.flush()
    blocks = delete(GenerationBlock).where(GenerationBlock.generation_id == generation.id)
    await db.execute(blocks.execution_options(synchronize_session=False))
    return generation


async def _work(sessions: Sessions, subject: str, told: Told | None) -> None:
    while True:
        async with unit_of_work(sessions) as db:
            generation = await work_block(db, subject)
        if generation is None:
            return
        if told is not None:
            told(generation)


async def _judge_block(db: AsyncSession, generation: Generation, within: ColumnElement[bool]) -> int:
    """Who was judged again because something differs, or may; of results beside it is counted when they serve."""
    values = await rule_values(db, "")
    if generation.cause in BRINGS_RULES:
        rules = await rule_set_called(db, generation.rule_set)
        await judge_beside(db, Judging(rules, values), generation.id, within)
        return 0
    rules = await serving(db, generation.subject)
    fresh = verdicts(rules, values, and_(within, LIVING)).subquery("fresh")
    differs = or_(
        Readiness.rule_set.is_distinct_from(rules.version),
        Readiness.confirmed_at.is_not(None),  # Banks are also shown of which day it is.
        *(getattr(Readiness, name).is_distinct_from(fresh.c[name]) for name in ("status", "score")),
        found_on_file(Readiness.results) != func.to_jsonb(fresh.c.verdicts),
    )
    changed = select(fresh.c.subject_id).outerjoin(Readiness, Readiness.actor_id == fresh.c.subject_id).where(differs)
    ids = list(await db.scalars(changed, {"today": clock.today()}))
    if ids:
        await recompute(db, Actor.id.in_(ids), cause=generation.cause.value)
    return len(ids)


async def _begin_again(db: AsyncSession, generation: Generation) -> None:
    """Results are missing, as after a crash of the database: every block is looked at again."""
    again = update(GenerationBlock).where(GenerationBlock.generation_id == generation.id).values(done_at=None)
    await db.execute(again.execution_options(synchronize_session=False))
    generation.blocks_done = 0
    await db.flush()


def _tell(generation: Generation, flipped: Flipped) -> None:
    generation.changed, generation.added, generation.dropped = flipped.changed, flipped.added, flipped.dropped
    generation.confirmations_ended = flipped.confirmations_ended


def _free(subject: str) -> Select[GenerationBlock]:
    of_run = select(Generation.id).where(Generation.subject == subject, Generation.state == GenerationState.building)
    return select(GenerationBlock).where(
        GenerationBlock.done_at.is_(None), GenerationBlock.generation_id == of_run.scalar_subquery()
    )


async def _is_any_free(sessions: Sessions, subject: str) -> bool:
    async with unit_of_work(sessions) as db:
        free = _free(subject).limit(1).with_for_update(of=GenerationBlock, skip_locked=True)
        return await db.scalar(free) is not None


def _within(block: GenerationBlock) -> ColumnElement[bool]:
    after: ColumnElement[bool] = true() if block.after is None else Actor.id > block.after
    return after if block.until is None else and_(after, Actor.id <= block.until)


async def _forget_leftovers(sessions: Sessions) -> None:
    """Remove results beside that no run is for any more."""
    async with unit_of_work(sessions) as db:
        running = select(Generation.id).where(Generation.state == GenerationState.building)
        left: Select[UUID] = select(NextReadiness.actor_id).where(NextReadiness.generation_id.not_in(running))
        if await db.scalar(select(func.count()).select_from(left.limit(1).subquery())):
            for table in (NextReadiness, NextKind):
                gone = delete(table).where(table.generation_id.not_in(running))
                await db.execute(gone.execution_options(synchronize_session=False))
