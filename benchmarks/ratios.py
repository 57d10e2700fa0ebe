"""A row of the table, and how rounds become one: ratios only compare what ran one after the other."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

ROUNDS = 3


@dataclass(frozen=True)
class Ratio:
    """One row of the table. `low` says that the target is a ceiling; without a target the row only informs."""

    name: str
    value: float | None
    target: float | None
    low: bool = False
    note: str = ""

    @property
    def verdict(self) -> str:
        """Whether the target is met."""
        if self.value is None:
            return "not measured"
        if self.target is None:
            return ""
        return "met" if (self.value <= self.target if self.low else self.value >= self.target) else "NOT MET"

    @property
    def bound(self) -> str:
        """The target as it is printed."""
        return "–" if self.target is None else f"{'≤' if self.low else '≥'} {self.target:g}"


def median_ratio(rounds: Sequence[Mapping[str, float]], over: str, under: str) -> float:
    """Median over the rounds of one measure by another of the same round."""
    return statistics.median(one[over] / one[under] for one in rounds)


def spread(rounds: Sequence[Mapping[str, float]], over: str, under: str) -> str:
    """The lowest and the highest ratio of a round, to see how steady the machine was."""
    found = [one[over] / one[under] for one in rounds]
    return f"{min(found):.2f}–{max(found):.2f}"
