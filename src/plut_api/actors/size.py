"""Size class of a business, derived from its figures (PP 7/2021 art. 35), never typed in.

Both criteria are derived and kept: by the capital without land and buildings (art. 35(3)) and by yearly sales
(art. 35(5)), each from the newest year that tells it (`deciding_figures`). Which of the two is the size class is the
basis: sales where they are known (art. 35(4), 36: facilities and empowerment), else capital (art. 35(2)). Bounds are
inclusive, and dated rule values. Without either figure the class is unknown, not micro.
"""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, func, literal, null, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.models import Actor, SizeClass, deciding_figures
from plut_api.kit import clock
from plut_api.reference.queries import values_in_force

BOUNDED = (SizeClass.micro, SizeClass.small, SizeClass.medium)
CLASSES = (*BOUNDED, SizeClass.large)
BASES = ("sales", "capital")
"""The criteria, in the order in which they decide."""


@dataclass(frozen=True)
class SizeRules:
    """The thresholds in force on a day: upper bounds in whole rupiah by code, and by basis since when, by which law."""

    bounds: Mapping[str, int]
    valid_from: Mapping[str, date]
    source: Mapping[str, str]

    def upper(self, basis: str) -> list[int]:
        """The upper bounds of micro, small and medium by one criterion."""
        return [self.bounds[bound_code(size, basis)] for size in BOUNDED]


class Sizes(NamedTuple):
    """What follows from one pair of figures: the class by each criterion, the one that counts, and which that is."""

    by_sales: SizeClass | None
    by_capital: SizeClass | None
    size_class: SizeClass | None
    basis: str | None


def bound_code(size: SizeClass, basis: str) -> str:
    """The code of the rule value that bounds a class."""
    return f"size.{size.value}.max_{basis}_idr"


async def size_rules(db: AsyncSession, on: date | None = None) -> SizeRules:
    """The thresholds in force on a day, today by default. Raises LookupError if one is missing."""
    day = on or clock.today()
    rows = {row.code: row for row in await db.scalars(values_in_force("size.", day).query)}
    wanted = {basis: [bound_code(size, basis) for size in BOUNDED] for basis in BASES}
    missing = [code for codes in wanted.values() for code in codes if code not in rows]
    if missing:
        raise LookupError(f"no rule value {missing[0]!r} holds on {day}")
    newest = {
        basis: max((rows[code] for code in codes), key=lambda row: row.valid_from) for basis, codes in wanted.items()
    }
    return SizeRules(
        {code: int(rows[code].value) for codes in wanted.values() for code in codes},
        {basis: row.valid_from for basis, row in newest.items()},
        {basis: row.source for basis, row in newest.items()},
    )


def size_class(amount_idr: int, upper_bounds_idr: list[int]) -> SizeClass:
    """The class of an amount in whole rupiah; a sum on a bound belongs to the smaller class.

    Raises ValueError if negative.
    """
    if amount_idr < 0:
        raise ValueError("amount_idr is negative")
    return CLASSES[bisect_left(upper_bounds_idr, amount_idr)]


def sizes_of(sales_idr: int | None, capital_idr: int | None, rules: SizeRules) -> Sizes:
    """Both classes of one report, and the one that counts."""
    by_sales = None if sales_idr is None else size_class(sales_idr, rules.upper("sales"))
    by_capital = None if capital_idr is None else size_class(capital_idr, rules.upper("capital"))
    basis = "sales" if by_sales is not None else "capital" if by_capital is not None else None
    return Sizes(by_sales, by_capital, by_sales or by_capital, basis)


def size_case(amount: ColumnElement[int | None], bounds: Mapping[str, int], basis: str) -> ColumnElement[str | None]:
    """`size_class` in SQL: the class of a column by one criterion, null where the column is."""
    steps = [(amount <= bounds[bound_code(size, basis)], literal(size.value)) for size in BOUNDED]
    return case((amount.is_(None), null()), *steps, else_=literal(SizeClass.large.value))


def derived_sizes(rules: SizeRules, condition: ColumnElement[bool]) -> Any:
    """`sizes_of` in SQL: a Select of what follows for the businesses that meet a condition, with the rows behind it."""
    # The limit keeps the view in its place: joined, it would be computed for every business there is.
    decided = select(deciding_figures).where(deciding_figures.c.actor_id == Actor.id).limit(1).lateral("decided")
    by_sales = size_case(decided.c.sales_idr, rules.bounds, "sales")
    by_capital = size_case(decided.c.known_capital_idr, rules.bounds, "capital")
    basis = case(
        (decided.c.sales_idr.is_not(None), literal("sales")),
        (decided.c.known_capital_idr.is_not(None), literal("capital")),
        else_=null(),
    )
    return (
        select(
            Actor.id.label("actor_id"),
            Actor.size_class.label("from_class"),
            by_sales.label("by_sales"),
            by_capital.label("by_capital"),
            func.coalesce(by_sales, by_capital).label("to_class"),
            basis.label("basis"),
            case((basis.is_not(None), decided.c.id)).label("figure_id"),
            decided.c.capital_figure_id,
        )
        .select_from(Actor)
        .outerjoin(decided, true())
        .where(condition)
    )
