"""The declared catalogue of facts: what rules may read of a business, each as one SQL expression.

Every expression stands on one lateral join per source, so the same query serves one business, an import, or all.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Date, Integer, and_, bindparam, cast, extract, func, null, or_, select, true

from plut_api.actors.models import Actor, MaritalStatus, Ownership, Person, deciding_figures, owns
from plut_api.kit.clock import WITA
from plut_api.outcomes.models import Dimension, Outcome
from plut_api.programs.models import Enrolment, EnrolmentState, Program

TODAY = bindparam("today", type_=Date)
"""The day the facts are asked on (WITA)."""

owner = (
    select(Person.id, Person.full_name, Person.birth_date, Person.marital_status, Person.identity_verified_at)
    .join(Ownership, Ownership.person_id == Person.id)
    .where(Ownership.actor_id == Actor.id, owns())
    .order_by(Ownership.id)
    .limit(1)
    .lateral("owner")
)
figures = (
    select(
        deciding_figures.c.year,
        deciding_figures.c.sales_idr,
        deciding_figures.c.created_at,
        (deciding_figures.c.workers_female + deciding_figures.c.workers_male).label("workers"),
    )
    .where(deciding_figures.c.actor_id == Actor.id)
    .limit(1)  # Keeps the view in its place: joined, it would be computed for every business there is.
    .lateral("figures")
)
levels = (
    select(
        func.max(Outcome.reached_level).label("best"),
        *(
            func.max(Outcome.reached_level).filter(Outcome.dimension == dimension).label(dimension.value)
            for dimension in Dimension
        ),
        func.max(Outcome.reached_at).label("reached_at"),
    )
    .where(Outcome.actor_id == Actor.id)
    .lateral("levels")
)
_for_business = or_(
    Enrolment.actor_id == Actor.id, and_(Enrolment.actor_id.is_(None), Enrolment.person_id == owner.c.id)
)
_teaches_finance = func.array_to_string(Program.topics, " ").regexp_match(r"(^| )finance\.literacy( |\.|$)")
_recent = Enrolment.completed_at >= func.cast(TODAY, Date) - func.make_interval(0, 24)
training = (
    select(
        func.count().label("completed"),
        func.count().filter(_teaches_finance).label("financial_literacy"),
        func.max(Enrolment.completed_at).label("completed_at"),
    )
    .select_from(Enrolment)
    .join(Program, Program.id == Enrolment.program_id)
    .where(_for_business, Enrolment.state == EnrolmentState.completed, _recent)
    .lateral("training")
)


def _months(since: Any) -> Any:
    age = func.age(TODAY, since)
    return cast(extract("year", age) * 12 + extract("month", age), Integer)


@dataclass(frozen=True)
class Fact:
    """One fact: its SQL, what it means, and the instant it was established at (none: it holds on the day asked)."""

    expression: Any
    meaning: str
    established_at: Any = None

    @property
    def as_of(self) -> Any:
        """SQL of the day (WITA) that the fact is from."""
        return cast(func.timezone(str(WITA), self.established_at), Date) if self.established_at is not None else null()


FACTS: dict[str, Fact] = {
    "identity_verified": Fact(
        owner.c.identity_verified_at.is_not(None),
        "staff compared the owner's identity card",
        owner.c.identity_verified_at,
    ),
    "owner_age_years": Fact(
        cast(extract("year", func.age(TODAY, owner.c.birth_date)), Integer), "age of the first owner, whole years"
    ),
    "owner_is_married": Fact(owner.c.marital_status == MaritalStatus.married, "the first owner is married"),
    "business_months": Fact(_months(Actor.started_on), "whole months since the first day of trading"),
    "has_nib": Fact(Actor.nib_index.is_not(None), "a NIB is on file"),
    "kbli_code": Fact(Actor.kbli_code, "main activity, KBLI subclass"),
    "status": Fact(Actor.status, "active, dormant or closed"),
    "sales_idr": Fact(figures.c.sales_idr, "sales of the newest year that tells them, rupiah", figures.c.created_at),
    "figures_year": Fact(figures.c.year, "the year of these figures", figures.c.created_at),
    "figures_age_years": Fact(
        cast(extract("year", TODAY), Integer) - figures.c.year,
        "years since the year of these figures",
        figures.c.created_at,
    ),
    "workers": Fact(figures.c.workers, "women and men who work in it, by these figures", figures.c.created_at),
    "best_outcome_level": Fact(levels.c.best, "highest verified level of any dimension", levels.c.reached_at),
    **{
        f"{d.value}_level": Fact(levels.c[d.value], f"verified level of {d.value}", levels.c.reached_at)
        for d in Dimension
    },
    "programs_completed": Fact(
        training.c.completed,
        "programmes completed within 24 months, for it or by its first owner for no business",
        training.c.completed_at,
    ),
    "financial_literacy_completed": Fact(
        training.c.financial_literacy,
        "of these, programmes on financial literacy",
        training.c.completed_at,
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
