"""Reads of outcomes and evidence: one statement each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from plut_api.actors.access import PLUT_STAFF
from plut_api.actors.service.disclosures import TRAINING, note_shown
from plut_api.kit.caller import Caller
from plut_api.kit.files.models import FileRow
from plut_api.kit.pages import Paging
from plut_api.outcomes.models import Dimension, Evidence, EvidenceFile, EvidenceState, Outcome, OutcomeLevel
from plut_api.outcomes.problems import EvidenceNotFound
from plut_api.outcomes.schemas.evidence import EvidenceFileRead, EvidenceRead, FactRead
from plut_api.outcomes.system_facts import href_of
from plut_api.programs.access import enrolments_visible_to, require_enrolment
from plut_api.programs.models import Enrolment


@dataclass
class EvidenceFilters:
    """The query parameters of the list of evidence."""

    state: Annotated[list[EvidenceState] | None, Query(max_length=10, description="Only in these states.")] = None
    dimension: Annotated[list[Dimension] | None, Query(max_length=10, description="Only of these outcomes.")] = None


async def outcomes_of(db: AsyncSession, enrolment_id: UUID) -> dict[Dimension, Outcome]:
    """The outcomes of an enrolment that have an entry, by dimension. Leans on uq_outcomes_enrolment_id_dimension."""
    rows = await db.scalars(select(Outcome).where(Outcome.enrolment_id == enrolment_id))
    return {row.dimension: row for row in rows}


async def outcome_of(
    db: AsyncSession, enrolment_id: UUID, dimension: Dimension, *, for_update: bool = False
) -> Outcome | None:
    """One outcome of an enrolment, None while it has no entry."""
    query = select(Outcome).where(Outcome.enrolment_id == enrolment_id, Outcome.dimension == dimension)
    query = query.execution_options(populate_existing=True)
    found: Outcome | None = await db.scalar(query.with_for_update() if for_update else query)
    return found


def evidence(caller: Caller) -> Select[Any]:
    """Evidence within the caller's rows, as flat rows. Leans on ix_evidence_outcome_id and ix_evidence_waiting."""
    return (
        select(
            *Evidence.__table__.columns,
            Outcome.enrolment_id,
            Outcome.dimension,
            Outcome.actor_id,
            Enrolment.person_id,
        )
        .join(Outcome, Outcome.id == Evidence.outcome_id)
        .join(Enrolment, Enrolment.id == Outcome.enrolment_id)
        .where(enrolments_visible_to(caller))
    )


async def one_evidence(db: AsyncSession, caller: Caller, evidence_id: UUID) -> Any:
    """One row of `evidence`, with its version. Raises EvidenceNotFound."""
    row = (await db.execute(evidence(caller).where(Evidence.id == evidence_id))).one_or_none()
    if row is None:
        raise EvidenceNotFound()
    await _note_shown(db, caller, [row])
    return row


async def page_of_evidence(db: AsyncSession, paging: Paging, caller: Caller, wanted: EvidenceFilters) -> dict[str, Any]:
    """Evidence within the caller's rows, oldest first. Raises InvalidCursor."""
    query = evidence(caller)
    if wanted.state:
        query = query.where(Evidence.state.in_(wanted.state))
    if wanted.dimension:
        query = query.where(Outcome.dimension.in_(wanted.dimension))
    page = await paging.fetch(db, query, Evidence.id)
    await _note_shown(db, caller, page["data"])
    return page | {"data": await shapes_of(db, caller, page["data"])}


async def page_of_proof(
    db: AsyncSession, paging: Paging, caller: Caller, enrolment_id: UUID, dimension: Dimension
) -> dict[str, Any]:
    """The evidence of one outcome, oldest first. Raises EnrolmentNotFound, InvalidCursor."""
    enrolment = await require_enrolment(db, caller, enrolment_id)
    query = evidence(caller).where(Outcome.enrolment_id == enrolment.id, Outcome.dimension == dimension)
    page = await paging.fetch(db, query, Evidence.id)
    await _note_shown(db, caller, page["data"])
    return page | {"data": await shapes_of(db, caller, page["data"])}


