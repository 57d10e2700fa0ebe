"""Tables of readiness, the ready list, and referrals."""

from plut_api.financing.models.readiness import (
    Exit,
    ExitReason,
    Readiness,
    ReadinessStatus,
    ReadyRow,
    RuleSet,
)
from plut_api.financing.models.referrals import Referral, ReferralState, ReferralTransition

__all__ = [
    "Exit",
    "ExitReason",
    "Readiness",
    "ReadinessStatus",
    "ReadyRow",
    "Referral",
    "ReferralState",
    "ReferralTransition",
    "RuleSet",
]
