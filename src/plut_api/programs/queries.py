"""Reads of programmes and enrolments: one statement each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query
from sqlalchemy import Integer, Select, case, cast, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Text

from plut_api.actors.models import Person
from plut_api.actors.service.disclosures import TRAINING, note_shown
from plut_api.kit.caller import Caller, Role
from plut_api.kit.pages import Paging
from plut_api.kit.search import alike, distance, tolerate_misspelling
from plut_api.kit.wire import Day, Id, RegencyCode, Search
from plut_api.programs.access import enrolments_visible_to, programs_visible_to, require_hand, require_program
from plut_api.programs.models import (
    Enrolment,
    EnrolmentState,
    Program,
    ProgramState,
    ProgramTransition,
    Segment,
    Shift,
    Topic,
    TrainingSession,
)
from plut_api.programs.problems import EnrolmentNotFound

_BY_SHIFT = cast(case((TrainingSession.shift == Shift.morning, 0), else_=1), Integer)
_COLUMNS = (
    "id",
    "program_id",
    "person_id",
    "actor_id",
    "state",
    "enrolled_by",
    "completed_at",
    "created_at",
    "updated_at",
    "version",
)


@dataclass
class ProgramFilters:
    """The query parameters of the catalogue."""

    state: Annotated[list[ProgramState] | None, Query(max_length=8, description="Only in these states.")] = None
    topic: Annotated[list[Topic] | None, Query(max_length=20, description="Only these topics.")] = None
    organization: Annotated[
        list[Id] | None, Query(max_length=50, description="Only of these organizations, by id.")
    ] = None
    regency: Annotated[
        list[RegencyCode] | None,
        Query(
            max_length=20,
            description="Only those for one of these regencies or cities, or for all of NTB.",
            examples=["52.71"],
        ),
    ] = None
    segment: Annotated[
        list[Segment] | None, Query(max_length=10, description="Only those meant first for one of these segments.")
    ] = None
    first: Annotated[
        Day | None,
        Query(alias="from", description="Only those that last until this day or longer.", examples=["2026-01-01"]),
    ] = None
    to: Annotated[Day | None, Query(description="Only those that begin by this day.", examples=["2026-12-31"])] = None
    q: Search = None
    sort: Annotated[
        Literal["starts_on", "-starts_on"],
        Query(description="By first day, rising or falling. With `q` the likest come first instead."),
    ] = "starts_on"


@dataclass
class EnrolmentFilters:
    """The query parameters of lists of enrolments."""

    state: Annotated[list[EnrolmentState] | None, Query(max_length=5, description="Only in these states.")] = None
    program: Annotated[list[Id] | None, Query(max_length=50, description="Only in these programmes, by id.")] = None
    person: Annotated[list[Id] | None, Query(max_length=50, description="Only of these people, by id.")] = None
    actor: Annotated[list[Id] | None, Query(max_length=50, description="Only for these businesses, by id.")] = None


async def page_of_programs(
    db: AsyncSession, paging: Paging, caller: Caller | None, wanted: ProgramFilters
) -> dict[str, Any]:
    """Programmes that the caller may see, by first day, or the likest titles first. Raises InvalidCursor.

    Leans on ix_programs_list and ix_programs_title_trgm.
    """
    query = _narrowed(select(Program).where(programs_visible_to(caller)), wanted)
    if wanted.q is not None:
        await tolerate_misspelling(db)
        query = query.where(alike(Program.title, wanted.q))
        return await paging.fetch(db, query, distance(Program.title, wanted.q), Program.id)
    falling = wanted.sort.startswith("-")
    return await paging.fetch(db, query, Program.starts_on, Program.id, descending=falling)


def _narrowed(query: Select[Any], wanted: ProgramFilters) -> Select[Any]:
    for column, values in (
        (Program.state, wanted.state),
        (Program.topic, wanted.topic),
        (Program.organization_id, wanted.organization),
    ):
        if values:
            query = query.where(column.in_(values))
    if wanted.regency:
        for_these = Program.regency_codes.bool_op("&&")(_texts(wanted.regency))
        query = query.where(or_(for_these, func.cardinality(Program.regency_codes) == 0))
    if wanted.segment:
        query = query.where(Program.segments.bool_op("&&")(_texts(wanted.segment)))
    if wanted.first is not None:
        query = query.where(Program.ends_on >= wanted.first)
    if wanted.to is not None:
        query = query.where(Program.starts_on <= wanted.to)
    return query


def _texts(values: list[Any]) -> Any:
    return cast([str(value) for value in values], ARRAY(Text))


async def page_of_sessions(db: AsyncSession, paging: Paging, program_id: UUID) -> dict[str, Any]:
    """The sessions of a programme by day, the morning first. Raises InvalidCursor."""
    query = select(TrainingSession).where(TrainingSession.program_id == program_id)
    return await paging.fetch(db, query, TrainingSession.held_on, _BY_SHIFT, TrainingSession.id)


def enrolments(caller: Caller, wanted: EnrolmentFilters | None = None) -> Select[Any]:
    """Enrolments within the caller's rows, with the names that a list shows, as flat rows.

    Leans on ix_enrolments_program_id and ix_enrolments_person_id.
    """
    query = (
        select(
            *(getattr(Enrolment, name) for name in _COLUMNS),
            Program.title.label("program_title"),
            Person.full_name.label("person_name"),
        )
        .join(Program, Program.id == Enrolment.program_id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(enrolments_visible_to(caller))
    )
    for column, values in (
        ()
        if wanted is None
        else (
            (Enrolment.state, wanted.state),
            (Enrolment.program_id, wanted.program),
            (Enrolment.person_id, wanted.person),
            (Enrolment.actor_id, wanted.actor),
        )
    ):
        if values:
            query = query.where(column.in_(values))
    return query


async def one_enrolment(db: AsyncSession, caller: Caller, enrolment_id: UUID) -> Any:
    """One row of `enrolments`, with its version. Raises EnrolmentNotFound."""
    row = (await db.execute(enrolments(caller).where(Enrolment.id == enrolment_id))).one_or_none()
    if row is None:
        raise EnrolmentNotFound()
    await _note_shown(db, caller, [row])
    return row


async def page_of_enrolments(
    db: AsyncSession, paging: Paging, caller: Caller, wanted: EnrolmentFilters
) -> dict[str, Any]:
    """Enrolments within the caller's rows, newest first. Raises InvalidCursor."""
    rows = await paging.fetch(db, enrolments(caller, wanted), Enrolment.id, descending=True)
    await _note_shown(db, caller, rows["data"])
    return rows


