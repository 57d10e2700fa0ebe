"""The rows behind every report: seats that were not given back, and what their outcomes came to. Set-based SQL.

Figures come from the rows as they are: a level that falls takes its figure along.
"""

from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Numeric,
    Select,
    String,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, array

from plut_api.actors.models import Person, SegmentKind
from plut_api.actors.segments import in_segment
from plut_api.insights.reports.asked import Figure, Grouping, Narrowing, Opened
from plut_api.kit.caller import Caller
from plut_api.outcomes.counting import counted
from plut_api.outcomes.follow_ups.models import BusinessAnswer, FollowUp, FollowUpState, SalesAnswer
from plut_api.outcomes.models import Dimension, Evidence, EvidenceState, Outcome, OutcomeLevel
from plut_api.programs.access import enrolments_visible_to
from plut_api.programs.models import Enrolment, EnrolmentState, Program

OTHERS = "none"
"""The key of people of no segment."""
ALL = len(Dimension)

proven = counted()


def figures_of(shown: ColumnElement[bool], waits: ColumnElement[bool], best: Any) -> dict[Figure, ColumnElement[bool]]:
    """The conditions on outcomes behind each figure, from what is known of them: whether any evidence is submitted or
    verified, whether any waits, the highest level ever proven.
    """
    return {
        Figure.proven: proven,
        Figure.risen: Outcome.reached_level > Outcome.baseline_level,
        Figure.fallen: func.coalesce(Outcome.reached_level, 0) < func.coalesce(best, 0),
        Figure.without_evidence: and_(Outcome.target_level.is_not(None), ~func.coalesce(shown, false())),
        Figure.to_verify: func.coalesce(waits, false()),
    }


_proof = select(Evidence.id).where(Evidence.outcome_id == Outcome.id)
_SHOWN = (EvidenceState.submitted, EvidenceState.verified)
OF_ONE = figures_of(
    exists(_proof.where(Evidence.state.in_(_SHOWN))),
    exists(_proof.where(Evidence.state == EvidenceState.submitted)),
    select(func.max(OutcomeLevel.level)).where(OutcomeLevel.outcome_id == Outcome.id).scalar_subquery(),
)
"""The same, asked of one outcome after the other: for pages."""


def seats(caller: Caller, wanted: Narrowing) -> Select[Any]:
    """Enrolments within the caller's rows that were not given back, narrowed. Leans on ix_enrolments_program_id."""
    query = (
        select(Enrolment.id)
        .join(Program, Program.id == Enrolment.program_id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.state != EnrolmentState.withdrawn, enrolments_visible_to(caller))
        .where(Program.starts_on <= (wanted.to or wanted.as_of))
    )
    if wanted.first is not None:
        query = query.where(Program.starts_on >= wanted.first)
    for column, values in (
        (Program.id, wanted.program),
        (Program.organization_id, wanted.organization),
        (Program.topics[1], wanted.topic),
        (Program.fund_source, wanted.fund_source),
        (_month, [wanted.month] if wanted.month else None),
        (_regency, wanted.regency),
        (_district, wanted.district),
    ):
        if values:
            query = query.where(column.in_(values))
    if wanted.segment:
        query = query.where(or_(*(in_segment(kind, wanted.as_of) for kind in wanted.segment)))
    return query


_month = func.to_char(Program.starts_on, "YYYY-MM")
_regency = func.left(Person.village_code, 5)
_district = func.left(Person.village_code, 8)
_KEYS: dict[Grouping, Any] = {
    Grouping.everything: literal("everything"),
    Grouping.program: cast(Program.id, String),
    Grouping.organization: cast(Program.organization_id, String),
    Grouping.topic: Program.topics[1],
    Grouping.fund_source: cast(Program.fund_source, String),
    Grouping.month: _month,
    Grouping.regency: _regency,
    Grouping.district: _district,
}


def _segments(wanted: Narrowing) -> Any:
    """One row for each segment of a person, and one for people of none."""
    held: list[Any] = [case((in_segment(kind, wanted.as_of), kind.value)) for kind in SegmentKind]
    named = func.array_remove(array(held, type_=String()), null())
    return func.unnest(case((func.cardinality(named) > 0, named), else_=array([OTHERS], type_=String())))


def grouped_seats(caller: Caller, wanted: Narrowing, grouping: Grouping) -> CTE:
    """Seats with the key of their group, and what a seat of their programme cost: spent, or planned until told."""
    key = _segments(wanted) if grouping is Grouping.segment else _KEYS[grouping]
    cost = func.coalesce(Program.spent_idr, Program.budget_idr) / cast(func.nullif(Program.seats_taken, 0), Numeric)
    query = seats(caller, wanted).add_columns(
        key.label("key"),
        Enrolment.state.label("state"),
        func.coalesce(cost, 0).label("cost_idr"),
    )
    return query.cte("seats")


