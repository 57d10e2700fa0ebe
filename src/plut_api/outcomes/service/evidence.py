"""Evidence: submitted by or for the participant, decided once, by a consultant who neither submitted nor trained."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.minors import acted_for_by
from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller
from plut_api.kit.ids import new_id
from plut_api.kit.problems import Fault, Invalid, fault
from plut_api.outcomes.models import Cause, Dimension, Evidence, EvidenceState, Outcome
from plut_api.outcomes.problems import (
    BaselineMissing,
    EvidenceAlreadyDecided,
    EvidenceNotVerified,
    SubmitterOnly,
    VerifierIsParticipant,
    VerifierIsSubmitter,
    VerifierIsTrainer,
)
from plut_api.outcomes.queries import one_evidence
from plut_api.outcomes.schemas import EvidenceCreate, EvidenceReject, EvidenceRevoke, EvidenceVerify
from plut_api.outcomes.service.levels import locked_outcome, require_taking_part
from plut_api.outcomes.service.proof import attach, kinds_of, let_go
from plut_api.outcomes.service.proven import fall, rise
from plut_api.programs.access import require_participant_or_staff, trains
from plut_api.programs.models import Enrolment


class _Case(NamedTuple):
    """What a consultant decides on."""

    enrolment: Enrolment
    outcome: Outcome
    evidence: Evidence


async def submit_evidence(
    db: AsyncSession, caller: Caller, enrolment_id: UUID, dimension: Dimension, given: EvidenceCreate
) -> Evidence:
    """Submit proof of a level: the participant, or PLUT's staff on their behalf.

    Raises EnrolmentNotFound, ParticipantOrStaffOnly, EnrolmentWithdrawn, Invalid (`proof.attach`). Emits
    evidence.submitted.
    """
    enrolment, outcome = await locked_outcome(db, caller, enrolment_id, dimension)
    require_participant_or_staff(caller)
    require_taking_part(enrolment)
    if outcome.version == 0:
        outcome.version = 1
        db.add(outcome)
        await db.flush()
    told = given.model_dump(exclude={"files"})
    evidence = Evidence(id=new_id(), outcome_id=outcome.id, submitted_by=caller.id, created_at=clock.now(), **told)
    await attach(db, caller, outcome, evidence, given)
    await _tell(db, "evidence.submitted", _Case(enrolment, outcome, evidence), caller, given.claimed_level)
    return evidence


async def verify_evidence(db: AsyncSession, caller: Caller, evidence_id: UUID, given: EvidenceVerify) -> Evidence:
    """Find a level proven, and move the outcome's level to the highest that is proven now.

    Raises EvidenceNotFound, VerifierIsSubmitter, VerifierIsParticipant, VerifierIsTrainer, EvidenceAlreadyDecided,
    EnrolmentWithdrawn, BaselineMissing, Invalid (`kind_proves_less`). Emits outcome.verified with the level found, and
    outcome.level_changed if that moves the outcome's.
    """
    case = await _to_decide(db, caller, evidence_id)
    outcome, evidence = case.outcome, case.evidence
    if outcome.baseline_level is None:
        raise BaselineMissing()
    kind = kinds_of(outcome).get(evidence.kind)
    if kind is not None and given.level > max(kind.levels):
        raise Invalid(errors=[_proves_less(max(kind.levels))])
    _decide(evidence, EvidenceState.verified, caller)
    evidence.verified_level, evidence.reason = given.level, given.note
    await db.flush()
    await rise(db, outcome, evidence, cause=Cause.evidence, by=caller, at=evidence.decided_at)
    await _tell(db, "outcome.verified", case, caller, given.level, subject_id=outcome.id)
    return evidence


async def reject_evidence(db: AsyncSession, caller: Caller, evidence_id: UUID, given: EvidenceReject) -> Evidence:
    """Find that evidence does not prove its level, and say what to do next.

    Raises EvidenceNotFound, VerifierIsSubmitter, VerifierIsParticipant, VerifierIsTrainer, EvidenceAlreadyDecided,
    EnrolmentWithdrawn. Emits evidence.rejected.
    """
    case = await _to_decide(db, caller, evidence_id)
    _decide(case.evidence, EvidenceState.rejected, caller)
    case.evidence.reason, case.evidence.next_step = given.reason, given.next_step
    await db.flush()
    await _tell(db, "evidence.rejected", case, caller, case.evidence.claimed_level)
    return case.evidence


async def withdraw_evidence(db: AsyncSession, caller: Caller, evidence_id: UUID) -> Evidence:
    """Take evidence back that nobody has decided on yet; its files are let go.

    Raises EvidenceNotFound, SubmitterOnly, EvidenceAlreadyDecided. Emits evidence.withdrawn.
    """
    case = await _locked(db, caller, evidence_id)
    evidence = case.evidence
    if evidence.submitted_by != caller.id:
        raise SubmitterOnly()
    if evidence.state is not EvidenceState.submitted:
        raise EvidenceAlreadyDecided()
    _end(evidence, EvidenceState.withdrawn, caller, reason=None)
    await let_go(db, evidence)
    await _tell(db, "evidence.withdrawn", case, caller, evidence.claimed_level)
    return evidence


async def revoke_evidence(db: AsyncSession, caller: Caller, evidence_id: UUID, given: EvidenceRevoke) -> Evidence:
    """Find that evidence which was verified does not hold; the level falls to what the rest proves.

    Raises EvidenceNotFound, EvidenceNotVerified. Emits evidence.revoked, and outcome.level_changed if the level falls.
    """
    case = await _locked(db, caller, evidence_id)
    evidence = case.evidence
    if evidence.state is not EvidenceState.verified:
        raise EvidenceNotVerified(extra={"state": evidence.state.value})
    _end(evidence, EvidenceState.revoked, caller, reason=given.reason)
    await db.flush()
    await fall(db, case.outcome, evidence, cause=Cause.evidence, by=caller, at=evidence.ended_at)
    await _tell(db, "evidence.revoked", case, caller, evidence.verified_level or evidence.claimed_level)
    return evidence


async def _locked(db: AsyncSession, caller: Caller, evidence_id: UUID) -> _Case:
    """Evidence within the caller's rows with its outcome and enrolment, locked."""
    row = await one_evidence(db, caller, evidence_id)
    enrolment, outcome = await locked_outcome(db, caller, row.enrolment_id, row.dimension)
    evidence = await db.get_one(Evidence, evidence_id, with_for_update=True, populate_existing=True)
    return _Case(enrolment, outcome, evidence)


