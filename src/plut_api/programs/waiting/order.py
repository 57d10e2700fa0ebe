"""The published order of waiting lists: each criterion decides only among those whom all before it leave equal."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Boolean, ColumnElement, Select, and_, column, exists, func, or_, select, table
from sqlalchemy import Uuid as SqlUuid
from sqlalchemy.orm import aliased

from plut_api.actors.models import Person
from plut_api.actors.segments import in_segment
from plut_api.kit import clock
from plut_api.kit.i18n import Text
from plut_api.programs.models import Program, ReservedSeats, Segment
from plut_api.programs.waiting.models import OPEN, WaitingEntry


class Criterion(StrEnum):
    """By what those who wait are ranked, in this order."""

    segment = "segment"
    first_time = "first_time"
    remote_village = "remote_village"
    no_shows = "no_shows"
    asked_at = "asked_at"


@dataclass(frozen=True)
class Rule:
    """A criterion in words: what it is called and why it is there."""

    code: Criterion
    name: Text
    about: Text


RULES: tuple[Rule, ...] = (
    Rule(
        Criterion.segment,
        Text(id="Kelompok yang diutamakan program", en="The programme is meant for them first"),
        Text(
            id="Yang termasuk kelompok sasaran program, atau kelompok yang punya kursi khusus, didahulukan.",
            en="Whoever belongs to a segment that the programme is for, or that has reserved seats in it, comes first.",
        ),
    ),
    Rule(
        Criterion.first_time,
        Text(id="Peserta pertama kali", en="First-time participant"),
        Text(
            id="Yang belum pernah menyelesaikan satu program pun didahulukan.",
            en="Whoever has never completed a programme comes first.",
        ),
    ),
    Rule(
        Criterion.remote_village,
        Text(id="Desa terpencil", en="Remote village"),
        Text(
            id="Yang tinggal di daerah tertinggal menurut daftar pemerintah didahulukan.",
            en="Whoever lives in an area that the government lists as left behind comes first.",
        ),
    ),
    Rule(
        Criterion.no_shows,
        Text(id="Ketidakhadiran", en="No-shows"),
        Text(
            id="Yang lebih jarang tidak datang tanpa kabar didahulukan; yang dimaafkan atau sedang disanggah tidak "
            "dihitung.",
            en="Whoever stayed away less often without a word comes first; excused and appealed no-shows do not count.",
        ),
    ),
    Rule(
        Criterion.asked_at,
        Text(id="Waktu meminta", en="Time of asking"),
        Text(id="Yang lebih dahulu meminta didahulukan.", en="Whoever asked earlier comes first."),
    ),
)

_FACTS = table(
    "waiting_facts",
    column("entry_id", SqlUuid()),
    column("completed_before", Boolean()),
    column("no_shows", BigInteger()),
    column("meant_by_disability", Boolean()),
)
"""A view: what an organizer may not read of those who wait, but by which they are ranked (migration 0032)."""


def ranked(on: date | None = None) -> Select[Any]:
    """Open entries with the value of each criterion and their `rank` among the `waiting` of their programme.

    A statement to narrow by `WaitingEntry.program_id`; narrowed by anything else it would rank only the rest. Those who
    were offered a seat are ranked among themselves, which says nothing.
    """
    day = on or clock.today()
    values = _values(day)
    order = [
        values[Criterion.segment].desc(),
        values[Criterion.first_time].desc(),
        values[Criterion.remote_village].desc(),
        values[Criterion.no_shows].asc(),
        WaitingEntry.created_at.asc(),
        WaitingEntry.id.asc(),
    ]
    group = (WaitingEntry.program_id, WaitingEntry.state)
    return (
        select(
            WaitingEntry.id.label("entry_id"),
            *(value.label(code.value) for code, value in values.items()),
            func.row_number().over(partition_by=group, order_by=order).label("rank"),
            func.count().over(partition_by=group).label("waiting"),
        )
        .join(Program, Program.id == WaitingEntry.program_id)
        .join(Person, Person.id == WaitingEntry.person_id)
        .join(_FACTS, _FACTS.c.entry_id == WaitingEntry.id)
        .where(WaitingEntry.state.in_(OPEN))
    )


def _values(day: date) -> dict[Criterion, ColumnElement[Any]]:
    known = [and_(_meant_for(kind), in_segment(kind, day)) for kind in Segment if kind is not Segment.disability]
    return {
        Criterion.segment: or_(_FACTS.c.meant_by_disability, *known),
        Criterion.first_time: ~_FACTS.c.completed_before,
        Criterion.remote_village: in_segment(Segment.remote_village, day),
        Criterion.no_shows: _FACTS.c.no_shows,
    }


def _meant_for(kind: Segment) -> ColumnElement[bool]:
    seats = aliased(ReservedSeats)
    reserved = exists(select(seats.id).where(seats.program_id == Program.id, seats.segment == kind))
    return or_(Program.segments.any_() == kind.value, reserved)
