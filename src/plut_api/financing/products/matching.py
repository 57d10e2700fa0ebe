"""Which products fit whom: of one subject explained, and of many businesses at once for the ready list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Uuid,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.access import require_actor
from plut_api.actors.models import Actor
from plut_api.cooperatives.records.access import require_recorded
from plut_api.financing.papers.models import FinancingPlan
from plut_api.financing.papers.models import Principle as Wish
from plut_api.financing.products.models import BorrowerKind
from plut_api.financing.products.offers import Conditions, Offer, compiled, key_of, offers_on
from plut_api.financing.products.requirements import Requirement
from plut_api.financing.products.schemas.matching import MatchRequest
from plut_api.financing.products.schemes import SUBJECT_OF
from plut_api.financing.rules.facts import Subject, Value
from plut_api.financing.rules.subjects import SUBJECTS
from plut_api.kit import audit, clock
from plut_api.kit.caller import Caller
from plut_api.reference.rules import rule_values

_TABLES = {BorrowerKind.business: "actors", BorrowerKind.cooperative: "cooperatives"}
SHARE = "product.near_share_percent"
"""Rule value: by how much of a product's bound a wish may miss it and still be near."""


@dataclass(frozen=True)
class Wanted:
    """For whom, how much for how long, and by which principle; None: not known, so not judged."""

    kind: BorrowerKind
    id: UUID
    amount_idr: int | None
    tenor_months: int | None
    principle: Wish


@dataclass(frozen=True)
class Miss:
    """One thing in which a subject and a product do not meet; `bound` is the nearest value that would."""

    code: str
    kind: Literal["amount", "tenor", "regency", "quota", "requirement"]
    fixable: bool
    unknown: bool = False
    bound: int | None = None
    requirement: Requirement | None = None


@dataclass(frozen=True)
class Judged:
    """An offer and what is missing for it."""

    offer: Offer
    misses: tuple[Miss, ...]

    @property
    def fits(self) -> bool:
        return not self.misses

    @property
    def nearly(self) -> bool:
        """One thing is missing, and it can be mended."""
        return len(self.misses) == 1 and self.misses[0].fixable


async def match(db: AsyncSession, caller: Caller, asked: MatchRequest) -> tuple[Wanted, list[Judged]]:
    """Judge every product on offer for a business or a cooperative within the caller's rows.

    What is not said is taken from the plan of the business. That it was read is noted. Raises ActorNotFound,
    CooperativeNotFound.
    """
    wanted = await _wanted(db, caller, asked)
    audit.record(db, audit.Action.read, _TABLES[wanted.kind], [wanted.id])
    today, values = clock.today(), await rule_values(db, "")
    offers = [offer for offer in await offers_on(db, wanted.kind, today) if _by(wanted.principle, offer)]
    conditions = compiled(SUBJECT_OF[wanted.kind], offers, values, given=_given(wanted))
    regency, verdicts = await _verdicts(db, wanted, conditions, today)
    return wanted, [Judged(offer, tuple(_misses(offer, wanted, regency, verdicts, values[SHARE]))) for offer in offers]


async def _wanted(db: AsyncSession, caller: Caller, asked: MatchRequest) -> Wanted:
    wish = Wish(asked.principle) if asked.principle is not None else None
    if asked.actor_id is None:
        cooperative = await require_recorded(db, caller, asked.cooperative_id or UUID(int=0))
        return Wanted(BorrowerKind.cooperative, cooperative.id, asked.amount_idr, asked.tenor_months, wish or Wish.any)
    actor = await require_actor(db, caller, asked.actor_id)
    plan = await db.scalar(select(FinancingPlan).where(FinancingPlan.actor_id == actor.id))
    return Wanted(
        BorrowerKind.business,
        actor.id,
        asked.amount_idr or (plan.amount_idr if plan else None),
        asked.tenor_months or (plan.tenor_months if plan else None),
        wish or (plan.principle if plan else Wish.any),
    )


def _given(wanted: Wanted) -> dict[str, Value]:
    """The wish as facts, so that what reads the plan is asked of what is wished for now."""
    if wanted.kind is not BorrowerKind.business:
        return {}
    wish = {"plan_amount_idr": wanted.amount_idr, "plan_tenor_months": wanted.tenor_months}
    return {name: value for name, value in wish.items() if value is not None}


def _by(wish: Wish, offer: Offer) -> bool:
    return wish is Wish.any or wish.value == offer.product.principle.value


