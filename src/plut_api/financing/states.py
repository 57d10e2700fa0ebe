"""The life cycle of a referral as data: who may move it from where to where."""

from dataclasses import dataclass
from enum import StrEnum

from plut_api.financing.models import ReferralState
from plut_api.kit.caller import Caller, Kind, Role

S = ReferralState


class Side(StrEnum):
    """On whose side a caller stands."""

    applicant = "applicant"  # The owner, or a PLUT consultant for them.
    bank = "bank"


@dataclass(frozen=True)
class Move:
    """One legal move and what must come with it."""

    side: Side
    before: ReferralState
    after: ReferralState
    needs: frozenset[str] = frozenset()


MOVES = (
    Move(Side.applicant, S.submitted, S.withdrawn),
    Move(Side.applicant, S.received, S.withdrawn),
    Move(Side.applicant, S.in_review, S.withdrawn),
    Move(Side.applicant, S.approved, S.withdrawn),
    Move(Side.bank, S.submitted, S.received),
    Move(Side.bank, S.received, S.in_review),
    Move(Side.bank, S.in_review, S.approved, frozenset({"approved_amount_idr"})),
    Move(Side.bank, S.in_review, S.rejected, frozenset({"reason_code"})),
    Move(Side.bank, S.approved, S.disbursed, frozenset({"disbursed_amount_idr", "disbursed_on"})),
)
CLOSES_CONSENT = frozenset({S.rejected, S.withdrawn})
"""After these the bank may not go on using the applicant's data (POJK 6/2022 art. 11d, as reported)."""


class ReasonCode(StrEnum):
    """Why a bank refuses; a closed list, so that refusals can become next steps."""

    incomplete_file = "incomplete_file"
    insufficient_capacity = "insufficient_capacity"
    existing_arrears = "existing_arrears"
    insufficient_collateral = "insufficient_collateral"
    outside_scheme = "outside_scheme"
    quota_exhausted = "quota_exhausted"
    applicant_unreachable = "applicant_unreachable"
    other = "other"


def side_of(caller: Caller) -> Side | None:
    """The side of a caller; None for those who only look on."""
    if caller.role is Role.bank:
        return Side.bank
    if caller.kind is Kind.person or caller.role is Role.consultant:
        return Side.applicant
    return None


def moves_of(caller: Caller, state: ReferralState) -> dict[ReferralState, Move]:
    """The moves that a caller can make from a state, by where they lead."""
    side = side_of(caller)
    return {move.after: move for move in MOVES if move.side is side and move.before is state}
