"""Size class of a business, derived from its figures (PP 7/2021 art. 35), never typed in.

Sales decide where they are known (art. 35(4), 36: facilities and empowerment), else the capital without land and
buildings (art. 35(2)). Bounds are inclusive and dated. Without either figure the class is unknown, not micro.
"""

from bisect import bisect_left
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, literal, null, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.models import Actor, AnnualFigure, SizeClass
from plut_api.reference.rules import rule_values

BOUNDED = (SizeClass.micro, SizeClass.small, SizeClass.medium)
CLASSES = (*BOUNDED, SizeClass.large)


def size_class(amount_idr: int, upper_bounds_idr: list[int]) -> SizeClass:
    """The class of an amount in whole rupiah; a sum on a bound belongs to the smaller class.

    Raises ValueError if negative.
    """
    if amount_idr < 0:
        raise ValueError("amount_idr is negative")
    return CLASSES[bisect_left(upper_bounds_idr, amount_idr)]


def size_case(amount: ColumnElement[int | None], bounds: Mapping[str, int], basis: str) -> ColumnElement[str | None]:
    """The same in SQL: the class of a column by one basis, null where the column is."""
    steps = [(amount <= bounds[f"size.{size}.max_{basis}_idr"], literal(size.value)) for size in BOUNDED]
    return case((amount.is_(None), null()), *steps, else_=literal(SizeClass.large.value))


async def derive_sizes(db: AsyncSession, condition: ColumnElement[bool]) -> None:
    """Bring size classes up to date for the businesses that meet a condition on `actors`; others are not touched."""
    bounds = await rule_values(db, "size.")
    newest = (
        select(AnnualFigure.actor_id, AnnualFigure.sales_idr, AnnualFigure.capital_idr)
        .ext(distinct_on(AnnualFigure.actor_id))
        .join(Actor, Actor.id == AnnualFigure.actor_id)
        .where(condition)
        .order_by(AnnualFigure.actor_id, AnnualFigure.year.desc(), AnnualFigure.id.desc())
        .cte("newest")
    )
    derived = func.coalesce(
        size_case(newest.c.sales_idr, bounds, "sales"), size_case(newest.c.capital_idr, bounds, "capital")
    )
    basis = case(
        (newest.c.sales_idr.is_not(None), literal("sales")),
        (newest.c.capital_idr.is_not(None), literal("capital")),
        else_=null(),
    )
    changed = Actor.size_class.is_distinct_from(derived) | Actor.size_basis.is_distinct_from(basis)
    await db.execute(
        update(Actor)
        .where(and_(Actor.id == newest.c.actor_id, condition, changed))
        .values(size_class=derived, size_basis=basis, version=Actor.version + 1, updated_at=func.now())
        .execution_options(synchronize_session=False)
    )


async def derive_size(db: AsyncSession, actor_id: UUID) -> None:
    """Bring the size class of one business up to date."""
    await derive_sizes(db, Actor.id == actor_id)
