"""One box for people and businesses: understands what was typed, and looks in the caller's rows only.

A number is looked up by its blind index, and never by parts. Words are a name, a village, or a name with its village
before or behind it; names that hold the words come before misspelt ones. Always the same few statements.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, func, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from plut_api.actors import identifiers
from plut_api.actors.access import actors_visible_to, people_served_by
from plut_api.actors.masking import masked_phone
from plut_api.actors.models import Actor, Ownership, Person, owns
from plut_api.actors.schemas.search import Found, FoundBy, FoundKind
from plut_api.identity.phones import normalise_phone
from plut_api.kit.caller import Caller
from plut_api.kit.names import holding, much_like, prepare_search
from plut_api.kit.search import distance
from plut_api.reference.models import Region, RegionLevel

_NUMBER = re.compile(r"\+?[0-9][0-9 ().-]{6,}[0-9]")
_VILLAGES = (RegionLevel.village, RegionLevel.urban_village)
_OWNERS_SHOWN = 3
_BY_NUMBER, _BY_NAME_AND_VILLAGE, _BY_NAME, _BY_VILLAGE = 1.0, 0.95, 0.9, 0.3
_OF_WHOLE_WORDS = 0.04
_MISSPELT = 0.8
"""What is alike in every letter but one comes behind what holds the words, and before what only lies in the village."""


@dataclass(frozen=True)
class Hit:
    """A row that was found."""

    kind: FoundKind
    id: UUID
    closeness: float
    why: frozenset[FoundBy]

    @property
    def place(self) -> tuple[FoundKind, UUID]:
        """Which row it is."""
        return self.kind, self.id


@dataclass(frozen=True)
class Numbers:
    """The blind indexes of what a text can be, if it is a number."""

    people: dict[FoundBy, ColumnElement[bool]] = field(default_factory=dict)
    actors: dict[FoundBy, ColumnElement[bool]] = field(default_factory=dict)

    @property
    def are_there(self) -> bool:
        """Whether it can be any."""
        return bool(self.people or self.actors)


async def search_registry(
    db: AsyncSession, caller: Caller, text: str, kinds: Collection[FoundKind], limit: int
) -> tuple[list[Hit], bool]:
    """What fits a text best among people whom the caller may act for and businesses within the caller's rows.

    At most `limit`, and whether there is more.
    """
    await prepare_search(db)
    numbers = numbers_of(text)
    tables = [table for table in _tables(caller) if table.kind in kinds]
    found: dict[tuple[FoundKind, UUID], Hit] = {}
    if numbers.are_there:
        for table in tables:
            _keep(found, await _by_number(db, table, numbers, limit + 1))
    elif not _NUMBER.fullmatch(text):
        villages = await villages_in(db, text)
        for table in tables:
            _keep(found, await _by_words(db, table, text, villages, limit + 1))
        if len(found) <= limit:
            for table in tables:
                _keep(found, [hit for hit in await _misspelt(db, table, text, limit + 1) if hit.place not in found])
    best = sorted(found.values(), key=lambda hit: (-hit.closeness, hit.id))
    return best[:limit], len(best) > limit


def numbers_of(text: str) -> Numbers:
    """What a text can be, if it is a number: phone (of 9 to 14 digits), NIK and NPWP (16), NIB (13)."""
    if not _NUMBER.fullmatch(text):
        return Numbers()
    digits = re.sub(r"[^0-9]", "", text)
    people: dict[FoundBy, ColumnElement[bool]] = {}
    actors: dict[FoundBy, ColumnElement[bool]] = {}
    try:
        phone = Person.phone_index == identifiers.blind(identifiers.PHONE, normalise_phone(text))
    except ValueError:
        pass
    else:
        people[FoundBy.phone], actors[FoundBy.owner_phone] = phone, _owned_by(phone)
    if identifiers.has_nik_form(digits):
        nik = Person.nik_index == identifiers.blind(identifiers.NIK, digits)
        people[FoundBy.nik], actors[FoundBy.owner_nik] = nik, _owned_by(nik)
    if len(digits) == 13:
        actors[FoundBy.nib] = Actor.nib_index == identifiers.blind(identifiers.NIB, digits)
    if len(digits) == 16:
        actors[FoundBy.npwp] = Actor.npwp_index == identifiers.blind(identifiers.NPWP, digits)
    return Numbers(people, actors)


async def villages_in(db: AsyncSession, text: str) -> dict[str, list[str]]:
    """The villages named at the beginning or the end of a text, by the words that are left; today's codes."""
    words = text.casefold().split()
    left = {" ".join(words[:cut]): " ".join(words[cut:]) for cut in range(1, len(words) + 1)}
    left |= {" ".join(words[cut:]): " ".join(words[:cut]) for cut in range(1, len(words))}
    named = select(func.lower(Region.name), Region.code)
    named = named.where(func.lower(Region.name).in_(left), Region.level.in_(_VILLAGES), Region.retired_on.is_(None))
    found: dict[str, list[str]] = {}
    for name, code in await db.execute(named):
        found.setdefault(left[name], []).append(code)
    return found


@dataclass(frozen=True)
class _Table:
    """People or businesses: the rows that the caller reaches, and where their names are."""

    kind: FoundKind
    rows: Select[Any]
    key: InstrumentedAttribute[UUID]
    name: InstrumentedAttribute[str]
    village: InstrumentedAttribute[Any]


