"""The life of a product as data: which moves there are, from which states, and what they are told as."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from plut_api.financing.products.models import FinancingProduct
from plut_api.financing.products.models import ProductState as S


class ProductMove(StrEnum):
    """What a bank can do to the state of its product."""

    publish = "publish"
    pause = "pause"
    resume = "resume"
    close = "close"


@dataclass(frozen=True)
class Rule:
    """One legal move: where it starts, where it leads, what it is told as."""

    starts: frozenset[S]
    leads_to: S
    event: str


MOVES: dict[ProductMove, Rule] = {
    ProductMove.publish: Rule(frozenset({S.draft}), S.published, "financing_product.published"),
    ProductMove.pause: Rule(frozenset({S.published}), S.paused, "financing_product.changed"),
    ProductMove.resume: Rule(frozenset({S.paused}), S.published, "financing_product.changed"),
    ProductMove.close: Rule(frozenset({S.published, S.paused}), S.closed, "financing_product.closed"),
}


def allowed_moves(state: S) -> list[ProductMove]:
    """The moves that there are from a state."""
    return [move for move, rule in MOVES.items() if state in rule.starts]


def standing(product: FinancingProduct) -> dict[str, Any]:
    """Where a product stands and what can be done with it, for a refusal."""
    return {"state": product.state.value, "allowed_moves": [move.value for move in allowed_moves(product.state)]}
