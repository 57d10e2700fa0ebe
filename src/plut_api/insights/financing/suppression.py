"""Keeping small groups untold, so that a number in a report is never about a few (statistical disclosure control).

A row's numbers split into parts, such as approved, rejected and not decided. They are told only if no part is smaller
than the dated bound, unless it is empty. Whoever knows the total could still work out one row that is left out, or a
few that are small together; so rows are left out until what is missing is at least two rows and large enough.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Parts:
    """What a row's numbers are made of, and whether they may be told at all."""

    counts: tuple[int, ...]
    may_be_told: bool = True

    @property
    def whole(self) -> int:
        """All parts together."""
        return sum(self.counts)


def left_out(rows: Sequence[Parts], smallest: int) -> frozenset[int]:
    """The places of rows whose numbers must not be told, where groups smaller than `smallest` are not."""
    hidden = {place for place, row in enumerate(rows) if not row.may_be_told or is_small(row.counts, smallest)}
    told = sorted((place for place in range(len(rows)) if place not in hidden), key=lambda place: rows[place].whole)
    while hidden and told and _can_be_worked_out([rows[place] for place in hidden], smallest):
        hidden.add(told.pop(0))
    return frozenset(hidden)


def is_small(counts: Collection[int], smallest: int) -> bool:
    """Whether any part is there, but smaller than the bound."""
    return any(0 < count < smallest for count in counts)


def _can_be_worked_out(rows: Sequence[Parts], smallest: int) -> bool:
    together = [sum(counts) for counts in zip(*(row.counts for row in rows), strict=True)]
    return len(rows) == 1 or is_small(together, smallest)
