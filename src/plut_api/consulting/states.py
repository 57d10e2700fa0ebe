"""The life of a consultation as data: which moves there are, from which states, by whose hand."""

from dataclasses import dataclass
from enum import StrEnum

from plut_api.consulting.models import ConsultationState as S


class ConsultationMove(StrEnum):
    """What can be done to a consultation."""

    assign = "assign"
    schedule = "schedule"
    hold = "hold"
    no_show = "no-show"
    cancel = "cancel"


class Hand(StrEnum):
    """Whose move it is: the client's, the consultant's who has it, a colleague's who accompanies the client as well, or
    of the Dinas.
    """

    client = "client"
    consultant = "consultant"
    colleague = "colleague"
    dinas = "dinas"


@dataclass(frozen=True)
class Rule:
    """One legal move: where it starts, where it leads, whose it is, whether it needs a reason, what it is told as."""

    starts: frozenset[S]
    leads_to: S
    by: frozenset[Hand]
    event: str
    needs_reason: bool = False


_OPEN = frozenset({S.requested, S.scheduled})
_APPOINTED = frozenset({S.scheduled})
_DINAS = frozenset({Hand.dinas})
_CONSULTANT = frozenset({Hand.consultant})
_STAFF = _CONSULTANT | _DINAS

MOVES: dict[ConsultationMove, Rule] = {
    ConsultationMove.assign: Rule(_OPEN, S.requested, _DINAS, "consultation.assigned"),
    ConsultationMove.schedule: Rule(_OPEN, S.scheduled, _STAFF, "consultation.scheduled"),
    ConsultationMove.hold: Rule(_APPOINTED, S.held, _CONSULTANT, "consultation.held"),
    ConsultationMove.no_show: Rule(_APPOINTED, S.no_show, _STAFF, "consultation.missed"),
    ConsultationMove.cancel: Rule(
        _OPEN, S.cancelled, _STAFF | {Hand.client}, "consultation.cancelled", needs_reason=True
    ),
}


_ASKED = frozenset({"field", "channel", "problem", "wished_days"})
_RECORDED = frozenset({"minutes", "advice", "result", "next_visit_on"})


def changeable(state: S, hand: Hand) -> frozenset[str]:
    """What a hand may change in a state: what was asked for while it is open, the consultant what they recorded."""
    if state in _OPEN and hand is not Hand.colleague:
        return _ASKED
    return _RECORDED if state is S.held and hand is Hand.consultant else frozenset()


def allowed_moves(state: S, hand: Hand) -> list[ConsultationMove]:
    """The moves that a hand has in a state."""
    return [move for move, rule in MOVES.items() if state in rule.starts and hand in rule.by]
