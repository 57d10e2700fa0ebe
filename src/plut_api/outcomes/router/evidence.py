"""HTTP of evidence."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response, Security
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import created, documented, etagged
from plut_api.kit.database import Database
from plut_api.kit.etags import put_etag
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId
from plut_api.outcomes import queries, service
from plut_api.outcomes.problems import (
    BaselineMissing,
    EnrolmentWithdrawn,
    EvidenceAlreadyDecided,
    EvidenceNotFound,
    EvidenceNotVerified,
    SubmitterOnly,
    VerifierIsParticipant,
    VerifierIsSubmitter,
    VerifierIsTrainer,
)
from plut_api.outcomes.queries import EvidenceFilters
from plut_api.outcomes.router.levels import DimensionPath, OutcomesRead, OutcomesWrite
from plut_api.outcomes.schemas import (
    EvidenceCreate,
    EvidencePage,
    EvidenceRead,
    EvidenceReject,
    EvidenceRevoke,
    EvidenceVerify,
)
from plut_api.programs.problems import EnrolmentNotFound, ParticipantOrStaffOnly

router = Router(tag="outcomes")

OutcomesVerify = Annotated[Caller, Security(signed_in, scopes=["outcomes:verify"])]
OutcomesRevoke = Annotated[Caller, Security(signed_in, scopes=["outcomes:revoke"])]
Wanted = Annotated[EvidenceFilters, Depends()]
DECISION = (
    EvidenceNotFound,
    EvidenceAlreadyDecided,
    VerifierIsSubmitter,
    VerifierIsParticipant,
    VerifierIsTrainer,
    EnrolmentWithdrawn,
)


@router.post(
    "/v1/enrolments/{enrolment_id}/outcomes/{dimension}/evidence",
    status_code=201,
    responses=created() | documented(EnrolmentNotFound, ParticipantOrStaffOnly, EnrolmentWithdrawn),
    summary="Submit evidence",
)
async def submit_evidence(
    enrolment_id: PathId,
    dimension: DimensionPath,
    body: EvidenceCreate,
    db: Database,
    caller: OutcomesWrite,
    response: Response,
) -> EvidenceRead:
    """Submit proof of a level: the participant, or PLUT's staff on their behalf. Another person decides on it.

    Which kinds prove a level, and whether they are handed in as files (of which media types) or as an address, says the
    outcome's version of the rubric (`GET /v1/outcome-rubric?version=`). Files are handed in first, by `POST /v1/files`,
    or where the network is poor piece by piece by `POST /v1/uploads`. They are then readable by whoever may read the
    evidence. What rows of this system prove is taken up by itself.
    """
    evidence = await service.submit_evidence(db, caller, enrolment_id, dimension, body)
    response.headers["Location"] = f"/v1/evidence/{evidence.id}"
    return await _shown(db, caller, response, evidence.id)


@router.get(
    "/v1/enrolments/{enrolment_id}/outcomes/{dimension}/evidence",
    responses=documented(EnrolmentNotFound),
    summary="List the evidence of an outcome",
)
async def list_outcome_evidence(
    enrolment_id: PathId, dimension: DimensionPath, db: Database, caller: OutcomesRead, paging: PageOf
) -> EvidencePage:
    """What was submitted for one outcome and what was decided, oldest first."""
    rows = await queries.page_of_proof(db, paging, caller, enrolment_id, dimension)
    return EvidencePage.model_validate(rows)


@router.get("/v1/evidence", summary="List evidence")
async def list_evidence(db: Database, caller: OutcomesRead, paging: PageOf, wanted: Wanted) -> EvidencePage:
    """Evidence within the caller's rows, oldest first; `state=submitted` is what waits for a consultant."""
    rows = await queries.page_of_evidence(db, paging, caller, wanted)
    return EvidencePage.model_validate(rows)


@router.get("/v1/evidence/{evidence_id}", responses=etagged() | documented(EvidenceNotFound), summary="Read evidence")
async def get_evidence(evidence_id: PathId, db: Database, caller: OutcomesRead, response: Response) -> EvidenceRead:
    """One piece of evidence, and what was decided about it."""
    return await _shown(db, caller, response, evidence_id)


@router.post(
    "/v1/evidence/{evidence_id}/verify",
    responses=etagged() | documented(*DECISION, BaselineMissing),
    summary="Verify evidence",
)
async def verify_evidence(
    evidence_id: PathId, body: EvidenceVerify, db: Database, caller: OutcomesVerify, response: Response
) -> EvidenceRead:
    """Find a level proven, which can be another than the one claimed. The outcome stands at the highest level proven.

    A consultant may who neither took part, nor submitted the evidence, nor trained in the programme. It is decided once
    and for all.
    """
    evidence = await service.verify_evidence(db, caller, evidence_id, body)
    return await _shown(db, caller, response, evidence.id)


@router.post(
    "/v1/evidence/{evidence_id}/reject",
    responses=etagged() | documented(*DECISION),
    summary="Reject evidence",
)
async def reject_evidence(
    evidence_id: PathId, body: EvidenceReject, db: Database, caller: OutcomesVerify, response: Response
) -> EvidenceRead:
    """Find that evidence does not prove its level, why, and what the participant does next.

    A consultant may who neither took part, nor submitted the evidence, nor trained in the programme. It is decided once
    and for all.
    """
    evidence = await service.reject_evidence(db, caller, evidence_id, body)
    return await _shown(db, caller, response, evidence.id)


@router.post(
    "/v1/evidence/{evidence_id}/withdraw",
    responses=etagged() | documented(EvidenceNotFound, SubmitterOnly, EvidenceAlreadyDecided),
    summary="Withdraw evidence",
)
async def withdraw_evidence(
    evidence_id: PathId, db: Database, caller: OutcomesWrite, response: Response
) -> EvidenceRead:
    """Take evidence back that nobody has decided on yet. Who submitted it may; its files are let go."""
    evidence = await service.withdraw_evidence(db, caller, evidence_id)
    return await _shown(db, caller, response, evidence.id)


@router.post(
    "/v1/evidence/{evidence_id}/revoke",
    responses=etagged() | documented(EvidenceNotFound, EvidenceNotVerified),
    summary="Revoke verified evidence",
)
async def revoke_evidence(
    evidence_id: PathId, body: EvidenceRevoke, db: Database, caller: OutcomesRevoke, response: Response
) -> EvidenceRead:
    """Find that evidence which was verified does not hold, and why. The Dinas may.

    The outcome falls to the level that the rest of its evidence proves, and with it every figure; its history says so.
    """
    evidence = await service.revoke_evidence(db, caller, evidence_id, body)
    return await _shown(db, caller, response, evidence.id)


async def _shown(db: AsyncSession, caller: Caller, response: Response, evidence_id: UUID) -> EvidenceRead:
    row = await queries.one_evidence(db, caller, evidence_id)
    put_etag(response, row)
    return (await queries.shapes_of(db, caller, [row]))[0]
