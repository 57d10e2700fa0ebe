"""Which segments people belong to on a day: one condition of SQL each, for lists, records and rules alike.

`women` follows from the sex, `youth` from the age by the dated `youth.` rule values (UU 40/2009 art. 1),
`remote_village` from the dated list of regions that a law calls left behind; `mothers` and `disability` are on record
with their dates, because only the person knows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from plut_api.actors.minors import ruled, years_before
from plut_api.actors.models import Person, PersonSegment, ProofKind, Registration, SegmentKind, Sex
from plut_api.kit import clock
from plut_api.reference.models import RemoteArea

COMPUTED = frozenset({SegmentKind.women, SegmentKind.youth, SegmentKind.remote_village})
"""What a law or the register tells; nobody declares it."""


def in_segment(segment: SegmentKind | str, on: date, person: Any = Person) -> ColumnElement[bool]:
    """The condition on `people`, or an alias of it, that somebody belongs to a segment on a day.

    What is not known is not true. Leans on ix_person_segments_person_id. Raises ValueError for an unknown segment.
    """
    match SegmentKind(segment):
        case SegmentKind.women:
            return func.coalesce(person.sex == Sex.female, false())
        case SegmentKind.youth:
            youngest, oldest = ruled("youth.min_age_years", on), ruled("youth.max_age_years", on)
            old_enough = person.birth_date <= years_before(on, youngest)
            young_enough = person.birth_date > years_before(on, oldest + 1)
            return func.coalesce(and_(old_enough, young_enough), false())
        case SegmentKind.remote_village:
            return _in_remote_area(person, on)
        case declared:
            return _on_record(person, declared, on)


def _in_remote_area(person: Any, on: date) -> ColumnElement[bool]:
    area = aliased(RemoteArea)
    within = or_(person.village_code == area.region_code, person.village_code.startswith(area.region_code + "."))
    held = (area.valid_from <= on) & or_(area.valid_to.is_(None), area.valid_to >= on)
    return exists().where(within, held)


def _on_record(person: Any, segment: SegmentKind, on: date) -> ColumnElement[bool]:
    period = aliased(PersonSegment)
    held = (period.since <= on) & or_(period.until.is_(None), period.until > on)
    return exists().where(period.person_id == person.id, period.segment == segment, held)


@dataclass(frozen=True)
class Standing:
    """What is told of a person beside their own row: segments of a day, and the proof of a registration on behalf."""

    segments: tuple[str, ...] = ()
    proof: ProofKind | None = None


async def standings(db: AsyncSession, people: Sequence[Person], on: date | None = None) -> Mapping[UUID, Standing]:
    """The standing of each person on a day (today), by one statement for however many."""
    if not people:
        return {}
    day = on or clock.today()
    proof = (
        select(Registration.proof)
        .where(Registration.person_id == Person.id)
        .order_by(Registration.id)
        .limit(1)
        .scalar_subquery()
    )
    flags = [in_segment(kind, day).label(kind.value) for kind in SegmentKind]
    query = select(Person.id, proof.label("proof"), Person.import_id, *flags)
    rows = (await db.execute(query.where(Person.id.in_([person.id for person in people])))).mappings()
    return {row["id"]: _standing(row) for row in rows}


def _standing(row: Mapping[Any, Any]) -> Standing:
    segments = tuple(kind.value for kind in SegmentKind if row[kind.value])
    imported = ProofKind.import_ if row["import_id"] is not None else None
    return Standing(segments, row["proof"] or imported)
