"""Reads of programmes and enrolments: one statement each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.models import Person
from plut_api.actors.service.disclosures import TRAINING, note_shown
from plut_api.kit.caller import Caller, Role
from plut_api.kit.pages import Paging
from plut_api.kit.wire import Id
from plut_api.programs.access import enrolments_visible_to, require_hand, require_program
from plut_api.programs.models import (
    Enrolment,
    EnrolmentState,
    Program,
    ProgramTransition,
)
from plut_api.programs.problems import EnrolmentNotFound

_COLUMNS = (
    "id",
    "program_id",
    "person_id",
    "actor_id",
    "state",
    "reserved_for",
    "repeats_id",
    "waiver_reason",
    "enrolled_by",
    "completed_at",
    "created_at",
    "updated_at",
    "version",
)


@dataclass
class EnrolmentFilters:
    """The query parameters of lists of enrolments."""

    state: Annotated[list[EnrolmentState] | None, Query(max_length=5, description="Only in these states.")] = None
    program: Annotated[list[Id] | None, Query(max_length=50, description="Only in these programmes, by id.")] = None
    person: Annotated[list[Id] | None, Query(max_length=50, description="Only of these people, by id.")] = None
    actor: Annotated[list[Id] | None, Query(max_length=50, description="Only for these businesses, by id.")] = None
    is_repeat: Annotated[
        bool | None,
        Query(description="Only those who had a seat on the same topic not long before, or only those who had not."),
    ] = None


def enrolments(caller: Caller, wanted: EnrolmentFilters | None = None) -> Select[Any]:
    """Enrolments within the caller's rows, with the names that a list shows, as flat rows.

    Leans on ix_enrolments_program_id and ix_enrolments_person_id.
    """
    query = (
        select(
            *(getattr(Enrolment, name) for name in _COLUMNS),
            Enrolment.is_repeat.label("is_repeat"),
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
    if wanted is not None and wanted.is_repeat is not None:
        query = query.where(Enrolment.is_repeat if wanted.is_repeat else ~Enrolment.is_repeat)
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


async def page_of_participants(
    db: AsyncSession, paging: Paging, caller: Caller, program_id: UUID, is_repeat: bool | None = None
) -> dict[str, Any]:
    """The enrolments of one programme, for its organizer and PLUT's staff, in the order they were made.

    A consultant finds those of the people assigned to them. Raises ProgramNotFound, OrganizerOnly, InvalidCursor.
    """
    program = await require_program(db, caller, program_id)
    if caller.role is not Role.consultant:
        require_hand(caller, program)
    query = enrolments(caller, EnrolmentFilters(is_repeat=is_repeat)).where(Enrolment.program_id == program_id)
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
