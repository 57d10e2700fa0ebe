"""The life of an agreement as data: which moves there are, from which states, whether they need a reason."""

from dataclasses import dataclass
from enum import StrEnum

from plut_api.organizations.agreements.models import AgreementState as S


class AgreementMove(StrEnum):
    """What the Dinas can do to an agreement's state."""

    activate = "activate"
    end = "end"
    terminate = "terminate"


@dataclass(frozen=True)
class Rule:
    """One legal move: where it starts, where it leads, whether it needs a reason, what it is told as."""

    starts: frozenset[S]
    leads_to: S
    event: str
    needs_reason: bool = False


MOVES: dict[AgreementMove, Rule] = {
    AgreementMove.activate: Rule(frozenset({S.draft}), S.active, "agreement.activated"),
    AgreementMove.end: Rule(frozenset({S.active}), S.ended, "agreement.ended"),
    AgreementMove.terminate: Rule(
        frozenset({S.draft, S.active}), S.terminated, "agreement.terminated", needs_reason=True
    ),
}

CHANGEABLE: dict[S, frozenset[str]] = {
    S.draft: frozenset({"number", "title", "starts_on", "ends_on", "signed_on", "paper_file_id"}),
    S.active: frozenset({"title", "ends_on", "paper_file_id"}),
}
"""What of an agreement may change in which state: what was signed stays, but for its end and its paper."""

COMMITMENT_CHANGEABLE: dict[S, frozenset[str]] = {
    S.draft: frozenset({"seats", "amount_idr", "quantity", "unit", "product", "due_on", "note"}),
    S.active: frozenset({"due_on", "note"}),
}
"""The same of a commitment. Who commits to more under an active agreement adds another commitment."""


def allowed_moves(state: S) -> list[AgreementMove]:
    """The moves that there are from a state."""
    return [move for move, rule in MOVES.items() if state in rule.starts]
