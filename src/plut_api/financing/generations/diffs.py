"""Whom one rule set would add or drop in place of another, by segment and place. Judged by both; nothing is stored
about anybody.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, func, literal, null, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import aliased

from plut_api.actors.models import Actor, Ownership, Person, SegmentKind, owns
from plut_api.actors.segments import in_segment
from plut_api.cooperatives.models import Cooperative
from plut_api.financing.generations.serving import BUSINESS
from plut_api.financing.judging import LIVING
from plut_api.financing.models import CooperativeReadiness, Readiness, ReadinessStatus
from plut_api.financing.rules.compiling import judge
from plut_api.financing.rules.grammar import RuleSetContent
from plut_api.kit import clock
from plut_api.reference.rules import rule_values

BLOCK = 20_000
Named = Callable[[str, UUID], None]
"""Told `added` or `dropped`, and who."""
Told = Callable[[int], None]
"""Told how many are judged."""


@dataclass
class Tally:
    """A group under both rule sets."""

    businesses: int = 0
    before: int = 0
    after: int = 0
    added: int = 0
    dropped: int = 0
    confirmed_dropped: int = 0

    def count(self, row: Any) -> None:
        """Add those who share what both rule sets say of them."""
        self.businesses += row.count
        self.before += row.count if row.before else 0
        self.after += row.count if row.after else 0
        self.added += row.count if row.after and not row.before else 0
        self.dropped += row.count if row.before and not row.after else 0
        self.confirmed_dropped += row.confirmed if row.before and not row.after else 0


@dataclass
class Diff:
    """Groups by what they stand for (`everything`, `women`, `youth`, `regency`) and key."""

    groups: dict[tuple[str, str], Tally] = field(default_factory=dict)

    def count(self, row: Any) -> None:
        """Add those who share a place, segments, and what both rule sets say of them."""
        keys = [("everything", "all"), ("regency", row.regency_code)]
        if row.women is not None:
            keys += [("women", "women" if row.women else "others"), ("youth", "youth" if row.youth else "others")]
        for key in keys:
            self.groups.setdefault(key, Tally()).count(row)

    def as_rows(self) -> list[dict[str, Any]]:
        """Plain values, to be stored or printed."""
        return [{"by": by, "key": key, **vars(tally)} for (by, key), tally in sorted(self.groups.items())]


async def compare(
    sessions: async_sessionmaker[AsyncSession],
    old: RuleSetContent,
    new: RuleSetContent,
    *,
    named: Named | None = None,
    told: Told | None = None,
) -> Diff:
    """Judge everybody by both rule sets, in one snapshot, block by block. Raises ValueError for unlike subjects."""
    if old.subject != new.subject:
        raise ValueError(f"{old.version} judges a {old.subject}, {new.version} a {new.subject}")
    diff, judged = Diff(), 0
    async with sessions() as db:
        await db.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        values = await rule_values(db, "")
        async for within in _blocks(db, old.subject):
            query = _compared(old, new, values, within)
            for row in await db.execute(query, {"today": clock.today()}):
                diff.count(row)
                judged += row.count
                if named is not None and row.before != row.after:
                    for one in row.ids:
                        named("added" if row.after else "dropped", one)
            if told is not None:
                told(judged)
    return diff


def _compared(old: RuleSetContent, new: RuleSetContent, values: Any, within: Any) -> Select[Any]:
    """Groups of those within, by place, segments, and whether they are ready under either rule set."""
    ready = literal(ReadinessStatus.ready.value)
    before, after = (judge(rules, values, within).subquery(name) for rules, name in ((old, "o"), (new, "n")))
    about = _about(old.subject, before.c.subject_id)
    rows = (
        select(
            before.c.subject_id,
            about.regency.label("regency_code"),
            about.women.label("women"),
            about.youth.label("youth"),
            (before.c.status == ready).label("before"),
            (after.c.status == ready).label("after"),
            about.confirmed.label("confirmed"),
        )
        .select_from(about.joined(before.join(after, after.c.subject_id == before.c.subject_id)))
        .subquery("rows")
    )
    keys = [rows.c[name] for name in ("regency_code", "women", "youth", "before", "after")]
    ids = func.array_agg(aggregate_order_by(rows.c.subject_id, rows.c.subject_id.asc()))
    return select(
        *keys,
        func.count().label("count"),
        func.count().filter(rows.c.confirmed).label("confirmed"),
        ids.filter(rows.c.before != rows.c.after).label("ids"),
    ).group_by(*keys)


class _About(NamedTuple):
    """Segments of the first owner, the place, whether confirmed, and how the tables come in."""

    women: Any
    youth: Any
    regency: Any
    confirmed: Any
    joined: Callable[[Any], Any]


def _about(subject: str, subject_id: Any) -> _About:
    return _about_business(subject_id) if subject == BUSINESS else _about_cooperative(subject_id)


def _about_cooperative(subject_id: Any) -> _About:
    """Of segments a cooperative has none."""
    place, kept = aliased(Cooperative), aliased(CooperativeReadiness)
    confirmed = kept.confirmed_at.is_not(None)

    def joined(pair: Any) -> Any:
        return pair.join(place, place.id == subject_id).outerjoin(kept, kept.cooperative_id == subject_id)

    return _About(null(), null(), place.regency_code, confirmed, joined)


def _about_business(subject_id: Any) -> _About:
    place, kept, owned = aliased(Actor), aliased(Readiness), aliased(Ownership)
    first = (
        select(Person)
        .join(owned, owned.person_id == Person.id)
        .where(owned.actor_id == subject_id, owns(owned))
        .order_by(owned.id)
        .limit(1)
        .lateral("first_owner")
    )
    owner = aliased(Person, first)
    women, youth = (
        func.coalesce(in_segment(kind, clock.today(), owner), False) for kind in (SegmentKind.women, SegmentKind.youth)
    )

    def joined(pair: Any) -> Any:
        placed = pair.join(place, place.id == subject_id).outerjoin(kept, kept.actor_id == subject_id)
        return placed.outerjoin(first, true())

    return _About(women, youth, place.regency_code, kept.confirmed_at.is_not(None), joined)


async def _blocks(db: AsyncSession, subject: str) -> AsyncIterator[Any]:
    """Conditions that come to all of a subject, one after another."""
    if subject != BUSINESS:
        yield true()
        return
    after: UUID | None = None
    while True:
        begins = true() if after is None else Actor.id > after
        last = await db.scalar(select(Actor.id).where(begins, LIVING).order_by(Actor.id).offset(BLOCK - 1).limit(1))
        yield and_(begins, LIVING, true() if last is None else Actor.id <= last)
        if last is None:
            return
        after = last
