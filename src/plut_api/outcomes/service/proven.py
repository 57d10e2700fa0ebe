"""Which level is proven now, by what evidence shows and by what follow-ups found since."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit.caller import Caller
from plut_api.outcomes.models import Cause, Evidence, EvidenceState, Outcome, OutcomeLevel
from plut_api.outcomes.service.moving import move_level


async def level_proven(db: AsyncSession, outcome: Outcome) -> int | None:
    """The highest level that evidence in force proves; None if there is none.

    Where a follow-up found a level fallen, evidence handed in before proves no more than what was found, whenever it is
    decided on; later evidence proves what it proves.
    """
    query = select(OutcomeLevel).where(OutcomeLevel.outcome_id == outcome.id, OutcomeLevel.cause == Cause.follow_up)
    found = await db.scalar(query.order_by(OutcomeLevel.created_at.desc(), OutcomeLevel.id.desc()).limit(1))
    rows = await db.execute(
        select(Evidence.verified_level, Evidence.created_at).where(
            Evidence.outcome_id == outcome.id, Evidence.state == EvidenceState.verified
        )
    )
    levels: list[int] = []
    for level, handed_in_at in rows:
        if level is None:
            continue
        if found is None or handed_in_at > found.created_at:
            levels.append(level)
        elif found.level is not None:
            levels.append(min(level, found.level))
    return max(levels, default=None)


async def rise(
    db: AsyncSession, outcome: Outcome, evidence: Evidence, *, cause: Cause, by: Caller | None, at: datetime | None
) -> OutcomeLevel | None:
    """Move a locked outcome up to what new evidence proves; it never falls by that. Returns the move, if there is one.

    A level whose proof has had its time stands, so what was reached counts beside what evidence shows.
    """
    known = [level for level in (outcome.reached_level, await level_proven(db, outcome)) if level is not None]
    return await move_level(db, outcome, max(known, default=None), cause=cause, by=by, evidence_id=evidence.id, at=at)


async def fall(
    db: AsyncSession, outcome: Outcome, evidence: Evidence, *, cause: Cause, by: Caller | None, at: datetime | None
) -> OutcomeLevel | None:
    """Move a locked outcome down to what remains without evidence that holds no longer. Returns the move, if any.

    Where more than that evidence proved is reached, the level rests on something else, and stays.
    """
    reached, lost = outcome.reached_level, evidence.verified_level
    if reached is None or lost is None or lost < reached:
        return None
    rest = await level_proven(db, outcome)
    left = rest if rest is None else min(rest, reached)
    return await move_level(db, outcome, left, cause=cause, by=by, evidence_id=evidence.id, at=at)
