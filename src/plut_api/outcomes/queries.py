"""Reads of outcomes and evidence: one statement each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.service.disclosures import TRAINING, note_shown
from plut_api.kit.caller import Caller
from plut_api.kit.pages import Paging
from plut_api.outcomes.models import Dimension, Evidence, EvidenceState, Outcome
from plut_api.outcomes.problems import EvidenceNotFound
from plut_api.programs.access import enrolments_visible_to, require_enrolment
from plut_api.programs.models import Enrolment


@dataclass
class EvidenceFilters:
    """The query parameters of the list of evidence."""

    state: Annotated[list[EvidenceState] | None, Query(max_length=5, description="Only in these states.")] = None
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
        select(*Evidence.__table__.columns, Outcome.enrolment_id, Outcome.dimension, Enrolment.person_id)
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
    rows = await paging.fetch(db, query, Evidence.id)
    await _note_shown(db, caller, rows["data"])
    return rows


async def page_of_proof(
    db: AsyncSession, paging: Paging, caller: Caller, enrolment_id: UUID, dimension: Dimension
) -> dict[str, Any]:
    """The evidence of one outcome, oldest first. Raises EnrolmentNotFound, InvalidCursor."""
    enrolment = await require_enrolment(db, caller, enrolment_id)
    query = evidence(caller).where(Outcome.enrolment_id == enrolment.id, Outcome.dimension == dimension)
    rows = await paging.fetch(db, query, Evidence.id)
    await _note_shown(db, caller, rows["data"])
    return rows


async def _note_shown(db: AsyncSession, caller: Caller, rows: Sequence[Any]) -> None:
    """Log that an organizer was shown what participants sent in."""
    await note_shown(db, caller, ("evidence",), purpose=TRAINING, people=[row.person_id for row in rows])
