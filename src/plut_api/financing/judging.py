"""Judging businesses by the rules in force: set-based, in blocks, never sending anything to a bank."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, any_, bindparam, case, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.models import Actor
from plut_api.financing.models import Readiness, ReadinessStatus
from plut_api.financing.projection import refresh_rows
from plut_api.financing.rules.compiling import judge
from plut_api.financing.rules.loading import rules_in_force
from plut_api.kit import clock
from plut_api.reference.rules import rule_values

BLOCK = 5000
"""Businesses judged by one statement."""


async def recompute(db: AsyncSession, condition: ColumnElement[bool]) -> None:
    """Judge the businesses that meet a condition on `actors` by the rules in force, and refresh their rows.

    A confirmation ends when its business is no longer ready. The businesses are locked first, in order of id, so that
    two recomputations of one business come one after the other and the later one sees what the earlier one saw.
    """
    judged = select(Actor.id).where(condition, Actor.erased_at.is_(None), Actor.merged_into.is_(None))
    actor_ids = list(await db.scalars(judged.order_by(Actor.id).with_for_update(key_share=True)))
    values = await rule_values(db, "") if actor_ids else {}
    for start in range(0, len(actor_ids), BLOCK):
        await _judge_again(db, values, actor_ids[start : start + BLOCK])


async def _judge_again(db: AsyncSession, values: Mapping[str, int], actor_ids: Sequence[UUID]) -> None:
    rules = rules_in_force()
    judged = judge(rules, values, Actor.id == any_(bindparam("actor_ids", type_=ARRAY(Uuid)))).cte("fresh")
    statement = insert(Readiness).from_select(
        ["actor_id", "rule_set", "status", "score", "results", "computed_at"],
        select(
            judged.c.actor_id,
            literal(rules.version),
            judged.c.status,
            judged.c.score,
            judged.c.results,
            literal(clock.now()),
        ),
    )
    fresh = statement.excluded
    still = fresh.status == ReadinessStatus.ready.value
    kept = {
        name: case((still, getattr(Readiness, name)), else_=None)
        for name in ("confirmed_at", "confirmed_by", "confirmed_note", "expires_at")
    }
    connection = await db.connection()  # The session would take the parameter for a row to insert.
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=[Readiness.actor_id],
            set_={name: fresh[name] for name in ("rule_set", "status", "score", "results", "computed_at")} | kept,
        ),
        {"today": clock.today(), "actor_ids": actor_ids},
    )
    await refresh_rows(db, actor_ids)
