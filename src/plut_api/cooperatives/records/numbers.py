"""Numbers of papers, sealed at rest; in lists only their last digits are shown."""

from collections.abc import Mapping
from typing import Any

from plut_api.actors.identifiers import blind, seal, unseal

NUMBER = "cooperative_papers.number"
SHOWN_DIGITS = 4


def sealed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as columns: a number becomes its seal and its blind index."""
    columns = dict(values)
    if "number" in columns:
        number = columns.pop("number")
        columns |= {"number_sealed": seal(NUMBER, number), "number_index": blind(NUMBER, number)}
    return columns


def revealed(paper: Any) -> str | None:
    """The number of a paper in the clear."""
    return unseal(NUMBER, paper.number_sealed)


def masked_number(number: str | None) -> str | None:
    """A number of which only the end can be read: `•••••••••3456`."""
    return None if number is None else "•" * (len(number) - SHOWN_DIGITS) + number[-SHOWN_DIGITS:]
