"""What may happen to outcomes and their evidence."""

from plut_api.outcomes.service.evidence import reject_evidence, submit_evidence, verify_evidence
from plut_api.outcomes.service.levels import name_business, read_outcome, read_outcomes, set_baseline, set_target

__all__ = [
    "name_business",
    "read_outcome",
    "read_outcomes",
    "reject_evidence",
    "set_baseline",
    "set_target",
    "submit_evidence",
    "verify_evidence",
]
