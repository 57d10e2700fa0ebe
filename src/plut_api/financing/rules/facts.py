"""What a fact is, and what rules judge: a subject with its catalogue of facts, each one SQL expression.

Every expression stands on one lateral join per source, so the same query serves one subject, an import, or all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    FromClause,
    Integer,
    Text,
    and_,
    bindparam,
    case,
    cast,
    extract,
    func,
    literal,
    literal_column,
    null,
    select,
)
from sqlalchemy.sql import visitors

from plut_api.kit import i18n
from plut_api.kit.clock import WITA
from plut_api.reference.models import RuleValue

Kind = Literal["yes_no", "number", "text"]
"""The type of a fact: `true` or `false`, a whole number, or text."""

Value = bool | int | str
"""A value of a fact that is taken as given."""

TYPES: Mapping[str, Any] = {"yes_no": Boolean(), "number": BigInteger(), "text": Text()}

TODAY = bindparam("today", type_=Date)
"""The day the facts are asked on (WITA)."""


def months_since(day: Any) -> Any:
    """SQL of the whole months from a day to the day asked."""
    age = func.age(TODAY, day)
    return cast(extract("year", age) * 12 + extract("month", age), Integer)


def days_since(day: Any) -> Any:
    """SQL of the days from a day to the day asked."""
    return cast(TODAY, Date) - day


def rule_value_of(code: str) -> Any:
    """SQL of a dated rule value on the day asked; null if none holds. Asked for once a statement."""
    holds = and_(RuleValue.valid_from <= TODAY, func.coalesce(RuleValue.valid_to, TODAY) >= TODAY)
    newest = select(cast(RuleValue.value, BigInteger)).where(RuleValue.code == code, holds)
    return newest.order_by(RuleValue.valid_from.desc()).limit(1).scalar_subquery()


def links(table: str, row_id: Any, condition: Any) -> Any:
    """SQL of the links to rows of a table that meet a condition, in an aggregate; null without any."""
    link = func.jsonb_build_array(literal_column(f"'{table}'"), row_id)
    return func.jsonb_agg(link).filter(and_(row_id.is_not(None), condition))


def link(table: str, row_id: Any) -> Any:
    """SQL of the link to one row, null where there is none."""
    pair = func.jsonb_build_array(literal_column(f"'{table}'"), row_id)
    return case((row_id.is_not(None), func.jsonb_build_array(pair)))


@dataclass(frozen=True)
class Fact:
    """One fact: its SQL, its type, what it means, when it was established, and what proves it.

    `established_at` is SQL of an instant; none: the fact holds on the day asked. `evidence` is SQL of a JSON array of
    pairs `[table, id]`, null where nothing proves it.
    """

    expression: Any
    kind: Kind
    meaning: i18n.Text
    established_at: Any = None
    evidence: Any = None

    @property
    def as_of(self) -> Any:
        """SQL of the day (WITA) that the fact is from."""
        return cast(func.timezone(str(WITA), self.established_at), Date) if self.established_at is not None else null()

    def taken_as(self, value: Value) -> Any:
        """SQL of a value that is taken for this fact."""
        return cast(literal(value, TYPES[self.kind]), TYPES[self.kind])

    def takes(self, value: object) -> bool:
        """Whether a value is of the type of this fact. A number is at least 0: no fact counts below."""
        if self.kind == "number":
            return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63
        return isinstance(value, bool if self.kind == "yes_no" else str)


@dataclass(frozen=True, eq=False)
class Subject:
    """What rules judge: its name, the letter of its rules, the column of its id, its facts and where they come from.

    `sources` are the lateral joins in the order in which they may lean on each other.
    """

    name: str
    letter: str
    key: Any
    id_name: str
    facts: Mapping[str, Fact]
    sources: tuple[FromClause, ...]

    def joined(self, query: Any, facts: Iterable[str] | None = None) -> Any:
        """A Select over the table of the subject with the sources of these facts, of all by default, beside it."""
        needed = self._closed(self.facts if facts is None else facts)
        query = query.select_from(self.key.class_)
        for source in self.sources:
            if source in needed:
                query = query.outerjoin(source, literal(True))
        return query

    def _closed(self, facts: Iterable[str]) -> set[FromClause]:
        needed: set[FromClause] = set().union(*(self._sources_of[fact] for fact in facts))
        for source in reversed(self.sources):
            if source in needed:
                needed |= self._mentioned(source.element)
        return needed

    @cached_property
    def _sources_of(self) -> dict[str, set[FromClause]]:
        return {
            name: set().union(
                *(self._mentioned(part) for part in (fact.expression, fact.established_at, fact.evidence))
            )
            for name, fact in self.facts.items()
        }

    def _mentioned(self, clause: Any) -> set[FromClause]:
        if clause is None:
            return set()
        tables = [getattr(element, "table", None) for element in visitors.iterate(clause)]
        return {source for source in self.sources if any(table is source for table in tables)}