async def _verdicts(
    db: AsyncSession, wanted: Wanted, conditions: Conditions, today: date
) -> tuple[str, Mapping[str, bool | None]]:
    """The subject's regency, and what each condition finds: one statement, however many products ask."""
    subject = SUBJECTS[SUBJECT_OF[wanted.kind]]
    found = array(list(conditions.sql.values())) if conditions.sql else null()
    query = subject.joined(select(subject.key.class_.regency_code, found), conditions.facts)
    row = (await db.execute(query.where(subject.key == wanted.id), {"today": today})).one()
    return row[0], dict(zip(conditions.sql, row[1] or (), strict=True))


def _misses(
    offer: Offer, wanted: Wanted, regency: str, verdicts: Mapping[str, bool | None], share: int
) -> Sequence[Miss]:
    product = offer.product
    misses: list[Miss] = []
    if product.regency_codes and regency not in product.regency_codes:
        misses.append(Miss("regency_not_served", "regency", fixable=False))
    if not offer.something_left:
        misses.append(Miss("quota_exhausted", "quota", fixable=False))
    misses += _outside("amount", wanted.amount_idr, product.min_amount_idr, product.max_amount_idr, share)
    misses += _outside("tenor", wanted.tenor_months, product.min_tenor_months, product.max_tenor_months, share)
    for requirement in offer.applying(wanted.amount_idr):
        verdict = verdicts[key_of(requirement)]
        if not verdict:
            unknown = verdict is None
            fixable = unknown or requirement.fixable
            misses.append(Miss(requirement.code, "requirement", fixable, unknown, requirement=requirement))
    return misses


def _outside(kind: Literal["amount", "tenor"], value: int | None, least: int, most: int, share: int) -> list[Miss]:
    if value is None or least <= value <= most:
        return []
    if value < least:
        return [Miss(f"{kind}_under", kind, fixable=value * 100 >= least * (100 - share), bound=least)]
    return [Miss(f"{kind}_over", kind, fixable=value * 100 <= most * (100 + share), bound=most)]


async def fitting(db: AsyncSession, values: Mapping[str, int], day: date) -> Select[Any]:
    """Of every business `actor_id` and `product_ids` (uuid[]): the products on offer that fit its data and its plan.

    A condition on `actors` may be added. What a plan does not say is not judged; its principle is respected. One
    statement reads what is on offer, the Select judges it. Needs the rule values in force.
    """
    offers = [offer for offer in await offers_on(db, BorrowerKind.business, day) if offer.something_left]
    subject = SUBJECTS[SUBJECT_OF[BorrowerKind.business]]
    conditions = compiled(subject.name, offers, values)
    source, asked = _asked_once(subject, conditions)
    found = [case((_fits(offer, asked), literal(offer.product.id, Uuid)), else_=null()) for offer in offers]
    ids = func.array_remove(array(found), null()) if found else literal([], ARRAY(Uuid))
    query = subject.joined(
        select(Actor.id.label("actor_id"), cast(ids, ARRAY(Uuid)).label("product_ids")), conditions.facts
    )
    if conditions.sql:
        query = query.join(source, true())
    selected: Select[Any] = query.outerjoin(FinancingPlan, FinancingPlan.actor_id == Actor.id).params(today=day)
    return selected


def _asked_once(subject: Subject, conditions: Conditions) -> tuple[FromClause, Mapping[str, ColumnElement[bool]]]:
    """What each different condition finds, as columns by its key: asked once however many products ask it.

    OFFSET keeps the planner from putting each condition into the query once for every time that it is read.
    """
    columns = [condition.label(f"asked_{n}") for n, condition in enumerate(conditions.sql.values())]
    found = select(*columns).correlate(Actor, *subject.sources).offset(0).lateral("asked")
    return found, dict(zip(conditions.sql, found.c, strict=True))


def _fits(offer: Offer, asked: Mapping[str, ColumnElement[bool]]) -> ColumnElement[bool]:
    product, plan = offer.product, FinancingPlan
    parts: list[ColumnElement[bool]] = [
        or_(plan.principle.is_(None), plan.principle.in_((Wish.any, Wish(product.principle.value)))),
        func.coalesce(plan.amount_idr.between(product.min_amount_idr, product.max_amount_idr), True),
        func.coalesce(plan.tenor_months.between(product.min_tenor_months, product.max_tenor_months), True),
    ]
    if product.regency_codes:
        parts.append(Actor.regency_code.in_(product.regency_codes))
    for requirement in offer.asked:
        holds = asked[key_of(requirement)]
        above = requirement.above_amount_idr
        if above is not None:
            holds = or_(func.coalesce(plan.amount_idr, product.min_amount_idr) <= above, holds)
        parts.append(holds)
    return and_(*parts)
