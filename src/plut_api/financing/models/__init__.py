"""Tables of readiness, the ready list, and referrals."""

from plut_api.financing.models.readiness import Readiness, ReadinessStatus, RuleSet
from plut_api.financing.models.ready_list import Exit, ExitReason, ReadyRow
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
