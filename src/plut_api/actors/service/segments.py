"""What is on record of a person's segments, and the periods that follow from a law."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.access import require_acting_for
from plut_api.actors.models import Person, PersonSegment, SegmentKind, SegmentSource, Sex
from plut_api.actors.people_problems import SegmentAlready, SegmentEnded, SegmentNotFound
from plut_api.actors.schemas.segments import SegmentCreate, SegmentRead
from plut_api.actors.segments import COMPUTED
from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller
from plut_api.kit.database import refusing
from plut_api.kit.ids import new_id
from plut_api.kit.problems import Fault, Invalid, fault
from plut_api.reference.models import RemoteArea
from plut_api.reference.rules import rule_values

_TAKEN = {"uq_person_segments_one_active": SegmentAlready()}


async def declare_segment(db: AsyncSession, caller: Caller, person_id: UUID, given: SegmentCreate) -> PersonSegment:
    """Note that a person belongs to a segment, by their own word or an officer's for them.

    Raises PersonNotFound, SegmentAlready, Invalid (`segment_is_computed`, `segment_follows_disabilities`,
    `mothers_are_women`, `before_birth`). Emits person.changed.
    """
    person = await require_acting_for(db, caller, person_id, for_update=True)
    since = given.since or clock.today()
    if faults := _faults(person, given.segment, since):
        raise Invalid(errors=faults)
    later = select(PersonSegment.id).where(
        PersonSegment.person_id == person.id,
        PersonSegment.segment == given.segment,
        or_(PersonSegment.until.is_(None), PersonSegment.until > since),
    )
    if await db.scalar(later.limit(1)) is not None:
        raise SegmentAlready()
    period = _period(caller, person, given.segment, since)
    with refusing(_TAKEN):
        db.add(period)
        await db.flush()
    await outbox.record(db, "person.changed", person.id, by=caller)
    return period


async def end_segment(
    db: AsyncSession, caller: Caller, person_id: UUID, segment_id: UUID, until: date | None
) -> PersonSegment:
    """End a period that was declared; it stays on record.

    Raises PersonNotFound, SegmentNotFound, SegmentEnded, Invalid (`ends_before_it_begins`, and for `disability`
    `segment_follows_disabilities`). Emits person.changed.
    """
    person = await require_acting_for(db, caller, person_id)
    query = select(PersonSegment).where(PersonSegment.id == segment_id, PersonSegment.person_id == person.id)
    period = await db.scalar(query.with_for_update())
    if period is None or (period.segment is SegmentKind.disability and "disability:read" not in caller.scopes):
        raise SegmentNotFound()
    if period.segment is SegmentKind.disability:
        raise Invalid(errors=[_follows_disabilities("#")])
    if period.until is not None:
        raise SegmentEnded()
    if until is not None and until < period.since:
        raise Invalid(errors=[_BACKWARDS])
    _end(caller, period, until or clock.today())
    await db.flush()
    await outbox.record(db, "person.changed", person.id, by=caller)
    return period


async def follow_disabilities(db: AsyncSession, caller: Caller, person: Person) -> None:
    """Bring the segment of disability in step with the kinds on file, from today on."""
    query = select(PersonSegment).where(
        PersonSegment.person_id == person.id,
        PersonSegment.segment == SegmentKind.disability,
        PersonSegment.until.is_(None),
    )
    period = await db.scalar(query)
    if person.disabilities and period is None:
        db.add(_period(caller, person, SegmentKind.disability, clock.today()))
    elif period is not None and not person.disabilities:
        _end(caller, period, clock.today())
    await db.flush()


async def periods_of(db: AsyncSession, person: Person, on: date | None = None) -> list[SegmentRead]:
    """Every period of a person, or those that hold a day: on record, and computed, by segment and day."""
    rows = await db.scalars(select(PersonSegment).where(PersonSegment.person_id == person.id))
    found = [SegmentRead.model_validate(row) for row in rows]
    if person.sex is Sex.female:
        found.append(_lawful(SegmentKind.women, None, None))
    if person.birth_date is not None:
        bounds = await rule_values(db, "youth.")
        first = _birthday(person.birth_date, bounds["youth.min_age_years"])
        found.append(_lawful(SegmentKind.youth, first, _birthday(person.birth_date, bounds["youth.max_age_years"] + 1)))
    found += [_lawful(SegmentKind.remote_village, *held) for held in await _remote_periods(db, person.village_code)]
    order = list(SegmentKind)
    found = [period for period in found if on is None or _holds(period, on)]
    return sorted(found, key=lambda period: (order.index(period.segment), period.since or date.min))


async def _remote_periods(db: AsyncSession, village_code: str | None) -> Sequence[tuple[date, date | None]]:
    """From which day until before which other the present village lies in a remote area."""
    if village_code is None:
        return []
    within = [village_code[:length] for length in (2, 5, 8, 13)]
    query = select(RemoteArea.valid_from, RemoteArea.valid_to).where(RemoteArea.region_code.in_(within))
    rows = (await db.execute(query.order_by(RemoteArea.valid_from))).all()
    return [(row.valid_from, row.valid_to + timedelta(days=1) if row.valid_to else None) for row in rows]


def _lawful(segment: SegmentKind, since: date | None, until: date | None) -> SegmentRead:
    return SegmentRead(id=None, segment=segment, since=since, until=until, source=SegmentSource.law)


def _holds(period: SegmentRead, on: date) -> bool:
    return (period.since is None or period.since <= on) and (period.until is None or period.until > on)


def _birthday(born: date, years: int) -> date:
    """The day on which somebody is so many years old; who was born on a 29 February, on 1 March of other years."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def _period(caller: Caller, person: Person, segment: SegmentKind, since: date) -> PersonSegment:
    source = SegmentSource.self_ if caller.is_person else SegmentSource.officer
    return PersonSegment(
        id=new_id(), person_id=person.id, segment=segment, since=since, source=source, recorded_by=caller.id
    )


def _end(caller: Caller, period: PersonSegment, until: date) -> None:
    period.until, period.ended_by = max(until, period.since), caller.id
    period.version += 1


def _faults(person: Person, segment: SegmentKind, since: date) -> list[Fault]:
    if segment in COMPUTED:
        return [_COMPUTED]
    if segment is SegmentKind.disability:
        return [_follows_disabilities("#/segment")]
    faults = [_MOTHERS] if person.sex is Sex.male else []
    return faults + ([_BEFORE_BIRTH] if person.birth_date is not None and since < person.birth_date else [])


def _follows_disabilities(pointer: str) -> Fault:
    return fault(
        pointer,
        "segment_follows_disabilities",
        id="Kelompok ini mengikuti isian `disabilities` pada data orang",
        en="This segment follows `disabilities` of the person; change that",
    )


_COMPUTED = fault(
    "#/segment",
    "segment_is_computed",
    id="Kelompok ini dihitung dari jenis kelamin, tanggal lahir, atau desa; tidak perlu dinyatakan",
    en="This segment follows from sex, birth date or village; nobody declares it",
)
_MOTHERS = fault(
    "#/segment",
    "mothers_are_women",
    id="Orang ini tercatat laki-laki; perbaiki jenis kelaminnya bila keliru",
    en="This person is on record as a man; correct the sex if that is wrong",
)
_BEFORE_BIRTH = fault(
    "#/since", "before_birth", id="Tanggal ini sebelum orangnya lahir", en="This is before the person was born"
)
_BACKWARDS = fault(
    "#/until",
    "ends_before_it_begins",
    id="Akhir masa tidak boleh sebelum awalnya",
    en="A period cannot end before it begins",
)
