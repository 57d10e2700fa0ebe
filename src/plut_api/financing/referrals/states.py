"""The life cycle of a referral as data: who may move it from where to where, what comes with it, whose turn it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from plut_api.financing.models.referrals import ClockSide, ReferralState
from plut_api.kit.caller import Caller, Kind, Role

S = ReferralState
_NONE: frozenset[str] = frozenset()
_REASON = frozenset({"reason_code"})
_TERMS = frozenset({"approved_tenor_months", "approved_product_id", "approved_pricing_kind", "approved_rate_bp"})


class Side(StrEnum):
    """On whose side a caller stands."""

    applicant = "applicant"  # The owner, or a PLUT consultant for them.
    bank = "bank"
    system = "system"  # What follows from time, from a report, or from the end of a consent.


@dataclass(frozen=True)
class Move:
    """One legal move, the values that must come with it, and those that may. A note may always come."""

    side: Side
    before: ReferralState
    after: ReferralState
    needs: frozenset[str] = _NONE
    may: frozenset[str] = _NONE


UNDECIDED = (S.draft, S.submitted, S.received, S.in_review, S.info_requested, S.info_provided)
"""No bank has decided. Its work rests on the owner's wish alone; what is approved rests on a contract."""

MOVES = (
    Move(Side.applicant, S.draft, S.submitted),
    *(Move(Side.applicant, state, S.withdrawn, may=_REASON) for state in (*UNDECIDED, S.approved)),
    Move(Side.applicant, S.info_requested, S.info_provided),
    Move(Side.bank, S.submitted, S.received),
    Move(Side.bank, S.received, S.in_review),
    Move(Side.bank, S.in_review, S.info_requested, frozenset({"documents"}), frozenset({"due_on", "reason_code"})),
    Move(Side.bank, S.info_requested, S.in_review),
    Move(Side.bank, S.info_provided, S.in_review),
    Move(Side.bank, S.in_review, S.approved, frozenset({"approved_amount_idr"}), _TERMS),
    Move(Side.bank, S.in_review, S.rejected, _REASON),
    Move(Side.bank, S.approved, S.disbursed, frozenset({"disbursed_amount_idr", "disbursed_on"})),
    Move(Side.bank, S.disbursed, S.closed, _REASON),
    Move(Side.bank, S.repaying, S.closed, _REASON),
    Move(Side.system, S.draft, S.submitted),
    *(Move(Side.system, state, S.withdrawn, may=_REASON) for state in UNDECIDED),
    *(Move(Side.system, state, S.expired, may=_REASON) for state in (S.draft, S.info_requested, S.approved)),
    Move(Side.system, S.disbursed, S.repaying),
)
VALUES = frozenset().union(*(move.needs | move.may for move in MOVES))
"""Every value that some move takes."""

CLOSES_CONSENT = frozenset({S.rejected, S.withdrawn, S.expired})
"""After these the bank may not go on using the applicant's data (POJK 6/2022 art. 11d, as reported)."""

OPEN_TO_BANK = (
    *(S.submitted, S.received, S.in_review, S.info_requested, S.info_provided, S.approved),
    *(S.disbursed, S.repaying, S.closed),
)
"""While it stands so, its bank may read what came with it."""


@dataclass(frozen=True)
class Clock:
    """Whose turn a state is, within how many working days, and after how many it ends by itself (rule values)."""

    side: ClockSide
    within: str
    expires_after: str | None = None


CLOCKS: Mapping[ReferralState, Clock] = {
    S.draft: Clock(ClockSide.applicant, "referral.draft.days", "referral.draft.days"),
    S.submitted: Clock(ClockSide.bank, "referral.submitted.days"),
    S.received: Clock(ClockSide.bank, "referral.received.days"),
    S.in_review: Clock(ClockSide.bank, "referral.in_review.days"),
    S.info_requested: Clock(ClockSide.applicant, "referral.info_requested.days", "referral.info_requested.expire_days"),
    S.info_provided: Clock(ClockSide.bank, "referral.info_provided.days"),
    S.approved: Clock(ClockSide.bank, "referral.approved.days", "referral.approved.expire_days"),
    # What ended leaves the bank one thing to do: to say that the applicant's data are gone.
    **dict.fromkeys(sorted(CLOSES_CONSENT), Clock(ClockSide.bank, "referral.acknowledge.days")),
}


def side_of(caller: Caller) -> Side | None:
    """The side of a caller; None for those who only look on."""
    if caller.role is Role.bank:
        return Side.bank
    if caller.kind is Kind.person or caller.role is Role.consultant:
        return Side.applicant
    return None


def moves_from(side: Side | None, state: ReferralState) -> dict[ReferralState, Move]:
    """The moves that a side can make from a state, by where they lead."""
    return {move.after: move for move in MOVES if move.side is side and move.before is state}
