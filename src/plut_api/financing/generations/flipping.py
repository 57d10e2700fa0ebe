"""One transaction in which results by the new rules take the place of those that served, for all businesses at once.

Whoever reads sees the old ones until it commits. Confirmations end where a business is no longer ready; rows of the
ready list are stamped as changed only where banks are served something else.
"""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.models import Actor
from plut_api.financing.generations.serving import rule_set_called
from plut_api.financing.history.comparing import NEW_ID, moment
from plut_api.financing.judging import BLOCK, RULE_SET, Judging, judge_beside
from plut_api.financing.models import Generation
from plut_api.financing.projection import refresh_rows
from plut_api.kit import audit, clock
from plut_api.reference.rules import rule_values

_PATIENCE = "SET LOCAL lock_timeout = '800ms'"
"""Shorter than PostgreSQL waits before it looks for a deadlock: rather this transaction gives way than a request."""
_MISSING = text(
    """
    SELECT a.id FROM actors a
    WHERE a.erased_at IS NULL AND a.merged_into IS NULL AND NOT EXISTS (
        SELECT FROM readiness_next n WHERE n.actor_id = a.id AND n.generation_id = :generation
    ) LIMIT :most
    """
)
_LISTED = text(
    """
    SELECT r.actor_id, n.status <> 'ready' AS ends FROM readiness r JOIN readiness_next n ON n.actor_id = r.actor_id
    WHERE r.expires_at IS NOT NULL AND n.generation_id = :generation ORDER BY r.actor_id
    """
)
_NOTE = text(
    f"""
    WITH noted AS (
        INSERT INTO readiness_changes (id, actor_id, rule_set, from_rule_set, from_status, to_status, from_score,
            to_score, rules, cause, created_at)
        SELECT {NEW_ID}, n.actor_id, :rule_set, n.old_rule_set, n.old_status, n.status, n.old_score, n.score,
            coalesce(n.changed, k.changed, '[]'), :cause, :now
        FROM readiness_next n LEFT JOIN readiness_kinds k ON k.id = n.kind_id
        WHERE n.generation_id = :generation AND (coalesce(n.changed, k.changed) IS NOT NULL
            OR n.old_status IS DISTINCT FROM n.status OR n.old_score IS DISTINCT FROM n.score)
        RETURNING from_status, to_status
    )
    SELECT count(*) AS changed,
        count(*) FILTER (WHERE to_status = 'ready' AND from_status IS DISTINCT FROM 'ready') AS added,
        count(*) FILTER (WHERE to_status <> 'ready' AND from_status = 'ready') AS dropped
    FROM noted
    """  # noqa: S608 (an expression of ours)
)
_SERVE = text(
    """
    UPDATE readiness r SET rule_set = :rule_set, status = n.status, score = n.score,
        results = coalesce(n.results, k.results), computed_at = n.computed_at,
        confirmed_at = CASE WHEN n.status = 'ready' THEN r.confirmed_at END,
        confirmed_by = CASE WHEN n.status = 'ready' THEN r.confirmed_by END,
        confirmed_note = CASE WHEN n.status = 'ready' THEN r.confirmed_note END,
        expires_at = CASE WHEN n.status = 'ready' THEN r.expires_at END
    FROM readiness_next n LEFT JOIN readiness_kinds k ON k.id = n.kind_id
    WHERE n.actor_id = r.actor_id AND n.generation_id = :generation
    """
)
_SERVE_FIRST = text(
    """
    INSERT INTO readiness (actor_id, rule_set, status, score, results, computed_at)
    SELECT n.actor_id, :rule_set, n.status, n.score, coalesce(n.results, k.results), n.computed_at
    FROM readiness_next n LEFT JOIN readiness_kinds k ON k.id = n.kind_id
    WHERE n.generation_id = :generation AND n.old_status IS NULL
    """
)


class Flipped(NamedTuple):
    """What other rules changed: results, who became ready and who no longer is, confirmations that ended."""

    changed: int
    added: int
    dropped: int
    confirmations_ended: int


async def flip(db: AsyncSession, generation: Generation) -> Flipped | None:
    """Let the results of a generation serve; None, and nothing is changed, if too many of them are missing.

    The caller stands alone (`serving.stand_alone`). A few that are missing, as of businesses registered a moment ago,
    are judged here.
    """
    await db.execute(text(_PATIENCE))
    given = {"generation": generation.id}
    missing = list(await db.scalars(_MISSING, {**given, "most": BLOCK + 1}))
    if len(missing) > BLOCK:
        return None
    if missing:
        rules = Judging(await rule_set_called(db, generation.rule_set), await rule_values(db, ""))
        await judge_beside(db, rules, generation.id, Actor.id.in_(missing))
    listed = (await db.execute(_LISTED, given)).all()
    told = {"rule_set": generation.rule_set, "cause": RULE_SET.name, "now": clock.now(), "moment": moment()}
    counts = (await db.execute(_NOTE, given | told)).one()
    await db.execute(_SERVE, given | {"rule_set": generation.rule_set})
    await db.execute(_SERVE_FIRST, given | {"rule_set": generation.rule_set})
    ended: list[UUID] = [row.actor_id for row in listed if row.ends]
    audit.record(db, audit.Action.changed, "readiness", ended, after={"confirmed_at": None})
    ids = [row.actor_id for row in listed]
    for start in range(0, len(ids), BLOCK):
        await refresh_rows(db, ids[start : start + BLOCK])
    return Flipped(counts.changed, counts.added, counts.dropped, len(ended))