def totals(caller: Caller, wanted: Narrowing, grouping: Grouping) -> Select[Any]:
    """One row a group: its seats, who completed, who proved all five, what it cost."""
    taken = grouped_seats(caller, wanted, grouping)
    results = (
        select(Outcome.enrolment_id, func.count().filter(proven).label("proven"))
        .where(Outcome.enrolment_id.in_(select(taken.c.id)))
        .group_by(Outcome.enrolment_id)
        .subquery("results")
    )
    finished = taken.c.state == EnrolmentState.completed
    return (
        select(
            taken.c.key,
            func.count().label("participants"),
            func.count().filter(finished).label("completed"),
            func.count().filter(results.c.proven == ALL).label("all_five"),
            func.coalesce(func.sum(results.c.proven), 0).label("proven"),
            cast(func.sum(taken.c.cost_idr), BigInteger).label("cost_idr"),
        )
        .join_from(taken, results, results.c.enrolment_id == taken.c.id, isouter=True)
        .group_by(taken.c.key)
        .order_by(func.count().desc(), taken.c.key)
    )


def movements(caller: Caller, wanted: Narrowing, grouping: Grouping) -> Select[Any]:
    """One row a group and dimension: where its participants began, what they aim at, where they stand."""
    taken = grouped_seats(caller, wanted, grouping)
    outcome_ids = select(Outcome.id).join(taken, taken.c.id == Outcome.enrolment_id)
    proofs = (
        select(
            Evidence.outcome_id,
            func.bool_or(Evidence.state.in_(_SHOWN)).label("shown"),
            func.bool_or(Evidence.state == EvidenceState.submitted).label("waits"),
        )
        .where(Evidence.outcome_id.in_(outcome_ids))
        .group_by(Evidence.outcome_id)
        .subquery("proofs")
    )
    heights = (
        select(OutcomeLevel.outcome_id, func.max(OutcomeLevel.level).label("best"))
        .where(OutcomeLevel.outcome_id.in_(outcome_ids))
        .group_by(OutcomeLevel.outcome_id)
        .subquery("heights")
    )
    figures = figures_of(proofs.c.shown, proofs.c.waits, heights.c.best)
    return (
        select(
            taken.c.key,
            Outcome.dimension,
            func.count(Outcome.baseline_level).label("assessed"),
            func.count(Outcome.target_level).label("aimed"),
            func.avg(Outcome.baseline_level).label("mean_baseline"),
            func.avg(func.coalesce(Outcome.reached_level, Outcome.baseline_level)).label("mean_level"),
            *(func.count().filter(condition).label(figure.value) for figure, condition in figures.items()),
        )
        .join_from(taken, Outcome, Outcome.enrolment_id == taken.c.id)
        .outerjoin(proofs, proofs.c.outcome_id == Outcome.id)
        .outerjoin(heights, heights.c.outcome_id == Outcome.id)
        .group_by(taken.c.key, Outcome.dimension)
    )


def follow_ups(caller: Caller, wanted: Narrowing, grouping: Grouping) -> Select[Any]:
    """One row a group and asking, by months after completion: who was asked, who answered, and what they said."""
    taken = grouped_seats(caller, wanted, grouping)
    state, running = FollowUp.state, FollowUp.business == BusinessAnswer.running
    return (
        select(
            taken.c.key,
            FollowUp.months,
            func.count().label("asked"),
            func.count().filter(state == FollowUpState.answered).label("answered"),
            func.count().filter(state == FollowUpState.missed).label("missed"),
            func.count().filter(running).label("running"),
            func.count().filter(FollowUp.sales == SalesAnswer.more).label("selling_more"),
        )
        .join_from(taken, FollowUp, FollowUp.enrolment_id == taken.c.id)
        .where(FollowUp.number.is_not(None))
        .group_by(taken.c.key, FollowUp.months)
        .order_by(taken.c.key, FollowUp.months)
    )


def behind(caller: Caller, wanted: Narrowing, opened: Opened) -> Select[Any]:
    """The enrolments behind a figure, with the names that a list shows."""
    return (
        seats(caller, wanted)
        .where(_behind(opened))
        .add_columns(
            Enrolment.program_id,
            Program.title.label("program_title"),
            Enrolment.person_id,
            Person.full_name.label("person_name"),
            Enrolment.actor_id,
            Enrolment.state,
            Enrolment.completed_at,
            _dimensions(proven).label("proven"),
            _dimensions(OF_ONE[Figure.without_evidence]).label("without_evidence"),
        )
    )


def _dimensions(condition: ColumnElement[bool]) -> Any:
    named = select(func.array_agg(Outcome.dimension)).where(Outcome.enrolment_id == Enrolment.id, condition)
    return func.coalesce(named.scalar_subquery(), cast([], ARRAY(String)))


def _behind(opened: Opened) -> ColumnElement[bool]:
    count = select(func.count()).where(Outcome.enrolment_id == Enrolment.id, proven).scalar_subquery()
    match opened.figure:
        case Figure.participants:
            return true()
        case Figure.completed:
            return Enrolment.state == EnrolmentState.completed
        case Figure.all_five:
            return count == ALL
        case Figure.not_all_five:
            return count != ALL
        case figure:
            found = exists().where(Outcome.enrolment_id == Enrolment.id, OF_ONE[figure])
            return found if opened.dimension is None else found.where(Outcome.dimension == opened.dimension)
