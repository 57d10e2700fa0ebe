"""Tables of readiness, the ready list, and referrals."""

from plut_api.financing.models.generations import (
    DueJudgement,
    Generation,
    GenerationBlock,
    GenerationCause,
    GenerationState,
    NextKind,
    NextReadiness,
    ReadinessChange,
    RuleSetDiff,
)
from plut_api.financing.models.readiness import CooperativeReadiness, Readiness, ReadinessStatus, RuleSet
from plut_api.financing.models.ready_list import AmountBand, Exit, ExitReason, ReadyRow
from plut_api.financing.models.referrals import (
    ACTIVE_STATES,
    FINANCED_STATES,
    ClockSide,
    DocumentRequest,
    Referral,
    ReferralBreach,
    ReferralDocument,
    ReferralState,
    ReferralTransition,
)

__all__ = [
    "ACTIVE_STATES",
    "FINANCED_STATES",
    "AmountBand",
    "ClockSide",
    "CooperativeReadiness",
    "DocumentRequest",
    "DueJudgement",
    "Exit",
    "ExitReason",
    "Generation",
    "GenerationBlock",
    "GenerationCause",
    "GenerationState",
    "NextKind",
    "NextReadiness",
    "Readiness",
    "ReadinessChange",
    "ReadinessStatus",
    "ReadyRow",
    "Referral",
    "ReferralBreach",
    "ReferralDocument",
    "ReferralState",
    "ReferralTransition",
    "RuleSet",
    "RuleSetDiff",
]
