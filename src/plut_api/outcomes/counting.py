"""What `rubric.counts` says of one outcome, as a condition of SQL; a test holds the two together."""

from sqlalchemy import ColumnElement, and_, case

from plut_api.outcomes.models import Outcome
from plut_api.outcomes.rubric import rubric_in_force, rubrics


def counted() -> ColumnElement[bool]:
    """The condition on `outcomes` that they count: proven at the target, above the baseline, from the lowest level."""
    from_level = case(
        {known.version: known.counts_from_level for known in rubrics()},
        value=Outcome.rubric_version,
        else_=rubric_in_force().counts_from_level,
    )
    return and_(
        Outcome.reached_level >= Outcome.target_level,
        Outcome.reached_level >= from_level,
        Outcome.reached_level > Outcome.baseline_level,
    )
