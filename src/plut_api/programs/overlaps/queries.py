"""Reads of findings and merges: one statement a page."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit.caller import Caller
from plut_api.kit.i18n import Locale
from plut_api.kit.pages import Paging
from plut_api.organizations.models import Organization
from plut_api.programs.access import require_hand, require_program
from plut_api.programs.models import Program
from plut_api.programs.overlaps.explained import guards_of, parts_of
from plut_api.programs.overlaps.likeness import overlap_rules
from plut_api.programs.overlaps.models import Overlap, ProgramMerge
from plut_api.programs.overlaps.problems import OverlapNotFound

SHOWN = ("organization_id", "title", "state", "level", "topics", "segments", "regency_codes", "starts_on", "ends_on")
"""What is shown of a programme that resembles another: no budget, no seats, nobody who takes part."""


async def page_of_overlaps(
    db: AsyncSession, paging: Paging, caller: Caller, program_id: UUID, locale: Locale
) -> dict[str, Any]:
    """The findings of a programme, the likest first, for its organizer and the Dinas.

    Raises ProgramNotFound, OrganizerOnly, InvalidCursor. Leans on ix_overlaps_program_id and ix_overlaps_other_id.
    """
    program = await require_program(db, caller, program_id)
    require_hand(caller, program)
    rule = await overlap_rules(db)
    rows = await paging.fetch(db, _findings(program.id), Overlap.score, Overlap.id, descending=True)
    return rows | {"data": [finding_shape(row, rule, locale) for row in rows["data"]]}


async def one_overlap(db: AsyncSession, program_id: UUID, overlap_id: UUID, locale: Locale) -> dict[str, Any]:
    """One finding as a programme sees it. Raises OverlapNotFound."""
    row = (await db.execute(_findings(program_id).where(Overlap.id == overlap_id))).one_or_none()
    if row is None:
        raise OverlapNotFound()
    return finding_shape(row, await overlap_rules(db), locale)


async def page_of_merges(db: AsyncSession, paging: Paging, caller: Caller, program_id: UUID) -> dict[str, Any]:
    """What was merged into a programme, for its organizer and the Dinas.

    Raises ProgramNotFound, OrganizerOnly, InvalidCursor.
    """
    program = await require_program(db, caller, program_id)
    require_hand(caller, program)
    query = select(ProgramMerge).where(ProgramMerge.into_id == program.id)
    rows = await paging.fetch(db, query, ProgramMerge.id)
    return rows | {"data": [_merge_shape(row) for row in rows["data"]]}


def _findings(program_id: UUID) -> Select[Any]:
    other_id = case((Overlap.program_id == program_id, Overlap.other_id), else_=Overlap.program_id)
    query = select(Overlap, *(getattr(Program, name) for name in SHOWN), Organization.name.label("organization_name"))
    query = query.add_columns(Program.id.label("other_program_id"))
    query = query.join(Program, Program.id == other_id).join(Organization, Organization.id == Program.organization_id)
    return query.where(or_(Overlap.program_id == program_id, Overlap.other_id == program_id))


def finding_shape(row: Any, rule: dict[str, float], locale: Locale) -> dict[str, Any]:
    """A finding with the other programme, on the wire."""
    found: Overlap = row.Overlap
    decided = None
    if found.resolution is not None:
        named = ("reason", "resolved_by", "resolved_at", "decided_score")
        decided = {"kind": found.resolution} | {name: getattr(found, name) for name in named}
    return scored_shape(found, rule, locale) | {
        "id": found.id,
        "program_id": found.program_id,
        "state": found.state,
        "noted_at": found.noted_at,
        "resolution": decided,
        "other": program_shape(row, row.other_program_id),
    }


def scored_shape(row: Any, rule: dict[str, float], locale: Locale) -> dict[str, Any]:
    """A score and why it is so, on the wire."""
    return {
        "score": row.score,
        "raw_score": row.raw_score,
        "verdict": row.verdict,
        "parts": parts_of(row, rule, locale),
        "guards": guards_of(row.guards, locale),
    }


def program_shape(row: Any, program_id: UUID) -> dict[str, Any]:
    """A programme that resembles another, on the wire."""
    shown = {name: getattr(row, name) for name in (*SHOWN, "organization_name")}
    return {"id": program_id} | shown


def _merge_shape(row: ProgramMerge) -> dict[str, Any]:
    moved = [
        {"what": table, "how": how, "number": len(value) if isinstance(value, list) else value}
        for table, told in row.moved.items()
        for how, value in told.items()
    ]
    plain = ("id", "from_id", "into_id", "merged_by", "reason", "created_at")
    return {name: getattr(row, name) for name in plain} | {"moved": moved}