async def page_of_participants(db: AsyncSession, paging: Paging, caller: Caller, program_id: UUID) -> dict[str, Any]:
    """The enrolments of one programme, for its organizer and PLUT's staff, in the order they were made.

    A consultant finds those of the people assigned to them. Raises ProgramNotFound, OrganizerOnly, InvalidCursor.
    """
    program = await require_program(db, caller, program_id)
    if caller.role is not Role.consultant:
        require_hand(caller, program)
    query = enrolments(caller).where(Enrolment.program_id == program_id)
    rows = await paging.fetch(db, query, Enrolment.id)
    await _note_shown(db, caller, rows["data"])
    return rows


async def _note_shown(db: AsyncSession, caller: Caller, rows: Sequence[Any]) -> None:
    """Log that an organizer was shown participants by name."""
    people, actors = [row.person_id for row in rows], [row.actor_id for row in rows]
    await note_shown(db, caller, ("person_name", "enrolment"), purpose=TRAINING, people=people, actors=actors)


async def page_of_transitions(db: AsyncSession, paging: Paging, caller: Caller, program_id: UUID) -> dict[str, Any]:
    """The moves of a programme in the order they were made. Raises ProgramNotFound, OrganizerOnly, InvalidCursor."""
    program = await require_program(db, caller, program_id)
    require_hand(caller, program)
    query = select(ProgramTransition).where(ProgramTransition.program_id == program.id)
    return await paging.fetch(db, query, ProgramTransition.id)
