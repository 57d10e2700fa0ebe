"""Judging businesses and cooperatives by the rules that serve: set-based, in blocks, never sending anything to a bank.

While another rule set is being judged beside (`generations`), whoever is judged is judged by both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, Uuid, and_, any_, bindparam, case, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.models import Actor
from plut_api.cooperatives.models import Cooperative
from plut_api.financing.generations.serving import (
    BUSINESS,
    COOPERATIVE,
    coming,
    hold_still,
    rule_set_called,
    serving,
)
from plut_api.financing.history.comparing import Sorted, compared_fully, note_changes, sorted_out
from plut_api.financing.models import CooperativeReadiness, NextKind, NextReadiness, Readiness, ReadinessStatus
from plut_api.financing.projection import refresh_rows
from plut_api.financing.rules.compiling import judge, verdicts
from plut_api.financing.rules.grammar import RuleSetContent
from plut_api.kit import clock
from plut_api.kit.outbox import Event
from plut_api.reference.rules import rule_values

BLOCK = 5000
"""Businesses judged by one statement."""

_RESULT = ("rule_set", "status", "score", "results")
_CONFIRMATION = ("confirmed_at", "confirmed_by", "confirmed_note", "expires_at")
READY = ReadinessStatus.ready.value
_IDS = any_(bindparam("ids", type_=ARRAY(Uuid)))
LIVING = and_(Actor.erased_at.is_(None), Actor.merged_into.is_(None))
"""Businesses that are judged."""


@dataclass(frozen=True)
class Cause:
    """Why somebody is judged: the name of an event, or of what is done, and the event."""

    name: str
    event_id: UUID | None = None

    @classmethod
    def of(cls, event: Event) -> "Cause":
        """An event as a cause."""
        return cls(event.name, event.id)


RECOMPUTE = Cause("recompute")
NEW_DAY = Cause("new_day")
RULE_SET = Cause("rule_set")
CONFIRMED = Cause("confirmed")


@dataclass(frozen=True)
class Judging:
    """By what somebody is judged: rules, and the dated values in force."""

    rules: RuleSetContent
    values: Mapping[str, int]

    def sorted_out(self, table: Any, condition: ColumnElement[bool]) -> Sorted:
        """What the rules find of those who meet a condition, in brief, beside what is on file in a table."""
        fresh = verdicts(self.rules, self.values, condition).cte("fresh")
        return sorted_out(fresh, table, _id_in(table), [rule.code for rule in self.rules.rules])

    def compared_fully(self, table: Any, condition: ColumnElement[bool]) -> CTE:
        """The same with values, days and evidence."""
        return compared_fully(judge(self.rules, self.values, condition).cte("fresh"), table, _id_in(table))


Causes = Cause | str | Mapping[UUID, Cause]
"""One cause for all, or one for each by id."""


async def recompute(db: AsyncSession, condition: ColumnElement[bool], *, cause: Causes = RECOMPUTE) -> None:
    """Judge the businesses that meet a condition on `actors` by the rules that serve, and refresh their rows.

    A confirmation ends when its business is no longer ready. What differs is noted in the history, with its cause. The
    businesses are locked first, in order of id, so that two recomputations of one business come one after the other
    and the later one sees what the earlier one saw.
    """
    await hold_still(db, BUSINESS)
    living = select(Actor.id).where(condition, LIVING)
    actor_ids = list(await db.scalars(living.order_by(Actor.id).with_for_update(key_share=True)))
    if not actor_ids:
        return
    values = await rule_values(db, "")
    judging = Judging(await serving(db, BUSINESS), values)
    generation = await coming(db, BUSINESS)
    for start in range(0, len(actor_ids), BLOCK):
        block = actor_ids[start : start + BLOCK]
        await _judge_again(db, Readiness, judging, block, cause)
        if generation is not None:
            rules = await rule_set_called(db, generation.rule_set)
            await judge_beside(db, Judging(rules, values), generation.id, Actor.id == _IDS, block)
        await refresh_rows(db, block)


async def recompute_cooperatives(
    db: AsyncSession, condition: ColumnElement[bool], *, cause: Causes = RECOMPUTE
) -> None:
    """The same for the cooperatives that meet a condition on `cooperatives`; they stand on no list."""
    await hold_still(db, COOPERATIVE)
    await judge_cooperatives(db, await serving(db, COOPERATIVE), condition, cause=cause)


async def judge_cooperatives(
    db: AsyncSession, rules: RuleSetContent, condition: ColumnElement[bool], *, cause: Causes
) -> None:
    """Judge cooperatives by these rules, in a transaction that holds the serving rule set still."""
    locked = select(Cooperative.id).where(condition).order_by(Cooperative.id).with_for_update(key_share=True)
    ids = list(await db.scalars(locked))
    judging = Judging(rules, await rule_values(db, "") if ids else {})
    for start in range(0, len(ids), BLOCK):
        await _judge_again(db, CooperativeReadiness, judging, ids[start : start + BLOCK], cause)


async def judge_beside(
    db: AsyncSession,
    judging: Judging,
    generation_id: UUID,
    condition: ColumnElement[bool],
    ids: Sequence[UUID] | None = None,
) -> None:
    """Judge businesses by a coming rule set and keep that beside what serves.

    With `ids` (and a condition on them) what is there of this generation is judged again, because facts changed.
    Without, it is left alone: whoever wrote it saw at least the facts that this statement sees.
    """
    found, again = judging.sorted_out(Readiness, and_(condition, LIVING)), ids is not None
    other = select(found.beside, found.kinds.c.id.label("kind_id")).join(found.kinds, found.same).cte("compared")
    kinds = insert(NextKind).from_select(
        ["id", "generation_id", "results", "changed"],
        select(found.kinds.c.id, literal(generation_id), found.kinds.c.results, found.kinds.c.changed),
    )
    rows = _beside(other, ["kind_id"], generation_id, again=again, where=other.c.status != READY)
    statement = rows.add_cte(kinds.cte("kept_kinds"))
    ready = await _keep(db, statement, other, {} if ids is None else {"ids": ids})
    if ready:
        other = judging.compared_fully(Readiness, and_(Actor.id == _IDS, LIVING))
        await _execute(db, _beside(other, ["results", "changed"], generation_id, again=again), {"ids": ready})


def _beside(other: CTE, found: Sequence[str], generation_id: UUID, *, again: bool, where: Any = None) -> Any:
    told = ("status", "score", "old_rule_set", "old_status", "old_score", *found)
    rows = select(other.c.subject_id, literal(generation_id), literal(clock.now()), *(other.c[name] for name in told))
    columns = ["actor_id", "generation_id", "computed_at", *told]
    statement = insert(NextReadiness).from_select(columns, rows if where is None else rows.where(where))
    every = ("generation_id", "computed_at", *told, *({"kind_id", "results", "changed"} - set(found)))
    return statement.on_conflict_do_update(
        index_elements=[NextReadiness.actor_id],
        set_={name: statement.excluded[name] for name in every},
        where=None if again else NextReadiness.generation_id != statement.excluded.generation_id,
    )


async def _judge_again(db: AsyncSession, table: Any, judging: Judging, ids: Sequence[UUID], cause: Causes) -> None:
    """Write the results of these, where they differ, and what differs into the history."""
    causes = [cause[one] for one in ids] if isinstance(cause, Mapping) else [_cause(cause)] * len(ids)
    given = {"ids": ids, "causes": [one.name for one in causes], "events": [one.event_id for one in causes]}
    these = (Actor.id if table is Readiness else Cooperative.id) == _IDS
    other = judging.sorted_out(table, these).together
    ready = await _keep(db, _in_place(other, table, judging, where=other.c.status != READY), other, given)
    if ready:
        left = set(ready)
        given = {name: [v for v, one in zip(given[name], ids, strict=True) if one in left] for name in given}
        other = judging.compared_fully(table, these)
        await _execute(db, _in_place(other, table, judging), given)


def _in_place(other: CTE, table: Any, judging: Judging, *, where: Any = None) -> Any:
    version, of_table = judging.rules.version, _id_in(table)
    kept = other if where is None else select(other).where(where).cte("kept")
    rows = select(kept.c.subject_id, literal(version), kept.c.status, kept.c.score, kept.c.results)
    statement = insert(table).from_select(
        [of_table.key, *_RESULT, "computed_at"], rows.add_columns(literal(clock.now()))
    )
    excluded = statement.excluded
    still = excluded.status == READY
    confirmed = {name: case((still, getattr(table, name)), else_=None) for name in _CONFIRMATION}
    statement = statement.on_conflict_do_update(
        index_elements=[of_table],
        set_={name: excluded[name] for name in (*_RESULT, "computed_at")} | confirmed,
        where=or_(*(getattr(table, name).is_distinct_from(excluded[name]) for name in _RESULT)),
    )
    return statement.add_cte(note_changes(kept, of_table.key, version))


async def _keep(db: AsyncSession, statement: Any, other: CTE, given: Mapping[str, Any]) -> list[UUID]:
    """Keep who is not ready, in brief; who is, to be kept in full."""
    ready = select(other.c.subject_id).where(other.c.status == READY).order_by(other.c.subject_id)
    return list((await _execute(db, ready.add_cte(statement.cte("written")), given)).scalars())


async def _execute(db: AsyncSession, statement: Any, given: Mapping[str, Any]) -> Any:
    connection = await db.connection()  # The session would take the parameter for a row to insert.
    return await connection.execute(statement, {"today": clock.today(), **given})


def _id_in(table: Any) -> Any:
    return table.actor_id if table is Readiness else table.cooperative_id


def _cause(cause: Cause | str) -> Cause:
    return Cause(cause) if isinstance(cause, str) else cause
