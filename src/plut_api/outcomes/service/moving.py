"""How the level proven moves: `move_level` is its only writer, and each move stays on record."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller
from plut_api.outcomes.models import Cause, Outcome, OutcomeLevel
from plut_api.programs.models import Enrolment


async def move_level(
    db: AsyncSession,
    outcome: Outcome,
    level: int | None,
    *,
    cause: Cause,
    by: Caller | None,
    evidence_id: UUID | None = None,
    follow_up_id: UUID | None = None,
    at: datetime | None = None,
) -> OutcomeLevel | None:
    """Say which level (0 to 4) of an outcome is proven now, up or down; None is that nothing proves one any more.

    `outcome` must be locked by the caller's transaction (enrolment first, then outcome) and have a baseline. Returns
    the move on record, or None if the level stays as it is. `by` is None when a row of this system moved it, `at` now
    by default. Emits outcome.level_changed with the facts `level`, `before_level` (each 0 to 4 or null) and `cause`,
    whereupon figures and readiness follow.
    """
    before = outcome.reached_level
    if level == before:
        return None
    now = at or clock.now()
    outcome.reached_level = level
    outcome.reached_at = None if level is None else now
    outcome.version += 1
    db.add(outcome)
    move = OutcomeLevel(
        outcome_id=outcome.id,
        before_level=before,
        level=level,
        cause=cause,
        evidence_id=evidence_id,
        follow_up_id=follow_up_id,
        by_id=by.id if by else None,
        rubric_version=outcome.rubric_version,
        created_at=now,
    )
    db.add(move)
    await db.flush()
    await db.refresh(outcome)
    enrolment = await db.get_one(Enrolment, outcome.enrolment_id)
    await outbox.record(
        db,
        "outcome.level_changed",
        outcome.id,
        by=by,
        enrolment_id=enrolment.id,
        program_id=enrolment.program_id,
        person_id=enrolment.person_id,
        actor_id=outcome.actor_id,
        dimension=outcome.dimension.value,
        level=level,
        before_level=before,
        cause=cause.value,
    )
    return move
