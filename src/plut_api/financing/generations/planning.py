"""Which run over all is due, and beginning it."""

from datetime import date, datetime, time
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.generations.serving import BRINGS_RULES, BUSINESS, serving, stand_alone
from plut_api.financing.models import Generation, GenerationCause, GenerationState
from plut_api.financing.rules.grammar import RuleSetContent
from plut_api.financing.rules.loading import newest_valid
from plut_api.kit import clock
from plut_api.kit.ids import new_id

BLOCK = 10_000
"""Businesses of one block."""
SWEEPS_FROM = time(0, 10)
"""When a day's run begins (WITA): after thresholds of size classes were followed."""

_BLOCKS = text(
    """
    WITH bounds AS (
        SELECT id, CAST(row_number() OVER (ORDER BY id) AS int) AS number
        FROM (
            SELECT id, row_number() OVER (ORDER BY id) AS place FROM actors
            WHERE erased_at IS NULL AND merged_into IS NULL
        ) living WHERE place % CAST(:block AS int) = 0
    )
    INSERT INTO generation_blocks (generation_id, number, after, until)
    SELECT CAST(:generation AS uuid), n, low.id, high.id
    FROM generate_series(0, (SELECT CAST(count(*) AS int) FROM bounds)) AS n
    LEFT JOIN bounds low ON low.number = n LEFT JOIN bounds high ON high.number = n + 1
    """
)
_LIVING = text("SELECT count(*) FROM actors WHERE erased_at IS NULL AND merged_into IS NULL")


class Due(NamedTuple):
    """A run that is to begin: why, and by which rules."""

    cause: GenerationCause
    rules: RuleSetContent


async def active(db: AsyncSession, subject: str) -> Generation | None:
    """The run under way."""
    return await db.scalar(
        select(Generation).where(Generation.subject == subject, Generation.state == GenerationState.building)
    )


async def begin_due(db: AsyncSession, subject: str) -> Generation | None:
    """The run under way, or the one that is due, begun in this transaction; None if nothing is to be done.

    A run by rules that newer ones have overtaken is given up for a run by these.
    """
    running, due = await active(db, subject), await _due(db, subject)
    if due is None:
        return running
    if running is not None and (due.cause is not GenerationCause.rule_set or running.rule_set == due.rules.version):
        return running
    return await begin(db, subject, due.cause, due.rules)


async def begin(db: AsyncSession, subject: str, cause: GenerationCause, rules: RuleSetContent) -> Generation:
    """Begin a run over all, in blocks; one that is under way is given up.

    Waits until whoever writes results is done: from then on everybody judges by both rule sets.
    """
    await stand_alone(db, subject)
    running = await active(db, subject)
    if running is not None and (running.cause, running.rule_set) == (cause, rules.version):
        return running  # Another worker was faster.
    if running is not None:
        running.state, running.finished_at = GenerationState.abandoned, clock.now()
        await db.flush()
    before = await serving(db, subject)
    generation = Generation(
        id=new_id(),
        subject=subject,
        rule_set=rules.version,
        rule_set_before=before.version,
        cause=cause,
        state=GenerationState.building,
        day=clock.today(),
    )
    db.add(generation)
    await db.flush()
    await _make_blocks(db, generation)
    return generation


async def record_first(db: AsyncSession, subject: str) -> None:
    """Put on record which rules serve from the beginning, unless that is known."""
    known = await db.scalar(
        select(Generation.id).where(Generation.subject == subject, Generation.cause.in_(BRINGS_RULES)).limit(1)
    )
    if known is None:
        await stand_alone(db, subject)
        rules = newest_valid(subject)
        db.add(
            Generation(
                subject=subject,
                rule_set=rules.version,
                cause=GenerationCause.first,
                state=GenerationState.done,
                day=clock.today(),
                finished_at=clock.now(),
            )
        )
        await db.flush()


async def _due(db: AsyncSession, subject: str) -> Due | None:
    """Rules that came into force go before a new day. Older rules never come back by themselves."""
    served, newest = await serving(db, subject), newest_valid(subject)
    if (newest.valid_from, newest.version) > (served.valid_from, served.version):
        return Due(GenerationCause.rule_set, newest)
    now = clock.now().astimezone(clock.WITA)
    if now.time() >= SWEEPS_FROM and not await _was_judged_on(db, subject, now.date()):
        return Due(GenerationCause.new_day, served)
    return None


async def _was_judged_on(db: AsyncSession, subject: str, day: date) -> bool:
    begun_from = datetime.combine(day, SWEEPS_FROM, clock.WITA)
    done: UUID | None = await db.scalar(
        select(Generation.id)
        .where(
            Generation.subject == subject,
            Generation.day == day,
            Generation.state == GenerationState.done,
            Generation.finished_at >= begun_from,
        )
        .limit(1)
    )
    return done is not None


async def _make_blocks(db: AsyncSession, generation: Generation) -> None:
    """Cooperatives are few: they are judged at once, when the run is completed."""
    if generation.subject != BUSINESS:
        return
    await db.execute(_BLOCKS, {"generation": generation.id, "block": BLOCK})
    count = text("SELECT count(*) FROM generation_blocks WHERE generation_id = :generation")
    generation.block_count = await db.scalar(count, {"generation": generation.id}) or 0
    generation.total = await db.scalar(_LIVING) or 0
    await db.flush()
