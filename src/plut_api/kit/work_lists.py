"""What waits for PLUT's staff, offered by every room and read by one query. Kit knows no table.

A room's `work.py` says `@offers("evidence.to_verify", …)` over a function that gives the SELECT of what waits, built by
`task`, within the rows of who asks; `plut_api/insights/kinds.py` imports them all. Each kind is a branch of one UNION
ALL, and each branch brings no more than a page: the oldest of its kind.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Integer,
    Select,
    String,
    Uuid,
    and_,
    cast,
    func,
    literal,
    null,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB

from plut_api.kit.caller import Caller, Role
from plut_api.kit.i18n import Locale, Text

MOST_COUNTED = 10_000
"""A summary counts no further than this of one kind."""
Facts = Mapping[str, Any]
Spoken = Mapping[str, Mapping[Any, Text]]
"""Words for facts that are codes."""


@dataclass(frozen=True)
class Asked:
    """Who asks, when, and the dated rule values of the day."""

    caller: Caller
    now: datetime
    today: date
    values: Mapping[str, int]

    def days(self, code: str | None) -> timedelta:
        """A rule value in days; none for no code. Raises LookupError: without its term nothing is due."""
        if code is None:
            return timedelta()
        if code not in self.values:
            raise LookupError(f"no rule value {code!r} holds today")
        return timedelta(days=self.values[code])


Offer = Callable[[Asked], Select[Any]]


@dataclass(frozen=True)
class WorkKind:
    """One kind of work: at whose desk, within which term, where its row is, and how it is said.

    `within` is the code of a rule value in days from the instant that a task began to wait; without it that instant is
    the term itself. `href` may name `{row_id}`, `{person_id}`, `{actor_id}` and facts, the sentence facts.
    """

    code: str
    desks: frozenset[Role]
    title: Text
    sentence: Text | Callable[[Facts, Locale], str]
    href: str
    within: str | None
    offer: Offer = field(repr=False)
    spoken: Spoken = field(default_factory=dict)

    def words(self, facts: Facts, locale: Locale) -> str:
        """What is to be done, in one language."""
        if not isinstance(self.sentence, Text):
            return self.sentence(facts, locale)
        told = {name: self._spoken(name, value, locale) for name, value in facts.items()}
        return self.sentence.in_locale(locale, **told)

    def address(self, row: Any) -> str:
        """Where the row is."""
        return self.href.format(**row.facts, row_id=row.row_id, person_id=row.person_id, actor_id=row.actor_id)

    def _spoken(self, name: str, value: Any, locale: Locale) -> Any:
        words = self.spoken.get(name, {}).get(str(value))
        return words.in_locale(locale) if words is not None else value


KINDS: dict[str, WorkKind] = {}


def offers(
    code: str,
    *,
    to: Collection[Role],
    title: Text,
    sentence: Text | Callable[[Facts, Locale], str],
    href: str,
    within: str | None = None,
    spoken: Spoken | None = None,
) -> Callable[[Offer], Offer]:
    """Register a kind of work. Raises ValueError if its code is taken."""

    def register(offer: Offer) -> Offer:
        if code in KINDS:
            raise ValueError(f"two kinds of work are called {code}")
        KINDS[code] = WorkKind(code, frozenset(to), title, sentence, href, within, offer, spoken or {})
        return offer

    return register


def task(row_id: Any, since: Any, *, person: Any | None = None, actor: Any | None = None, **facts: Any) -> Select[Any]:
    """A SELECT of tasks: which row, since when it waits (or its term), about which person and which business.

    Facts are columns: codes, numbers, ids; nothing that names or describes a person.
    """
    members = [part for name, value in facts.items() for part in (literal(name, String), value)]
    return select(
        cast(since, DateTime(timezone=True)).label("since"),
        cast(row_id, Uuid).label("row_id"),
        (cast(person, Uuid) if person is not None else cast(null(), Uuid)).label("person_id"),
        (cast(actor, Uuid) if actor is not None else cast(null(), Uuid)).label("actor_id"),
        cast(func.jsonb_build_object(*members), JSONB).label("facts"),
    )


def kinds_for(role: Role, wanted: Collection[str] | None = None) -> list[WorkKind]:
    """The kinds of work at the desk of a role, all or those that are wanted, by code."""
    there = [kind for kind in KINDS.values() if role in kind.desks and (wanted is None or kind.code in wanted)]
    return sorted(there, key=lambda kind: kind.code)


@dataclass(frozen=True)
class Place:
    """Where a page ended: the term of its last task, its kind and its row."""

    due_at: datetime
    kind: str
    row_id: UUID


def waiting(asked: Asked, kinds: Sequence[WorkKind], *, after: Place | None, overdue: bool, limit: int) -> Select[Any]:
    """So many tasks of these kinds, the longest due first: kind, due_at, row_id, person_id, actor_id, facts.

    Raises ValueError without a kind.
    """
    branches = [_branch(asked, kind, after, overdue).limit(limit).subquery() for kind in kinds]
    everything = union_all(*(select(*branch.c) for branch in branches)).subquery("waiting")
    return select(*everything.c).order_by(everything.c.due_at, everything.c.kind, everything.c.row_id).limit(limit)


def counted(asked: Asked, kinds: Sequence[WorkKind]) -> Select[Any]:
    """How much of each kind waits, and how much of it is overdue: kind, tasks, overdue. Raises ValueError without one.

    Up to one more than MOST_COUNTED; the overdue come first, so they are counted as far.
    """
    parts = []
    for kind in kinds:
        some = _branch(asked, kind, None, overdue=False).limit(MOST_COUNTED + 1).subquery()
        late = func.count().filter(some.c.due_at < asked.now)
        parts.append(
            select(
                literal(kind.code, String).label("kind"),
                cast(func.count(), Integer).label("tasks"),
                cast(late, Integer).label("overdue"),
            ).select_from(some)
        )
    everything = union_all(*parts).subquery("counted")
    return select(*everything.c).order_by(everything.c.kind)


def _branch(asked: Asked, kind: WorkKind, after: Place | None, overdue: bool) -> Select[Any]:
    """The tasks of one kind behind a place, the oldest first."""
    offered, term = kind.offer(asked).subquery(), asked.days(kind.within)
    conditions: list[ColumnElement[bool]] = []
    if after is not None:
        conditions.append(_behind(offered, kind, after, term))
    if overdue:
        conditions.append(offered.c.since < asked.now - term)
    return (
        select(
            literal(kind.code, String).label("kind"),
            (offered.c.since + term).label("due_at"),
            *(offered.c[name] for name in ("row_id", "person_id", "actor_id", "facts")),
        )
        .where(and_(true(), *conditions))
        .order_by(offered.c.since, offered.c.row_id)
    )


def _behind(offered: Any, kind: WorkKind, after: Place, term: timedelta) -> ColumnElement[bool]:
    """The condition on tasks of one kind that they stand behind a place in the order of all kinds."""
    since: datetime = after.due_at - term
    if kind.code == after.kind:
        here = tuple_(literal(since, DateTime(timezone=True)), literal(after.row_id, Uuid))
        return tuple_(offered.c.since, offered.c.row_id) > here
    behind: ColumnElement[bool] = offered.c.since >= since if kind.code > after.kind else offered.c.since > since
    return behind
