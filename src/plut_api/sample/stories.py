"""What becomes of requests for financing in the sample, as data: who moves them when, and how loans are paid back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from plut_api.financing.models import ReferralState as S
from plut_api.financing.referrals.reasons import ReasonCode
from plut_api.financing.referrals.states import Side
from plut_api.sample.offers import BUSINESS_CREDIT, KUR, MURABAHAH

SASAMBO, RINJANI = "BANK_SASAMBO", "BANK_RINJANI_SYARIAH"


@dataclass(frozen=True)
class Step:
    """A move, so many days after the one before."""

    days: int
    to: S
    side: Side = Side.bank
    given: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Story:
    """A request: to which bank, when (days ago), for which product, and what became of it.

    `late` are the days past due at the end of each month since the money was paid out; 0 is on time.
    """

    bank: str
    product: str | None
    days_ago: int
    steps: tuple[Step, ...] = ()
    is_sent: bool = True
    late: tuple[int, ...] = ()
    is_paid_back: bool = False
    is_acknowledged: bool = False
    next_bank: str | None = None


_DOCUMENTS = {"documents": [{"kind": "sales_records", "words": "Nota tiga bulan terakhir (contoh)."}]}
_REVIEW = (Step(1, S.received), Step(2, S.in_review))
_ASKED = (*_REVIEW, Step(2, S.info_requested, given=_DOCUMENTS))
_SUPPLIED = (*_ASKED, Step(4, S.info_provided, Side.applicant))
_APPROVED = (*_REVIEW, Step(6, S.approved))
_PAID = (*_APPROVED, Step(5, S.disbursed))
_CAREFULLY_PAID = (*_SUPPLIED, Step(2, S.in_review), Step(5, S.approved), Step(4, S.disbursed))


def _refused(reason: ReasonCode, days: int = 6) -> tuple[Step, ...]:
    words = {"reason_code": reason, "note": "Belum dapat kami biayai (contoh)."}
    return (*_REVIEW, Step(days, S.rejected, given=words))


def _withdrawn(reason: ReasonCode) -> tuple[Step, ...]:
    return (*_REVIEW, Step(3, S.withdrawn, Side.applicant, {"reason_code": reason}))


def _loan(bank: str, days_ago: int, *late: int, closed: bool = False) -> Story:
    product = BUSINESS_CREDIT if bank == SASAMBO else MURABAHAH
    steps = _CAREFULLY_PAID if days_ago % 4 == 0 else _PAID
    return Story(bank, product, days_ago, steps, late=late, is_paid_back=closed)


STORIES = (
    Story(SASAMBO, KUR, 3, is_sent=False),
    Story(RINJANI, None, 8, is_sent=False),
    Story(SASAMBO, KUR, 1),
    Story(RINJANI, MURABAHAH, 1),
    Story(SASAMBO, BUSINESS_CREDIT, 14),  # Late: nobody at the bank looked.
    Story(SASAMBO, KUR, 3, _REVIEW[:1]),
    Story(RINJANI, MURABAHAH, 2, _REVIEW[:1]),
    Story(SASAMBO, KUR, 9, _REVIEW),
    Story(RINJANI, MURABAHAH, 8, _REVIEW),
    Story(SASAMBO, BUSINESS_CREDIT, 45, _REVIEW),  # Late: in review for more than a month.
    Story(SASAMBO, KUR, 8, _ASKED),
    Story(RINJANI, None, 10, _ASKED),
    Story(SASAMBO, KUR, 12, _SUPPLIED),
    Story(RINJANI, MURABAHAH, 11, _SUPPLIED),
    Story(SASAMBO, KUR, 13, _APPROVED),
    Story(RINJANI, MURABAHAH, 15, _APPROVED),
    Story(SASAMBO, BUSINESS_CREDIT, 16, _APPROVED),
    Story(RINJANI, MURABAHAH, 14, _APPROVED),
    Story(SASAMBO, KUR, 12, _APPROVED),
    Story(SASAMBO, BUSINESS_CREDIT, 20, _refused(ReasonCode.incomplete_file)),
    Story(RINJANI, MURABAHAH, 30, _refused(ReasonCode.unproven_sales), is_acknowledged=True),
    Story(SASAMBO, BUSINESS_CREDIT, 60, _refused(ReasonCode.insufficient_capacity, 9), is_acknowledged=True),
    Story(RINJANI, MURABAHAH, 90, _refused(ReasonCode.other), is_acknowledged=True),
    Story(SASAMBO, BUSINESS_CREDIT, 25, _withdrawn(ReasonCode.no_longer_needed), is_acknowledged=True),
    Story(RINJANI, MURABAHAH, 10, _withdrawn(ReasonCode.terms_not_suitable)),
    Story(RINJANI, MURABAHAH, 75, (*_ASKED, Step(60, S.expired, Side.system)), is_acknowledged=True),
    Story(SASAMBO, KUR, 16, _PAID),
    Story(SASAMBO, KUR, 18, _PAID),
    Story(RINJANI, MURABAHAH, 17, _PAID),
    _loan(SASAMBO, 85, 0, 0),
    _loan(RINJANI, 90, 0, 0),
    _loan(SASAMBO, 152, 0, 0, 0, 0),
    _loan(SASAMBO, 153, 0, 0, 12, 0),
    _loan(RINJANI, 155, 0, 0, 0, 0),
    _loan(SASAMBO, 220, 0, 0, 30, 61, 0, 0),  # Caught up again.
    _loan(RINJANI, 221, 0, 0, 0, 31, 61, 92),
    _loan(SASAMBO, 222, 0, 0, 31, 61, 92, 122),
    _loan(SASAMBO, 300, 0, 0, 30, 61, 92, 122, 153, 184),
    _loan(RINJANI, 301, 0, 0, 0, 0, 0, 0, 0, 0, closed=True),
    _loan(SASAMBO, 303, 0, 0, 0, 5, 0, 0, 0, 0, closed=True),
    # Two banks in order: one still waits for its turn, the other was asked when the first had said no.
    Story(SASAMBO, None, 4, _REVIEW[:1], next_bank=RINJANI),
    Story(RINJANI, None, 20, _refused(ReasonCode.insufficient_collateral), next_bank=SASAMBO),
)
"""Rare ones stand once; every state is there."""