def _tables(caller: Caller) -> tuple[_Table, _Table]:
    people, actors = (
        select(Person.id).where(people_served_by(caller)),
        select(Actor.id).where(actors_visible_to(caller)),
    )
    return (
        _Table(FoundKind.person, people, Person.id, Person.full_name, Person.village_code),
        _Table(FoundKind.business, actors, Actor.id, Actor.name, Actor.village_code),
    )


async def _by_number(db: AsyncSession, table: _Table, numbers: Numbers, limit: int) -> list[Hit]:
    conditions = numbers.people if table.kind is FoundKind.person else numbers.actors
    if not conditions:
        return []
    # Each number has an index of its own, which an OR with a subquery in it would not use.
    parts = [
        table.rows.add_columns(literal(reason.value, Text)).where(condition).order_by(table.key).limit(limit)
        for reason, condition in conditions.items()
    ]
    rows = await db.execute(union_all(*(select(part.subquery()) for part in parts)))
    return [Hit(table.kind, row[0], _BY_NUMBER, frozenset({FoundBy(row[1])})) for row in rows]


async def _by_words(
    db: AsyncSession, table: _Table, text: str, villages: dict[str, list[str]], limit: int
) -> list[Hit]:
    """Rows whose name holds the words; rows of a village that the words begin or end with, with the rest in their name.

    Where nothing is left beside the village, whoever is there.
    """
    by_name = table.rows.add_columns(distance(table.name, text)).where(holding(table.name, text))
    hits = [
        Hit(table.kind, row[0], _BY_NAME + _OF_WHOLE_WORDS * (1 - row[1]), frozenset({FoundBy.name}))
        for row in await db.execute(by_name.order_by(table.key).limit(limit))
    ]
    for rest, codes in villages.items():
        there = table.rows.where(table.village.in_(codes), holding(table.name, rest)).order_by(table.key).limit(limit)
        why = frozenset({FoundBy.name, FoundBy.village} if rest else {FoundBy.village})
        closeness = _BY_NAME_AND_VILLAGE if rest else _BY_VILLAGE
        hits += [Hit(table.kind, row[0], closeness, why) for row in await db.execute(there)]
    return hits


async def _misspelt(db: AsyncSession, table: _Table, text: str, limit: int) -> list[Hit]:
    near = much_like(table.rows, table.name, table.key, text).subquery("near")
    nearest = select(near.c.id, near.c.distance).order_by(near.c.distance, near.c.id).limit(limit)
    return [
        Hit(table.kind, row.id, _MISSPELT * (1 - row.distance), frozenset({FoundBy.similar_name}))
        for row in await db.execute(nearest)
    ]


def _owned_by(person: ColumnElement[bool]) -> ColumnElement[bool]:
    owned = select(Ownership.actor_id).join(Person, Person.id == Ownership.person_id).where(person, owns())
    return Actor.id.in_(owned)


def _keep(found: dict[tuple[FoundKind, UUID], Hit], hits: Collection[Hit]) -> None:
    """Add hits; of what was found twice the better closeness stays, with all reasons."""
    for hit in hits:
        before = found.get(hit.place)
        if before is not None:
            hit = replace(hit, closeness=max(hit.closeness, before.closeness), why=hit.why | before.why)
        found[hit.place] = hit


async def told_of(db: AsyncSession, hits: Sequence[Hit]) -> list[Found]:
    """What is shown of each hit, in their order; four statements."""
    ids = {kind: [hit.id for hit in hits if hit.kind is kind] for kind in FoundKind}
    people = {p.id: p for p in await db.scalars(select(Person).where(Person.id.in_(ids[FoundKind.person])))}
    actors = {a.id: a for a in await db.scalars(select(Actor).where(Actor.id.in_(ids[FoundKind.business])))}
    owners: dict[UUID, list[str]] = {}
    owned = select(Ownership.actor_id, Person.full_name).join(Person, Person.id == Ownership.person_id)
    for actor_id, name in await db.execute(owned.where(Ownership.actor_id.in_(actors), owns()).order_by(Ownership.id)):
        owners.setdefault(actor_id, []).append(name)
    codes = {person.village_code for person in people.values()} | {actor.village_code for actor in actors.values()}
    named = await db.execute(select(Region.code, Region.name).where(Region.code.in_(codes)))
    villages = {row.code: row.name for row in named}
    return [
        _person_found(hit, people[hit.id], villages)
        if hit.kind is FoundKind.person
        else _business_found(hit, actors[hit.id], villages, owners.get(hit.id, []))
        for hit in hits
    ]


def _person_found(hit: Hit, person: Person, villages: dict[str, str]) -> Found:
    phone = identifiers.unseal(identifiers.PHONE, person.phone_sealed)
    return Found(
        kind=hit.kind,
        id=person.id,
        href=f"/v1/people/{person.id}",
        name=person.full_name,
        village_code=person.village_code,
        village=villages.get(person.village_code or ""),
        phone=masked_phone(phone) if phone else None,
        owners=[],
        why=sorted(hit.why),
        closeness=round(hit.closeness, 3),
    )


def _business_found(hit: Hit, actor: Actor, villages: dict[str, str], owners: list[str]) -> Found:
    return Found(
        kind=hit.kind,
        id=actor.id,
        href=f"/v1/actors/{actor.id}",
        name=actor.name,
        village_code=actor.village_code,
        village=villages.get(actor.village_code),
        phone=None,
        owners=owners[:_OWNERS_SHOWN],
        why=sorted(hit.why),
        closeness=round(hit.closeness, 3),
    )
