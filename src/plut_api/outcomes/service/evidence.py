"""Evidence: submitted by or for the participant, decided once, by a consultant who neither submitted nor trained."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller
from plut_api.kit.ids import new_id
from plut_api.outcomes.models import Dimension, Evidence, EvidenceState, Outcome
from plut_api.outcomes.problems import (
    BaselineMissing,
    EvidenceAlreadyDecided,
    VerifierIsSubmitter,
    VerifierIsTrainer,
)
from plut_api.outcomes.queries import one_evidence
from plut_api.outcomes.schemas import EvidenceCreate, EvidenceReject, EvidenceVerify
from plut_api.outcomes.service.levels import keep_outcome, locked_outcome, require_taking_part
from plut_api.programs.access import require_participant_or_staff
from plut_api.programs.models import Enrolment, TrainingSession


class _Case(NamedTuple):
    """What a consultant decides on."""

    enrolment: Enrolment
    outcome: Outcome
    evidence: Evidence


async def submit_evidence(
    db: AsyncSession, caller: Caller, enrolment_id: UUID, dimension: Dimension, given: EvidenceCreate
) -> Evidence:
    """Submit proof of a level: the participant, or PLUT's staff on their behalf.

    Raises EnrolmentNotFound, ParticipantOrStaffOnly, EnrolmentWithdrawn. Emits evidence.submitted.
    """
    enrolment, outcome = await locked_outcome(db, caller, enrolment_id, dimension)
    require_participant_or_staff(caller)
    require_taking_part(enrolment)
    if outcome.version == 0:
        outcome.version = 1
        db.add(outcome)
        await db.flush()
    evidence = Evidence(id=new_id(), outcome_id=outcome.id, submitted_by=caller.id, **given.model_dump())
    db.add(evidence)
    await db.flush()
    await _tell(db, "evidence.submitted", _Case(enrolment, outcome, evidence), caller, given.claimed_level)
    return evidence


async def verify_evidence(db: AsyncSession, caller: Caller, evidence_id: UUID, given: EvidenceVerify) -> Evidence:
    """Find a level proven. The outcome's level reached is the highest that was found so.

    Raises EvidenceNotFound, VerifierIsSubmitter, VerifierIsTrainer, EvidenceAlreadyDecided, EnrolmentWithdrawn,
    BaselineMissing. Emits outcome.verified, with the level found proven.
    """
    case = await _to_decide(db, caller, evidence_id)
    outcome, evidence = case.outcome, case.evidence
    if outcome.baseline_level is None:
        raise BaselineMissing()
    _decide(evidence, EvidenceState.verified, caller)
    evidence.verified_level, evidence.reason = given.level, given.note
    if outcome.reached_level is None or given.level > outcome.reached_level:
        outcome.reached_level, outcome.reached_at = given.level, evidence.decided_at
    await keep_outcome(db, caller, "outcome.verified", case.enrolment, outcome, given.level)
    return evidence


async def reject_evidence(db: AsyncSession, caller: Caller, evidence_id: UUID, given: EvidenceReject) -> Evidence:
    """Find that evidence does not prove its level, and say what to do next.

    Raises EvidenceNotFound, VerifierIsSubmitter, VerifierIsTrainer, EvidenceAlreadyDecided, EnrolmentWithdrawn.
    Emits evidence.rejected.
    """
    case = await _to_decide(db, caller, evidence_id)
    _decide(case.evidence, EvidenceState.rejected, caller)
    case.evidence.reason, case.evidence.next_step = given.reason, given.next_step
    await db.flush()
    await _tell(db, "evidence.rejected", case, caller, case.evidence.claimed_level)
    return case.evidence


async def _to_decide(db: AsyncSession, caller: Caller, evidence_id: UUID) -> _Case:
    """Evidence with its outcome and enrolment, locked, that the caller may decide on and nobody has decided on."""
    row = await one_evidence(db, caller, evidence_id)
    enrolment, outcome = await locked_outcome(db, caller, row.enrolment_id, row.dimension)
    evidence = await db.get_one(Evidence, evidence_id, with_for_update=True, populate_existing=True)
    if evidence.state is not EvidenceState.submitted:
        raise EvidenceAlreadyDecided()
    if evidence.submitted_by == caller.id:
        raise VerifierIsSubmitter()
    trained = exists().where(
        TrainingSession.program_id == enrolment.program_id, TrainingSession.trainer_id == caller.id
    )
    if await db.scalar(select(trained)):
        raise VerifierIsTrainer()
    require_taking_part(enrolment)
    return _Case(enrolment, outcome, evidence)


def _decide(evidence: Evidence, state: EvidenceState, caller: Caller) -> None:
    evidence.state, evidence.decided_by, evidence.decided_at = state, caller.id, clock.now()
    evidence.version += 1


async def _tell(db: AsyncSession, event: str, case: _Case, caller: Caller, level: int) -> None:
    await outbox.record(
        db,
        event,
        case.evidence.id,
        by=caller,
        enrolment_id=case.enrolment.id,
        program_id=case.enrolment.program_id,
        person_id=case.enrolment.person_id,
        actor_id=case.enrolment.actor_id,
        dimension=case.outcome.dimension.value,
        level=level,
    )
