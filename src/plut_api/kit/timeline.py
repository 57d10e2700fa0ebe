"""What happened to a business, told by every room and read by one query. Kit knows no table.

A room's `timeline.py` says `@tells("enrolments", kinds=…)` over a function that gives, for an expression of the id of
a business, the SELECTs of what its tables tell, each built by `entry`; `plut_api/timelines.py` imports them all. Each
SELECT leans on an index of its table that begins with the business. A table that refers to businesses and tells nothing
has to say why, by `tells_nothing`. Tests compare that with the tables that there are, and look at the plan.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Select,
    String,
    Subquery,
    Uuid,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB

from plut_api.kit.i18n import Locale, Text

NOBODY_SAYS = Text(id="belum diketahui", en="unknown")


@dataclass(frozen=True)
class Telling:
    """How one kind of entry is told: in a sentence, with the address of the row behind it.

    Both may name facts of the entry; the sentence also `{who}`, the person it is about, and the address `{actor_id}`
    and `{row_id}`. `spoken` has words for facts that are codes.
    """

    href: str
    sentence: Text
    spoken: Mapping[str, Mapping[str, Text]] = field(default_factory=dict)

    def words(self, facts: Mapping[str, Any], who: str, locale: Locale) -> str:
        """The sentence in one language."""
        told = {name: self._spoken(name, value, locale) for name, value in facts.items()}
        said = self.sentence.in_locale(locale, **told, who=who)
        return said[:1].upper() + said[1:]

    def address(self, facts: Mapping[str, Any], actor_id: UUID, row_id: UUID) -> str:
        """Where the row can be read."""
        return self.href.format(**facts, actor_id=actor_id, row_id=row_id)

    def _spoken(self, name: str, value: Any, locale: Locale) -> Any:
        if value is None:
            return NOBODY_SAYS.in_locale(locale)
        words = self.spoken.get(name, {}).get(str(value))
        return words.in_locale(locale) if words is not None else value


Business = ColumnElement[UUID]
Teller = Callable[[Business], Iterable[Select[Any]]]
KINDS: dict[str, Telling] = {}
TELLERS: dict[str, Teller] = {}
TOLD_TABLES: set[str] = set()
SILENT: dict[str, str] = {}


def tells(name: str, *tables: str, kinds: Mapping[str, Telling]) -> Callable[[Teller], Teller]:
    """Register what a room tells of businesses from one table (`name`), and from others beside it.

    Raises ValueError if a name or a kind is taken.
    """

    def register(teller: Teller) -> Teller:
        taken = [kind for kind in kinds if kind in KINDS] + [name] * (name in TELLERS)
        if taken:
            raise ValueError(f"the timeline knows {taken[0]} already")
        TELLERS[name] = teller
        TOLD_TABLES.update((name, *tables))
        KINDS.update(kinds)
        return teller

    return register


def tells_nothing(table: str, reason: str) -> None:
    """Say why a table that refers to businesses has no part in what happened to them."""
    SILENT[table] = reason


def entry(
    kind: str,
    row_id: ColumnElement[UUID] | Any,
    at: ColumnElement[Any] | Any,
    *,
    by: ColumnElement[Any] | Any | None = None,
    person: ColumnElement[Any] | Any | None = None,
    **facts: Any,
) -> Select[Any]:
    """A SELECT of entries of one kind: when, which row, by which account, and about which person, if any.

    Facts are columns: codes, numbers, names of programmes and organizations; nothing that names or describes a person.
    """
    members = [part for name, value in facts.items() for part in (literal(name, String), value)]
    return select(
        cast(at, DateTime(timezone=True)).label("at"),
        cast(row_id, Uuid).label("row_id"),
        literal(kind, String).label("kind"),
        (cast(by, Uuid) if by is not None else cast(null(), Uuid)).label("by_id"),
        (cast(person, Uuid) if person is not None else cast(null(), Uuid)).label("person_id"),
        cast(func.jsonb_build_object(*members), JSONB).label("facts"),
    )


def story(actor_id: Business) -> Subquery:
    """Everything that is told of a business, by all rooms, as one UNION ALL in no order."""
    return union_all(*(branch for teller in TELLERS.values() for branch in teller(actor_id))).subquery("story")
