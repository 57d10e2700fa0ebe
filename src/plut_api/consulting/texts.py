"""Sealing what people confide, and opening it for those who may read it. A context is the table and the column."""

from plut_api.kit.crypto import vault

PROBLEM = "consultations.problem"
PLACE = "consultations.place"
ADVICE = "consultations.advice"
REASON = "consultation_transitions.reason"
WHAT = "agreed_actions.what"
NOTE = "consultation_notes.text"


def sealed(context: str, words: str | None) -> bytes | None:
    """Words as a table keeps them."""
    return vault().seal(context, words) if words is not None else None


def opened(context: str, kept: bytes | None) -> str | None:
    """Words as they were said. Raises SealBroken."""
    return vault().open(context, kept) if kept is not None else None
