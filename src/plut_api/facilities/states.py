"""The life of a booking as data: which moves there are, from which states, by whose hand."""

from dataclasses import dataclass
from enum import StrEnum

from plut_api.facilities.models import BookingState as S


class BookingMove(StrEnum):
    """What can be done to a booking."""

    approve = "approve"
    reject = "reject"
    cancel = "cancel"
    no_show = "no-show"


class InTheWay(StrEnum):
    """What becomes of bookings that lie in what is to be closed: nothing is closed, they are cancelled, they stay."""

    refuse = "refuse"
    cancel = "cancel"
    keep = "keep"


class Hand(StrEnum):
    """Whose move it is: of who booked, or of PLUT, which runs the building."""

    booker = "booker"
    plut = "plut"


@dataclass(frozen=True)
class Rule:
    """One legal move: where it starts, where it leads, whose it is, whether it needs a reason, what it is told as."""

    starts: frozenset[S]
    leads_to: S
    by: frozenset[Hand]
    event: str
    needs_reason: bool = False


_PLUT = frozenset({Hand.plut})
_ASKED = frozenset({S.requested, S.waiting})

MOVES: dict[BookingMove, Rule] = {
    BookingMove.approve: Rule(_ASKED, S.approved, _PLUT, "booking.approved"),
    BookingMove.reject: Rule(_ASKED, S.rejected, _PLUT, "booking.rejected", needs_reason=True),
    BookingMove.cancel: Rule(_ASKED | {S.approved}, S.cancelled, frozenset(Hand), "booking.cancelled"),
    BookingMove.no_show: Rule(frozenset({S.approved}), S.no_show, _PLUT, "booking.missed"),
}

HOLDING = (S.approved, S.no_show)
"""States in which a booking has its room: nobody else gets it."""


COMING = (S.requested, S.waiting, S.approved)
"""States in which a booking can still take place."""


def allowed_moves(state: S, hand: Hand) -> list[BookingMove]:
    """The moves that a hand has in a state."""
    return [move for move, rule in MOVES.items() if state in rule.starts and hand in rule.by]
