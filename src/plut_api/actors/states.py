"""The life of a business as data: which moves there are, and from where to where."""

from dataclasses import dataclass
from enum import StrEnum

from plut_api.actors.models import ActorStatus as S


class StatusMove(StrEnum):
    """What can be done to the status of a business."""

    pause = "pause"
    close = "close"
    reopen = "reopen"


@dataclass(frozen=True)
class Rule:
    """One legal move. Directors pause and reopen; only an owner, or PLUT's staff for them, closes."""

    starts: frozenset[S]
    leads_to: S
    owners_only: bool = False


MOVES: dict[StatusMove, Rule] = {
    StatusMove.pause: Rule(frozenset({S.active}), S.dormant),
    StatusMove.close: Rule(frozenset({S.active, S.dormant}), S.closed, owners_only=True),
    StatusMove.reopen: Rule(frozenset({S.dormant, S.closed}), S.active),
}


def allowed_moves(status: S) -> list[StatusMove]:
    """The moves that a business can make."""
    return [move for move, rule in MOVES.items() if status in rule.starts]
