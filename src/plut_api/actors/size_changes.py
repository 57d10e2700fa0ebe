"""Bringing size classes up to date, set by set, with a row of history for every class that changed."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    TextClause,
    Uuid,
    any_,
    bindparam,
    case,
    column,
    func,
    insert,
    literal,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.models import Actor, SizeCause, SizeChange
from plut_api.actors.size import BASES, SizeRules, derived_sizes, size_rules
from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller
from plut_api.kit.ids import new_ids

BLOCK = 5000
"""Businesses derived by one statement."""
_IDS = ARRAY(Uuid)


async def derive_sizes(
    db: AsyncSession,
    actor_ids: Sequence[UUID],
    cause: SizeCause,
    *,
    by: Caller | None = None,
    rules: SizeRules | None = None,
) -> list[UUID]:
    """Bring the size classes of businesses up to date, and say which changed; others are not touched.

    Emits actor.size_changed for each. Businesses that were erased or live on in another stay as they are. The others
    are locked first, in order of id.
    """
    in_force = rules or await size_rules(db)
    changed: list[UUID] = []
    for start in range(0, len(actor_ids), BLOCK):
        changed += await _derive_block(db, sorted(actor_ids[start : start + BLOCK]), cause, by, in_force)
    return changed


async def derive_size(db: AsyncSession, actor_id: UUID, cause: SizeCause, *, by: Caller | None = None) -> bool:
    """The same for one business; whether its class changed."""
    return bool(await derive_sizes(db, [actor_id], cause, by=by))


async def _derive_block(
    db: AsyncSession, asked: Sequence[UUID], cause: SizeCause, by: Caller | None, rules: SizeRules
) -> list[UUID]:
    wanted = Actor.id == any_(bindparam("actor_ids", asked, type_=_IDS))
    living = select(Actor.id).where(wanted, Actor.erased_at.is_(None), Actor.merged_into.is_(None))
    actor_ids = list(await db.scalars(living.order_by(Actor.id).with_for_update(key_share=True)))
    if not actor_ids:
        return []
    connection = await db.connection()  # The session would take the parameters for a row to insert.
    rows = await connection.execute(
        _statement(rules, cause), {"actor_ids": actor_ids, "change_ids": sorted(new_ids(len(actor_ids)))}
    )
    changes = rows.all()
    facts = [
        (row.actor_id, {"actor_id": row.actor_id, "from": row.from_class, "to": row.to_class, "cause": cause.value})
        for row in changes
    ]
    await outbox.record_all(db, "actor.size_changed", facts, by=by)
    return [row.actor_id for row in changes]


def _statement(rules: SizeRules, cause: SizeCause) -> Any:
    """Derive, keep what differs, and note each class that changed: one statement for `actor_ids`."""
    derived = derived_sizes(rules, Actor.id == any_(bindparam("actor_ids", type_=_IDS))).cte("derived")
    now = derived.c
    kept = (Actor.size_class, Actor.size_by_sales, Actor.size_by_capital, Actor.size_basis)
    found = (now.to_class, now.by_sales, now.by_capital, now.basis)
    updated = (
        update(Actor)
        .where(Actor.id == now.actor_id, tuple_(*kept).is_distinct_from(tuple_(*found)))
        .values(dict(zip(kept, found, strict=True)) | {Actor.version: Actor.version + 1, Actor.updated_at: func.now()})
        .returning(Actor.id)
        .cte("updated")
    )
    pairs = func.unnest(bindparam("actor_ids", type_=_IDS), bindparam("change_ids", type_=_IDS))
    numbered = pairs.table_valued(column("actor_id", Uuid), column("change_id", Uuid)).render_derived("numbered")
    grounds = {basis: now.basis == basis for basis in rules.source}
    valid_from = case(*((holds, literal(rules.valid_from[basis])) for basis, holds in grounds.items()))
    told: dict[str, Any] = {
        "id": numbered.c.change_id,
        "actor_id": now.actor_id,
        "from_class": now.from_class,
        "to_class": now.to_class,
        "by_sales": now.by_sales,
        "by_capital": now.by_capital,
        "basis": now.basis,
        "cause": literal(cause.value),
        "figure_id": now.figure_id,
        "capital_figure_id": now.capital_figure_id,
        "rule_source": case(*((holds, literal(rules.source[basis])) for basis, holds in grounds.items())),
        "rule_valid_from": valid_from,
        "effective_on": func.coalesce(valid_from, clock.today()) if cause is SizeCause.law else literal(clock.today()),
    }
    stepped = select(*(value.label(name) for name, value in told.items())).join_from(
        now.actor_id.table, updated, updated.c.id == now.actor_id
    )
    stepped = stepped.join(numbered, numbered.c.actor_id == now.actor_id)
    return (
        insert(SizeChange)
        .from_select(list(told), stepped.where(now.from_class.is_distinct_from(now.to_class)))
        .returning(SizeChange.actor_id, SizeChange.from_class, SizeChange.to_class)
    )


_FIRST_SIZES = """
    INSERT INTO size_changes (id, actor_id, to_class, by_sales, by_capital, basis, cause, figure_id, capital_figure_id,
        rule_source, rule_valid_from, effective_on)
    SELECT s.size_change_id, s.actor_id, s.size_class, s.by_sales, s.by_capital, s.size_basis, 'import', s.figure_id,
        CASE WHEN s.by_capital IS NOT NULL THEN s.figure_id END,
        CASE s.size_basis WHEN 'sales' THEN CAST(:sales_source AS text) ELSE CAST(:capital_source AS text) END,
        CASE s.size_basis WHEN 'sales' THEN CAST(:sales_from AS date) ELSE CAST(:capital_from AS date) END,
        CAST(:today AS date)
    FROM {staged} s WHERE s.size_class IS NOT NULL AND {new}
"""


def first_sizes(rules: SizeRules, staged: str, new: str) -> TextClause:
    """The first step in the history of businesses that come by an import, as a statement over the table they wait in.

    That table has `size_change_id`, `actor_id`, `figure_id` (of the row in annual_figures), and what follows of the
    figures (`sizes_of`): `by_sales`, `by_capital`, `size_class`, `size_basis`. `new` is a condition on its rows `s`:
    the business is new. Sizes of known ones are for `derive_sizes`, once their figures are in. One event of the import
    stands for all of them, none is emitted for each.
    """
    return text(_FIRST_SIZES.format(staged=staged, new=new)).bindparams(
        **{f"{basis}_source": rules.source[basis] for basis in BASES},
        **{f"{basis}_from": rules.valid_from[basis] for basis in BASES},
        today=clock.today(),
    )
