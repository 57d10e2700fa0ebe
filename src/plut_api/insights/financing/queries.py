"""The numbers behind the report on financing, by one statement a grouping."""

from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    Date,
    Integer,
    Select,
    String,
    Text,
    Uuid,
    and_,
    case,
    cast,
    column,
    func,
    literal,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, array

from plut_api.insights.financing.asked import Grouping, Narrowing
from plut_api.reference.working_days import IS_WORKING_DAY

NOBODY = "none"
"""The key of businesses whose owners belong to no segment."""
CLASSES = (1, 2, 3, 4, 5)

FACTS = table(
    "financing_facts",
    column("bank_id", Uuid()),
    column("scheme", String()),
    column("product_id", Uuid()),
    column("regency_code", String()),
    column("district_code", String()),
    column("size_class", String()),
    column("segments", ARRAY(Text())),
    column("submitted_on", Date()),
    column("decided_on", Date()),
    column("state", String()),
    column("reason_code", String()),
    column("asked_idr", BigInteger()),
    column("approved_idr", BigInteger()),
    column("disbursed_idr", BigInteger()),
    column("outstanding_idr", BigInteger()),
    column("collectibility", Integer()),
)
"""A view: referrals that were sent to a bank, without anybody's id. It shows a bank its own, OJK and PLUT all
(migration 0043).
"""
_month = func.to_char(FACTS.c.submitted_on, "YYYY-MM")
_KEYS: dict[Grouping, Any] = {
    Grouping.everything: literal("everything"),
    Grouping.bank: cast(FACTS.c.bank_id, String),
    Grouping.product: cast(FACTS.c.product_id, String),
    Grouping.scheme: FACTS.c.scheme,
    Grouping.regency: FACTS.c.regency_code,
    Grouping.district: FACTS.c.district_code,
    Grouping.size_class: FACTS.c.size_class,
    Grouping.month: _month,
    Grouping.reason: FACTS.c.reason_code,
}


def totals(wanted: Narrowing, grouping: Grouping) -> Select[Any]:
    """One row a group, the largest first. Of amounts that nothing was told of the sum is 0.

    `working_days` is the median from sending to decision: days after the one of sending, up to that of the decision,
    that are neither Saturday, Sunday nor a holiday.
    """
    facts, days = _facts(wanted, grouping), _calendar()
    sent, decided = days.alias("sent"), days.alias("decided")
    approved, rejected = facts.c.approved_idr.is_not(None), facts.c.state == "rejected"
    disbursed = facts.c.disbursed_idr.is_not(None)
    needed = func.percentile_cont(0.5).within_group(decided.c.number - sent.c.number)
    quality = facts.c.collectibility
    return (
        select(
            facts.c.key,
            func.count().label("referrals"),
            func.count().filter(approved).label("approved"),
            func.count().filter(and_(rejected, ~approved)).label("rejected"),
            func.count().filter(disbursed).label("disbursed"),
            needed.filter(approved | rejected).label("working_days"),
            *(_sum(facts.c[name]).label(name) for name in ("asked_idr", "approved_idr", "disbursed_idr")),
            _sum(facts.c.outstanding_idr).label("outstanding_idr"),
            *(func.count().filter(quality == one).label(f"loans_{one}") for one in CLASSES),
            *(_sum(facts.c.outstanding_idr, quality == one).label(f"outstanding_{one}_idr") for one in CLASSES),
        )
        .select_from(facts)
        .outerjoin(sent, sent.c.day == facts.c.submitted_on)
        .outerjoin(decided, decided.c.day == facts.c.decided_on)
        .group_by(facts.c.key)
        .order_by(func.count().desc(), facts.c.key)
    )


def _facts(wanted: Narrowing, grouping: Grouping) -> CTE:
    """Requests with the key of their group; of several segments once in each. Only refusals have reasons."""
    if grouping is Grouping.segment:
        held = FACTS.c.segments
        key = func.unnest(case((func.cardinality(held) > 0, held), else_=array([NOBODY], type_=Text())))
    else:
        key = _KEYS[grouping]
    query = select(key.label("key"), *(each for each in FACTS.c if each.name not in ("segments", "bank_id")))
    if grouping is Grouping.reason:
        query = query.where(FACTS.c.state == "rejected")
    if wanted.first is not None:
        query = query.where(_month >= wanted.first)
    if wanted.to is not None:
        query = query.where(_month <= wanted.to)
    if wanted.bank:
        query = query.where(FACTS.c.bank_id.in_(wanted.bank))
    if wanted.scheme:
        query = query.where(FACTS.c.scheme.in_(wanted.scheme))
    return query.cte("facts")


def _calendar() -> CTE:
    """Every day since the first request, with the number of working days up to it."""
    first = select(func.min(FACTS.c.submitted_on)).scalar_subquery()
    last = select(func.max(FACTS.c.decided_on)).scalar_subquery()
    days = func.generate_series(first, last, text("interval '1 day'")).table_valued("day").render_derived(name="d")
    working = func.count().filter(text(IS_WORKING_DAY))
    return select(cast(days.c.day, Date).label("day"), working.over(order_by=days.c.day).label("number")).cte(
        "calendar"
    )


def _sum(amount: Any, condition: Any | None = None) -> Any:
    total = func.sum(amount) if condition is None else func.sum(amount).filter(condition)
    return cast(func.coalesce(total, 0), BigInteger)
