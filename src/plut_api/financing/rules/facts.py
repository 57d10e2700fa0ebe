"""The declared catalogue of facts: what rules may read of a business, each as one SQL expression.

Every expression stands on one lateral join per source, so the same query serves one business, an import, or all.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Date, Integer, bindparam, cast, extract, func, select, true

from plut_api.actors.models import Actor, AnnualFigure, MaritalStatus, Ownership, Person
from plut_api.outcomes.models import Dimension, Outcome
from plut_api.programs.models import Enrolment, EnrolmentState, Program, Topic

TODAY = bindparam("today", type_=Date)
"""The day the facts are asked on (WITA)."""

owner = (
    select(Person.id, Person.full_name, Person.birth_date, Person.marital_status, Person.identity_verified_at)
    .join(Ownership, Ownership.person_id == Person.id)
    .where(Ownership.actor_id == Actor.id)
    .order_by(Ownership.id)
    .limit(1)
    .lateral("owner")
)
figures = (
    select(
        AnnualFigure.year,
        AnnualFigure.sales_idr,
        AnnualFigure.capital_idr,
        (AnnualFigure.workers_female + AnnualFigure.workers_male).label("workers"),
    )
    .where(AnnualFigure.actor_id == Actor.id)
    .order_by(AnnualFigure.year.desc(), AnnualFigure.id.desc())
    .limit(1)
    .lateral("figures")
)
levels = (
    select(
        func.max(Outcome.reached_level).label("best"),
        *(
            func.max(Outcome.reached_level).filter(Outcome.dimension == dimension).label(dimension.value)
            for dimension in Dimension
        ),
    )
    .where(Outcome.actor_id == Actor.id)
    .lateral("levels")
)
_recent = Enrolment.completed_at >= func.cast(TODAY, Date) - func.make_interval(0, 24)
training = (
    select(
        func.count().label("completed"),
        func.count().filter(Program.topic == Topic.financial_literacy).label("financial_literacy"),
    )
    .select_from(Enrolment)
    .join(Program, Program.id == Enrolment.program_id)
    .where(Enrolment.actor_id == Actor.id, Enrolment.state == EnrolmentState.completed, _recent)
    .lateral("training")
)


def _months(since: Any) -> Any:
    age = func.age(TODAY, since)
    return cast(extract("year", age) * 12 + extract("month", age), Integer)


@dataclass(frozen=True)
class Fact:
    """One fact: its SQL, and what it means."""

    expression: Any
    meaning: str


FACTS: dict[str, Fact] = {
    "identity_verified": Fact(owner.c.identity_verified_at.is_not(None), "staff compared the owner's identity card"),
    "owner_age_years": Fact(
        cast(extract("year", func.age(TODAY, owner.c.birth_date)), Integer), "age of the first owner, whole years"
    ),
    "owner_is_married": Fact(owner.c.marital_status == MaritalStatus.married, "the first owner is married"),
    "business_months": Fact(_months(Actor.started_on), "whole months since the first day of trading"),
    "has_nib": Fact(Actor.nib_index.is_not(None), "a NIB is on file"),
    "kbli_code": Fact(Actor.kbli_code, "main activity, KBLI subclass"),
    "status": Fact(Actor.status, "active, dormant or closed"),
    "sales_idr": Fact(figures.c.sales_idr, "sales of the newest reported year, rupiah"),
    "figures_year": Fact(figures.c.year, "newest reported year"),
    "figures_age_years": Fact(
        cast(extract("year", TODAY), Integer) - figures.c.year, "years since the newest reported year"
    ),
    "workers": Fact(figures.c.workers, "women and men who work in it, newest reported year"),
    "best_outcome_level": Fact(levels.c.best, "highest verified level of any dimension"),
    **{f"{d.value}_level": Fact(levels.c[d.value], f"verified level of {d.value}") for d in Dimension},
    "programs_completed": Fact(training.c.completed, "programmes completed for it within 24 months"),
    "financial_literacy_completed": Fact(
        training.c.financial_literacy, "financial-literacy programmes completed within 24 months"
    ),
}


def joined(query: Any) -> Any:
    """A Select over `actors` with every source of facts beside it."""
    return (
        query.select_from(Actor)
        .outerjoin(owner, true())
        .outerjoin(figures, true())
        .outerjoin(levels, true())
        .outerjoin(training, true())
    )
