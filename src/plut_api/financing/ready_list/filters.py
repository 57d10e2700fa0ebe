"""What a bank can narrow the ready list to, as SQL over its filter columns.

Values of one filter are joined by OR, filters by AND. What tells of the owner (`segment`), what a bank could ask about
by way of its own products (`fits`), and the score meet identified rows alone: a masked row shows none of them, and a
filter that it could meet would show them all the same (decision 16).
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any
from uuid import UUID

LEVELS = ("product_level", "packaging_level", "branding_level", "market_level", "finance_level")
"""Highest levels proven in the dimensions of the rubric; filters on them are lower bounds."""
SHOWN = ("regency_code", "size_class", "kbli_code", "kbli_section", "amount_band", *LEVELS)
"""Filter columns that a masked row shows, too."""
COLUMNS = (*SHOWN, "segments", "fits", "score")
ONE_OF = {
    "regency": "regency_code",
    "size_class": "size_class",
    "kbli": "kbli_code",
    "sector": "kbli_section",
    "amount_band": "amount_band",
}
ANY_OF = {"segment": ("segments", "text[]"), "fits": ("fits", "uuid[]")}


@dataclass(frozen=True)
class Filters:
    """What a bank narrows the list to; an empty tuple, or None, leaves a column free."""

    regency: Sequence[str] = ()
    size_class: Sequence[str] = ()
    kbli: Sequence[str] = ()
    sector: Sequence[str] = ()
    amount_band: Sequence[str] = ()
    product_level: int | None = None
    packaging_level: int | None = None
    branding_level: int | None = None
    market_level: int | None = None
    finance_level: int | None = None
    segment: Sequence[str] = ()
    fits: Sequence[UUID] = ()
    score_from: int | None = None

    @cached_property
    def of_identified(self) -> bool:
        """Whether only identified rows can meet them."""
        return bool(self.segment or self.fits or self.score_from is not None)

    @cached_property
    def asks_more(self) -> bool:
        """Whether they ask for what is stamped apart: the score, or the products that fit."""
        return bool(self.fits or self.score_from is not None)

    def shown(self, alias: str) -> str:
        """SQL: what any row can meet. One value is an equality, so that the index keeps its order."""
        parts = []
        for name, column in ONE_OF.items():
            wanted: Sequence[str] = getattr(self, name)
            if len(wanted) == 1:
                parts.append(f" AND {alias}.{column} = CAST(:{name} AS text)")
            elif wanted:
                parts.append(f" AND {alias}.{column} = ANY(CAST(:{name} AS text[]))")
        parts += [
            f" AND {alias}.{level} >= CAST(:{level} AS int)" for level in LEVELS if getattr(self, level) is not None
        ]
        return "".join(parts)

    def hidden(self, alias: str) -> str:
        """SQL: what only identified rows can meet."""
        parts = [
            f" AND {alias}.{column} && CAST(:{name} AS {kind})"
            for name, (column, kind) in ANY_OF.items()
            if getattr(self, name)
        ]
        if self.score_from is not None:
            parts.append(f" AND {alias}.score >= CAST(:score_from AS int)")
        return "".join(parts)

    def values(self) -> dict[str, Any]:
        """The parameters of `shown` and `hidden`."""
        given: dict[str, Any] = {one.name: getattr(self, one.name) for one in fields(self)}
        found = {name: value for name, value in given.items() if value is not None and value != ()}
        return {name: _plain(name, value) for name, value in found.items()}


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, int):
        return value
    return value[0] if name in ONE_OF and len(value) == 1 else list(value)