async def _to_decide(db: AsyncSession, caller: Caller, evidence_id: UUID) -> _Case:
    """Evidence that the caller may decide on and nobody has decided on."""
    case = await _locked(db, caller, evidence_id)
    enrolment, evidence = case.enrolment, case.evidence
    if evidence.state is not EvidenceState.submitted:
        raise EvidenceAlreadyDecided()
    if evidence.submitted_by == caller.id:
        raise VerifierIsSubmitter()
    if enrolment.person_id in (await db.scalars(acted_for_by(caller.id))).all():
        raise VerifierIsParticipant()
    if await db.scalar(select(trains(caller.id, enrolment.program_id))):
        raise VerifierIsTrainer()
    require_taking_part(enrolment)
    return case


def _decide(evidence: Evidence, state: EvidenceState, caller: Caller) -> None:
    evidence.state, evidence.decided_by, evidence.decided_at = state, caller.id, clock.now()
    evidence.version += 1


def _end(evidence: Evidence, state: EvidenceState, caller: Caller, *, reason: str | None) -> None:
    evidence.state, evidence.ended_by, evidence.ended_at = state, caller.id, clock.now()
    evidence.end_reason = reason
    evidence.version += 1


def _proves_less(most: int) -> Fault:
    return fault(
        "#/level",
        "kind_proves_less",
        id=f"Bukti jenis ini paling tinggi membuktikan tingkat {most}",
        en=f"Evidence of this kind proves level {most} at most",
    )


async def _tell(
    db: AsyncSession, event: str, case: _Case, caller: Caller, level: int, subject_id: UUID | None = None
) -> None:
    await outbox.record(
        db,
        event,
        subject_id or case.evidence.id,
        by=caller,
        enrolment_id=case.enrolment.id,
        program_id=case.enrolment.program_id,
        person_id=case.enrolment.person_id,
        actor_id=case.enrolment.actor_id,
        dimension=case.outcome.dimension.value,
        level=level,
    )
