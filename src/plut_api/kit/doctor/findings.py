"""What `plut doctor` says."""

from dataclasses import asdict, dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad it is: production does not start with what is severe."""

    severe = "severe"
    warning = "warning"
    note = "note"


@dataclass(frozen=True)
class Finding:
    """One thing that is unsafe, and what to do about it. Names settings, never their values where they are secret."""

    code: str
    severity: Severity
    words: str
    remedy: str

    def told(self) -> dict[str, str]:
        """The finding as JSON members."""
        return asdict(self)


def severe(code: str, words: str, remedy: str) -> Finding:
    """A finding that production does not start with."""
    return Finding(code, Severity.severe, words, remedy)


def warning(code: str, words: str, remedy: str) -> Finding:
    """A finding that somebody should look at soon."""
    return Finding(code, Severity.warning, words, remedy)


def note(code: str, words: str, remedy: str) -> Finding:
    """A finding that is right on a developer's machine."""
    return Finding(code, Severity.note, words, remedy)
