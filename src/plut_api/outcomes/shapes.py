"""Table rows of outcomes as wire shapes."""

from plut_api.outcomes.models import Outcome
from plut_api.outcomes.rubric import counts
from plut_api.outcomes.schemas import OutcomeRead


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
        reached_level=outcome.reached_level,
        reached_at=outcome.reached_at,
        counts=counts(outcome.baseline_level, outcome.target_level, outcome.reached_level),
    )
