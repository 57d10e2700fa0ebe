"""What counts is said once in Python and once in SQL: the same of every outcome there can be."""

from itertools import product

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.kit import clock
from plut_api.kit.database import unit_of_work
from plut_api.outcomes.counting import counted
from plut_api.outcomes.models import Dimension, Outcome
from plut_api.outcomes.rubric import counts
from tests.factories import Make

LEVELS = (None, 0, 1, 2, 3, 4)


async def test_the_condition_says_what_the_function_says(
    make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    possible = [
        (baseline, target, reached)
        for baseline, target, reached in product(LEVELS, LEVELS, LEVELS)
        if target != 0 and (baseline is None or target is None or target > baseline)
    ]
    program = await make.program(seats=len(possible))
    enrolments = [await make.enrolment(program) for _ in range(len(possible) // len(Dimension) + 1)]
    seats = product(enrolments, Dimension)
    rows = [
        Outcome(
            enrolment_id=enrolment.id,
            dimension=dimension,
            rubric_version="1",
            baseline_level=baseline,
            target_level=target,
            reached_level=reached,
            reached_at=None if reached is None else clock.now(),
        )
        for (enrolment, dimension), (baseline, target, reached) in zip(seats, possible, strict=False)
    ]
    async with unit_of_work(sessions) as db:
        db.add_all(rows)

    async with sessions() as db:
        told = (
            await db.execute(
                select(
                    Outcome.baseline_level,
                    Outcome.target_level,
                    Outcome.reached_level,
                    func.coalesce(counted(), False).label("counted"),
                )
            )
        ).all()

    assert len(told) == len(possible)
    assert [row for row in told if row.counted is not counts(*row[:3])] == []
    assert any(row.counted for row in told)