async def page_of_moves(
    db: AsyncSession, paging: Paging, caller: Caller, enrolment_id: UUID, dimension: Dimension
) -> dict[str, Any]:
    """How the level proven of one outcome moved, the oldest move first. Raises EnrolmentNotFound, InvalidCursor."""
    enrolment = await require_enrolment(db, caller, enrolment_id)
    shown = ("outcome_levels",)
    await note_shown(db, caller, shown, purpose=TRAINING, people=[enrolment.person_id], actors=[enrolment.actor_id])
    moves = select(OutcomeLevel).join(Outcome, Outcome.id == OutcomeLevel.outcome_id)
    moves = moves.where(Outcome.enrolment_id == enrolment.id, Outcome.dimension == dimension)
    return await paging.fetch(db, moves, OutcomeLevel.id)


async def shapes_of(db: AsyncSession, caller: Caller, rows: Sequence[Any]) -> list[EvidenceRead]:
    """Rows of `evidence` on the wire, with their files; by two statements at most, however many rows."""
    files = await _files_of(db, [row.id for row in rows])
    used = await _also_used(db, [row.id for row in rows]) if caller.role in PLUT_STAFF else None
    return [_shape(row, files.get(row.id, []), used) for row in rows]


def _shape(row: Any, files: list[EvidenceFileRead], used: dict[UUID, int] | None) -> EvidenceRead:
    fact = None
    if row.fact_id is not None:
        href = href_of(row.fact_table, row.fact_id, row.actor_id)
        fact = FactRead(kind=row.fact_table, id=row.fact_id, href=href)
    told = {name: getattr(row, name) for name in EvidenceRead.model_fields if hasattr(row, name)}
    also_used = None if used is None else used.get(row.id, 0)
    return EvidenceRead.model_validate(told | {"files": files, "fact": fact, "also_used": also_used})


async def _files_of(db: AsyncSession, evidence_ids: Sequence[UUID]) -> dict[UUID, list[EvidenceFileRead]]:
    """The files of pieces of evidence, in order; those that were erased are no more. Leans on
    uq_evidence_files_evidence_id_file_id.
    """
    query = (
        select(EvidenceFile.evidence_id, EvidenceFile.file_id, FileRow.name, FileRow.media_type, FileRow.size_bytes)
        .join(FileRow, FileRow.id == EvidenceFile.file_id)
        .where(EvidenceFile.evidence_id.in_(evidence_ids), FileRow.erased_at.is_(None))
        .order_by(EvidenceFile.evidence_id, EvidenceFile.position)
    )
    found: dict[UUID, list[EvidenceFileRead]] = {}
    for row in await db.execute(query):
        found.setdefault(row.evidence_id, []).append(EvidenceFileRead.model_validate(row))
    return found


async def _also_used(db: AsyncSession, evidence_ids: Sequence[UUID]) -> dict[UUID, int]:
    """For how many other people the bytes of its files were handed in, too, by evidence. Leans on ix_files_sha256."""
    own, other = aliased(EvidenceFile), aliased(EvidenceFile)
    same, bytes_ = aliased(FileRow), aliased(FileRow)
    own_proof, own_outcome, own_seat = aliased(Evidence), aliased(Outcome), aliased(Enrolment)
    proof, outcome, seat = aliased(Evidence), aliased(Outcome), aliased(Enrolment)
    query = (
        select(own.evidence_id, func.count(seat.person_id.distinct()).label("people"))
        .join(own_proof, own_proof.id == own.evidence_id)
        .join(own_outcome, own_outcome.id == own_proof.outcome_id)
        .join(own_seat, own_seat.id == own_outcome.enrolment_id)
        .join(bytes_, bytes_.id == own.file_id)
        .join(same, same.sha256 == bytes_.sha256)
        .join(other, other.file_id == same.id)
        .join(proof, proof.id == other.evidence_id)
        .join(outcome, outcome.id == proof.outcome_id)
        .join(seat, seat.id == outcome.enrolment_id)
        .where(own.evidence_id.in_(evidence_ids), seat.person_id != own_seat.person_id)
        .group_by(own.evidence_id)
    )
    return {row.evidence_id: row.people for row in await db.execute(query)}


async def _note_shown(db: AsyncSession, caller: Caller, rows: Sequence[Any]) -> None:
    """Log that an organizer was shown what participants sent in."""
    await note_shown(db, caller, ("evidence",), purpose=TRAINING, people=[row.person_id for row in rows])
