"""HTTP of the rubric and of the five outcomes of an enrolment."""

from typing import Annotated

from fastapi import Body, Depends, Path, Query, Response, Security

from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import documented, etagged
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch, put_etag
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router, cacheable
from plut_api.kit.wire import PathId
from plut_api.outcomes import queries, service
from plut_api.outcomes.models import Dimension
from plut_api.outcomes.problems import (
    AssessorOnly,
    BaselineMissing,
    EnrolmentWithdrawn,
    OutcomeSettled,
    RubricNotFound,
)
from plut_api.outcomes.rubric import rubrics
from plut_api.outcomes.schemas import (
    BaselineSet,
    OutcomeMovePage,
    OutcomeRead,
    Outcomes,
    Rubric,
    Rubrics,
    TargetSet,
)
from plut_api.outcomes.shapes import outcome_shape, rubric_shape
from plut_api.programs.problems import EnrolmentNotFound, ParticipantOrStaffOnly
from plut_api.programs.router.enrolments import shown
from plut_api.programs.schemas.enrolments import EnrolmentPatch, EnrolmentRead

HOUR = 3600
router = Router(tag="outcomes")

OutcomesRead = Annotated[Caller, Security(signed_in, scopes=["outcomes:read"])]
OutcomesWrite = Annotated[Caller, Security(signed_in, scopes=["outcomes:write"])]
EnrolmentsWrite = Annotated[Caller, Security(signed_in, scopes=["programs:write"])]
MergePatch = Annotated[EnrolmentPatch, Body(media_type="application/merge-patch+json")]
Version = Annotated[
    str | None,
    Query(max_length=16, pattern=r"^[0-9a-z.]+$", description="A version of the rubric.", examples=["1"]),
]
DimensionPath = Annotated[Dimension, Path(description="Which of the five outcomes.", examples=["packaging"])]


@router.get(
    "/v1/outcome-rubric",
    dependencies=[Depends(cacheable(HOUR))],
    responses=documented(RubricNotFound),
    summary="Read the rubric",
)
async def get_outcome_rubric(version: Version = None) -> Rubric:
    """What each level of the five outcomes asks for, and what can prove it, in both languages.

    Without `version` the one in force today, which new outcomes name. An outcome stays judged by the version that it
    names (`rubric_version`), so that what was aimed at does not move when the words change.
    """
    return Rubric.model_validate(service.rubric_content(version))


@router.get("/v1/outcome-rubrics", dependencies=[Depends(cacheable(HOUR))], summary="List the versions of the rubric")
async def get_outcome_rubrics() -> Rubrics:
    """The versions of the rubric, the newest first, and which of them new outcomes name."""
    return Rubrics(data=[rubric_shape(known) for known in reversed(rubrics())])


@router.get(
    "/v1/enrolments/{enrolment_id}/outcomes",
    responses=documented(EnrolmentNotFound),
    summary="Read the outcomes of an enrolment",
)
async def get_outcomes(enrolment_id: PathId, db: Database, caller: OutcomesRead) -> Outcomes:
    """All five outcomes, with nulls where nothing is known. For the participant, the organizer and PLUT's staff."""
    return Outcomes(data=[outcome_shape(row) for row in await service.read_outcomes(db, caller, enrolment_id)])


@router.get(
    "/v1/enrolments/{enrolment_id}/outcomes/{dimension}",
    responses=etagged() | documented(EnrolmentNotFound),
    summary="Read one outcome",
)
async def get_outcome(
    enrolment_id: PathId, dimension: DimensionPath, db: Database, caller: OutcomesRead, response: Response
) -> OutcomeRead:
    """One outcome. Its ETag is what setting baseline and target asks for; it is `"0"` while nothing is known."""
    outcome = await service.read_outcome(db, caller, enrolment_id, dimension)
    put_etag(response, outcome)
    return outcome_shape(outcome)


@router.get(
    "/v1/enrolments/{enrolment_id}/outcomes/{dimension}/history",
    responses=documented(EnrolmentNotFound),
    summary="List how the level of an outcome moved",
)
async def list_outcome_moves(
    enrolment_id: PathId, dimension: DimensionPath, db: Database, caller: OutcomesRead, paging: PageOf
) -> OutcomeMovePage:
    """Every move of the level proven, the oldest first: from which to which, when, why, by whom, by which rubric."""
    rows = await queries.page_of_moves(db, paging, caller, enrolment_id, dimension)
    return OutcomeMovePage.model_validate(rows, from_attributes=True)


@router.put(
    "/v1/enrolments/{enrolment_id}/outcomes/{dimension}/baseline",
    responses=documented(EnrolmentNotFound, AssessorOnly, EnrolmentWithdrawn, OutcomeSettled),
    summary="Set the level before",
)
async def set_outcome_baseline(
    enrolment_id: PathId,
    dimension: DimensionPath,
    body: BaselineSet,
    db: Database,
    caller: OutcomesWrite,
    response: Response,
    if_match: IfMatch = None,
) -> OutcomeRead:
    """Set the level at which a participant begins. The organizer may, and PLUT's staff.

    `If-Match` takes the ETag of the outcome. Once a level reached is verified, the baseline stays as it is.
    """
    outcome = await service.set_baseline(db, caller, enrolment_id, dimension, if_match, body.level)
    put_etag(response, outcome)
    return outcome_shape(outcome)


@router.put(
    "/v1/enrolments/{enrolment_id}/outcomes/{dimension}/target",
    responses=documented(EnrolmentNotFound, AssessorOnly, EnrolmentWithdrawn, BaselineMissing, OutcomeSettled),
    summary="Set the level aimed at",
)
async def set_outcome_target(
    enrolment_id: PathId,
    dimension: DimensionPath,
    body: TargetSet,
    db: Database,
    caller: OutcomesWrite,
    response: Response,
    if_match: IfMatch = None,
) -> OutcomeRead:
    """Set the level that a participant aims at, above the baseline. The organizer may, and PLUT's staff.

    Once a level was proven the target only rises.
    """
    outcome = await service.set_target(db, caller, enrolment_id, dimension, if_match, body.level)
    put_etag(response, outcome)
    return outcome_shape(outcome)


@router.patch(
    "/v1/enrolments/{enrolment_id}",
    responses=documented(EnrolmentNotFound, ParticipantOrStaffOnly),
    summary="Name the business of an enrolment",
)
async def change_enrolment(
    enrolment_id: PathId,
    body: MergePatch,
    db: Database,
    caller: EnrolmentsWrite,
    response: Response,
    if_match: IfMatch = None,
) -> EnrolmentRead:
    """Say which business an enrolment is for, when it was registered after the seat was taken; its outcomes go along.

    The participant may, and PLUT's staff on their behalf. The business must be one that the participant owns.
    """
    enrolment = await service.name_business(db, caller, enrolment_id, if_match, body.actor_id)
    return await shown(db, caller, response, enrolment.id)
