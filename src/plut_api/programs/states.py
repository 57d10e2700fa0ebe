"""The life of a programme as data: which moves there are, from which states, by whose hand."""

from dataclasses import dataclass
from enum import StrEnum

from plut_api.programs.models import ProgramState as S


class ProgramMove(StrEnum):
    """What can be done to a programme's state."""

    submit = "submit"
    approve = "approve"
    reject = "reject"
    publish = "publish"
    start = "start"
    cancel = "cancel"
    complete = "complete"


class Hand(StrEnum):
    """Whose move it is: the organization that runs the programme, or the Dinas, which coordinates all of them."""

    organizer = "organizer"
    dinas = "dinas"


@dataclass(frozen=True)
class Rule:
    """One legal move: where it starts, where it leads, whose it is, whether it needs a reason, what it is told as."""

    starts: frozenset[S]
    leads_to: S
    by: frozenset[Hand]
    event: str
    needs_reason: bool = False


_EITHER = frozenset(Hand)
_DINAS = frozenset({Hand.dinas})
_BEFORE_THE_END = frozenset({S.draft, S.submitted, S.approved, S.rejected, S.published, S.running})

MOVES: dict[ProgramMove, Rule] = {
    ProgramMove.submit: Rule(frozenset({S.draft, S.rejected}), S.submitted, _EITHER, "program.submitted"),
    ProgramMove.approve: Rule(frozenset({S.submitted}), S.approved, _DINAS, "program.approved"),
    ProgramMove.reject: Rule(frozenset({S.submitted}), S.rejected, _DINAS, "program.rejected", needs_reason=True),
    ProgramMove.publish: Rule(frozenset({S.approved}), S.published, _EITHER, "program.published"),
    ProgramMove.start: Rule(frozenset({S.published}), S.running, _EITHER, "program.started"),
    ProgramMove.cancel: Rule(_BEFORE_THE_END, S.cancelled, _EITHER, "program.cancelled", needs_reason=True),
    ProgramMove.complete: Rule(frozenset({S.running}), S.completed, _EITHER, "program.completed"),
}

PUBLIC = frozenset({S.published, S.running, S.completed})
"""States in which anyone may see a programme."""

CHANGEABLE: dict[Hand, frozenset[S]] = {
    Hand.organizer: frozenset({S.draft, S.rejected}),
    Hand.dinas: frozenset({S.draft, S.rejected, S.submitted}),
}
"""States in which the content of a programme may change.

While the Dinas reviews a proposal its organizer leaves it alone, and what was approved is what takes place.
"""

QUOTA_OPEN = frozenset({S.approved, S.published, S.running})
"""States in which the seats of an approved programme may still be raised or lowered."""

SESSIONS_WELCOME = _BEFORE_THE_END
"""States in which sessions may still be added."""

TAUGHT = frozenset({S.running, S.completed})
"""States in which a participant can have finished."""


def allowed_moves(state: S, hand: Hand) -> list[ProgramMove]:
    """The moves that a hand has in a state, in the order of a programme's life."""
    return [move for move, rule in MOVES.items() if state in rule.starts and hand in rule.by]
