"""Reads of waiting lists: one statement each, ranks and reasons with them."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from sqlalchemy import Select, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.minors import acted_for_by
from plut_api.actors.models import Person
from plut_api.actors.service.disclosures import TRAINING, note_shown
from plut_api.kit.caller import Caller, Role
from plut_api.kit.pages import Paging
from plut_api.programs.access import require_hand, require_program
from plut_api.programs.models import Program
from plut_api.programs.waiting.access import waiting_visible_to
from plut_api.programs.waiting.models import OPEN, WaitingEntry, WaitingState
from plut_api.programs.waiting.order import Criterion, ranked
from plut_api.programs.waiting.problems import WaitingEntryNotFound

_COLUMNS = (
    "id",
    "program_id",
    "person_id",
    "actor_id",
    "state",
    "reserved_for",
    "created_at",
    "offered_at",
    "offer_expires_at",
    "enrolment_id",
    "ended_at",
    "version",
)


@dataclass
class WaitingFilters:
    """The query parameters of one's own waiting list."""

    state: Annotated[
        list[WaitingState] | None,
        Query(max_length=10, description="Only in these states; by default all, also what has ended."),
    ] = None


def _entries(caller: Caller, programs: Select[Any]) -> Select[Any]:
    """Entries within the caller's rows, as flat rows with names, rank and reasons; those whose list is one of these
    programmes' are ranked. Leans on ix_waiting_entries_program_id.
    """
    rank = ranked().where(WaitingEntry.program_id.in_(programs)).subquery()
    waits = WaitingEntry.state == WaitingState.waiting
    return (
        select(
            *(getattr(WaitingEntry, name) for name in _COLUMNS),
            Program.title.label("program_title"),
            Person.full_name.label("person_name"),
            case((waits, rank.c.rank)).label("rank"),
            case((waits, rank.c.waiting)).label("waiting"),
            *(rank.c[code.value] for code in Criterion if code is not Criterion.asked_at),
        )
        .join(Program, Program.id == WaitingEntry.program_id)
        .join(Person, Person.id == WaitingEntry.person_id)
        .outerjoin(rank, rank.c.entry_id == WaitingEntry.id)
        .where(waiting_visible_to(caller))
    )


async def one_entry(db: AsyncSession, caller: Caller, entry_id: UUID) -> Any:
    """One row, with its version. Raises WaitingEntryNotFound."""
    programs = select(WaitingEntry.program_id).where(WaitingEntry.id == entry_id)
    row = (await db.execute(_entries(caller, programs).where(WaitingEntry.id == entry_id))).one_or_none()
    if row is None:
        raise WaitingEntryNotFound()
    await _note_shown(db, caller, [row])
    return row


async def page_of_own(db: AsyncSession, paging: Paging, caller: Caller, wanted: WaitingFilters) -> dict[str, Any]:
    """Where the caller, and minors in their care, wait or waited: newest first. Raises InvalidCursor.

    Leans on ix_waiting_entries_person_id.
    """
    mine = WaitingEntry.person_id.in_(acted_for_by(caller.id))
    programs = select(WaitingEntry.program_id).where(mine, WaitingEntry.state.in_(OPEN))
    query = _entries(caller, programs).where(mine)
    if wanted.state:
        query = query.where(WaitingEntry.state.in_(wanted.state))
    return await paging.fetch(db, query, WaitingEntry.id, descending=True)


async def page_of_program(db: AsyncSession, paging: Paging, caller: Caller, program_id: UUID) -> dict[str, Any]:
    """Who waits for a seat in a programme, by rank; whom a seat is offered to comes first. For its organizer and the
    Dinas; a consultant finds the people assigned to them. Raises ProgramNotFound, OrganizerOnly, InvalidCursor.
    """
    program = await require_program(db, caller, program_id)
    if caller.role is not Role.consultant:
        require_hand(caller, program)
    query = _entries(caller, select(Program.id).where(Program.id == program_id))
    query = query.where(WaitingEntry.program_id == program_id, WaitingEntry.state.in_(OPEN))
    offered_first = case((WaitingEntry.state == WaitingState.offered, 0), else_=1)
    rank = func.coalesce(query.selected_columns.rank, 0)
    rows = await paging.fetch(db, query, offered_first, rank, WaitingEntry.id)
    await _note_shown(db, caller, rows["data"])
    return rows


async def _note_shown(db: AsyncSession, caller: Caller, rows: Any) -> None:
    """Log that an organizer was shown by name who waits."""
    people, actors = [row.person_id for row in rows], [row.actor_id for row in rows]
    await note_shown(db, caller, ("person_name", "waiting_entry"), purpose=TRAINING, people=people, actors=actors)
