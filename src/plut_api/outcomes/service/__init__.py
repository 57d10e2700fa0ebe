"""What may happen to outcomes and their evidence."""

from plut_api.outcomes.service.evidence import (
    reject_evidence,
    revoke_evidence,
    submit_evidence,
    verify_evidence,
    withdraw_evidence,
)
from plut_api.outcomes.service.levels import (
    name_business,
    read_outcome,
    read_outcomes,
    rubric_content,
    set_baseline,
    set_target,
)
from plut_api.outcomes.service.moving import move_level

__all__ = [
    "move_level",
    "name_business",
    "read_outcome",
    "read_outcomes",
    "reject_evidence",
    "revoke_evidence",
    "rubric_content",
    "set_baseline",
    "set_target",
    "submit_evidence",
    "verify_evidence",
    "withdraw_evidence",
]
