"""What became of participants of the sample 3, 6 and 12 months later: answered, missed, or due now."""

import random
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import clock
from plut_api.kit.caller import Caller
from plut_api.kit.clock import WITA, clock_at
from plut_api.outcomes.follow_ups.answering import answer
from plut_api.outcomes.follow_ups.models import FollowUp, FollowUpState, UseAnswer
from plut_api.outcomes.follow_ups.planning import miss_some, open_some
from plut_api.outcomes.follow_ups.queries import standing
from plut_api.outcomes.follow_ups.schemas import FollowUpAnswer
from plut_api.outcomes.models import Outcome
from plut_api.programs.models import Enrolment, Program
from plut_api.sample.accompanying import consultants_in
from plut_api.sample.accounts import owner_with_account

EVERY = 10
"""Days between two rounds; the worker asks every day."""
DUE = 30
"""Days before today from which on most of what is asked is not answered yet."""
_ALL_WELL = text(
    """
    UPDATE follow_ups f SET state = 'answered', business = 'running', channel = 'phone', answered_by = :by,
        sales = CASE get_byte(decode(md5(f.enrolment_id\\:\\:text || f.number), 'hex'), 0) % 4
            WHEN 0 THEN 'same' WHEN 1 THEN 'less' ELSE 'more' END,
        answered_at = :at, next_reminder_on = NULL, version = version + 1,
        uses = coalesce((
            SELECT jsonb_object_agg(o.dimension,
                jsonb_build_object('answer', 'yes', 'before', o.reached_level, 'after', o.reached_level))
            FROM outcomes o
            WHERE o.enrolment_id = f.enrolment_id AND o.reached_level > coalesce(o.baseline_level, 0)), '{}')
    WHERE f.id = ANY(:ids)
    """
)


async def follow_up(db: AsyncSession, consultants: Sequence[Caller], chance: random.Random) -> str:
    """Ask round by round, as the worker does each day, and let most answer; what came of it, in words."""
    today = clock.today()
    day = today - timedelta(days=630)
    while day <= today:
        with clock_at(datetime.combine(day, time(8, 30), WITA)):
            await miss_some(db)
            if await open_some(db):
                await _answered(db, day, consultants, chance, few=(today - day).days < DUE)
        day += timedelta(days=min(EVERY, max(1, (today - day).days)))
    await _by_themselves(db)
    counts = (
        await db.execute(select(FollowUp.state, func.count()).group_by(FollowUp.state).order_by(FollowUp.state))
    ).all()
    return "follow-ups: " + ", ".join(f"{count:,} {state.value}" for state, count in counts)


async def _asked(db: AsyncSession, day: date) -> Sequence[Row[Any]]:
    query: Any = (
        select(FollowUp.id, FollowUp.enrolment_id, Program.regency_codes)
        .join(Enrolment, Enrolment.id == FollowUp.enrolment_id)
        .join(Program, Program.id == Enrolment.program_id)
        .where(FollowUp.state == FollowUpState.open, FollowUp.asked_on == day)
    )
    return (await db.execute(query.order_by(FollowUp.enrolment_id, FollowUp.number))).all()


async def _answered(
    db: AsyncSession, day: date, consultants: Sequence[Caller], chance: random.Random, *, few: bool
) -> None:
    """A consultant calls: most say that all is well; of some a level has fallen; some do not answer."""
    well: dict[UUID, list[UUID]] = {}
    for row in await _asked(db, day):
        helper, _ = consultants_in(row.regency_codes[0], consultants)
        draw = chance.random() + (0.55 if few else 0.0)
        if draw < 0.07:
            await _fallen(db, helper, row, chance)
        elif draw < 0.7:
            well.setdefault(helper.id, []).append(row.id)
    for by, ids in well.items():
        await db.execute(_ALL_WELL, {"by": by, "ids": ids, "at": clock.now() + timedelta(hours=3)})


async def _fallen(db: AsyncSession, helper: Caller, row: Row[Any], chance: random.Random) -> None:
    closed = chance.random() < 0.15
    uses = [UseAnswer.no] if closed else [UseAnswer.no, UseAnswer.partly, UseAnswer.yes, UseAnswer.yes]
    given = await _given(db, row.enrolment_id, [chance.choice(uses) for _ in range(5)])
    given["answers"] |= {"business": "closed"} if closed else {"business": "running", "sales": "less"}
    await answer(db, helper, row.id, FollowUpAnswer.model_validate(given | {"channel": "phone"}))


async def _by_themselves(db: AsyncSession) -> None:
    """Some of those who are asked now answer in the app."""
    query = select(FollowUp.id, FollowUp.enrolment_id, Enrolment.person_id)
    query = query.join(Enrolment, Enrolment.id == FollowUp.enrolment_id).where(FollowUp.state == FollowUpState.open)
    for row in (await db.execute(query.order_by(FollowUp.due_on, FollowUp.enrolment_id).limit(6))).all():
        owner = await owner_with_account(db, person_id=row.person_id)
        given = await _given(db, row.enrolment_id, [UseAnswer.yes] * 5)
        given["answers"] |= {"business": "running", "sales": "more"}
        await answer(db, owner, row.id, FollowUpAnswer.model_validate(given))


async def _given(db: AsyncSession, enrolment_id: UUID, uses: Sequence[UseAnswer]) -> dict[str, dict[str, Any]]:
    query = select(Outcome.dimension).where(Outcome.enrolment_id == enrolment_id, standing())
    asked = (await db.scalars(query.order_by(Outcome.dimension))).all()
    told = [{"dimension": one, "answer": use} for one, use in zip(asked, uses, strict=False)]
    return {"answers": {"still_in_use": told}}
