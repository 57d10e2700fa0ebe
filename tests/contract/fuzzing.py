"""What fuzzing is told about the world: who calls, and which identifiers exist."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

ROLES = ("anyone", "person", "manager", "dinas", "consultant", "opd", "bank", "ojk", "partner", "client")
"""`client` is the machine of a bank; `anyone` has no token."""


def role_of_today() -> str:
    """`FUZZ_ROLE`, or the role whose turn it is: one a day."""
    return os.environ.get("FUZZ_ROLE") or ROLES[datetime.now(UTC).date().toordinal() % len(ROLES)]


def seed_of_today() -> int:
    """`FUZZ_SEED`, or the day, so that a failure of a day can be had again on that day."""
    return int(os.environ.get("FUZZ_SEED") or datetime.now(UTC).date().toordinal())


SEES_ALL = frozenset({"dinas"})
"""Roles to which no row is foreign."""


SHOWN_TO: Mapping[str, frozenset[str]] = {"opd": frozenset({"agreement", "commitment"})}
"""Kinds of rows of others that a role reads by rule: what can sponsor the programmes of an OPD."""


@dataclass(frozen=True)
class Foreign:
    """What none of the callers may ever be shown, since it is of people and organizations that they are not tied to."""

    words: Mapping[str, str]
    """Names and identifiers, by kind."""
    ids: Mapping[str, str]
    """Ids of rows that are not public, by kind."""

    def shown_in(self, text: str, *, succeeded: bool) -> list[str]:
        """Which kinds an answer gives away. A refusal may repeat an id that was sent, a success is about its object."""
        found = [f"the {kind} {word}" for kind, word in self.words.items() if word in text]
        return found + [f"the {kind} {id_}" for kind, id_ in self.ids.items() if succeeded and id_ in text]


NOTHING_FOREIGN = Foreign({}, {})


class World:
    """Who calls, tokens by role, existing identifiers by parameter name (`actor_id`), and what is foreign.

    Filled before the first case is made.
    """

    def __init__(self) -> None:
        self.role = role_of_today()
        self.tokens: Mapping[str, str] = {}
        self.known: Mapping[str, Sequence[str]] = {}
        self.foreign = NOTHING_FOREIGN

    @property
    def token(self) -> str | None:
        """The token of who calls."""
        return self.tokens.get(self.role)

    def given_away(self, text: str, *, succeeded: bool) -> list[str]:
        """What an answer tells the role that is not for it."""
        if self.role in SEES_ALL:
            return []
        shown = SHOWN_TO.get(self.role, frozenset())
        ids = {kind: id_ for kind, id_ in self.foreign.ids.items() if kind not in shown}
        return Foreign(self.foreign.words, ids).shown_in(text, succeeded=succeeded)

    def meet(self, node: Any) -> Any:
        """A generated value in which three of four well-formed identifiers are such that exist."""
        if isinstance(node, list):
            return [self.meet(item) for item in node]
        if not isinstance(node, dict):
            return node
        return {name: self._identifier(name, value) for name, value in node.items()}

    def _identifier(self, name: str, value: Any) -> Any:
        existing = self.known.get(name, ())
        number = _uuid_number(value)
        if number is None or not existing:
            return self.meet(value)
        return value if number % 4 == 3 else existing[number // 4 % len(existing)]


def _uuid_number(value: Any) -> int | None:
    try:
        return UUID(value).int if isinstance(value, str) and len(value) == 36 else None
    except ValueError:
        return None
