"""Table rows of outcomes as wire shapes."""

from plut_api.kit import clock
from plut_api.outcomes.models import Outcome
from plut_api.outcomes.rubric import Rubric, counts, rubric_in_force
from plut_api.outcomes.schemas import OutcomeRead
from plut_api.outcomes.schemas.levels import RubricListed


def outcome_shape(outcome: Outcome) -> OutcomeRead:
    """An outcome on the wire, with whether it counts."""
    return OutcomeRead(
        enrolment_id=outcome.enrolment_id,
        dimension=outcome.dimension,
        rubric_version=outcome.rubric_version,
        baseline_level=outcome.baseline_level,
        baseline_at=outcome.baseline_at,
        baseline_by=outcome.baseline_by,
        target_level=outcome.target_level,
        target_at=outcome.target_at,
        target_by=outcome.target_by,
        reached_level=outcome.reached_level,
        reached_at=outcome.reached_at,
        counts=counts(outcome.baseline_level, outcome.target_level, outcome.reached_level, outcome.rubric_version),
    )


def rubric_shape(rubric: Rubric) -> RubricListed:
    """A version of the rubric on the wire."""
    return RubricListed(
        version=rubric.version,
        valid_from=rubric.valid_from,
        counts_from_level=rubric.counts_from_level,
        in_force=rubric.version == rubric_in_force(clock.today()).version,
    )
