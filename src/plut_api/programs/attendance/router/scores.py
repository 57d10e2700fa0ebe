"""HTTP of the tests before and after a programme."""

from typing import Annotated

from fastapi import Path, Request, Response

from plut_api.kit.contract import documented, etagged
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch, put_etag
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId
from plut_api.programs.attendance import service
from plut_api.programs.attendance.models import WhichTest
from plut_api.programs.attendance.problems import CertificateIssued, NoSuchTest
from plut_api.programs.attendance.schemas import RowVerdicts, ScoreRead, ScoreSet, ScoreUpload
from plut_api.programs.attendance.service.scores import read_score
from plut_api.programs.attendance.shapes import verdicts_shape
from plut_api.programs.problems import EnrolmentNotFound, EnrolmentNotOpen, OrganizerOnly, ProgramNotFound
from plut_api.programs.router.programs import ProgramsRead, ProgramsWrite

router = Router(tag="programs")

TestPath = Annotated[WhichTest, Path(description="The test before a programme or the one after.", examples=["post"])]


@router.get(
    "/v1/enrolments/{enrolment_id}/tests/{test}",
    responses=etagged() | documented(EnrolmentNotFound),
    summary="Read a score",
)
async def get_test_score(
    enrolment_id: PathId, test: TestPath, db: Database, caller: ProgramsRead, response: Response
) -> ScoreRead:
    """What a participant reached in a test. Its ETag is what noting it asks for; it is `"0"` while there is none."""
    score = await read_score(db, caller, enrolment_id, test)
    put_etag(response, score)
    return ScoreRead.model_validate(score)


@router.put(
    "/v1/enrolments/{enrolment_id}/tests/{test}",
    responses=documented(EnrolmentNotFound, OrganizerOnly, EnrolmentNotOpen, NoSuchTest, CertificateIssued),
    summary="Note a score",
)
async def set_test_score(
    enrolment_id: PathId,
    test: TestPath,
    body: ScoreSet,
    db: Database,
    caller: ProgramsWrite,
    response: Response,
    if_match: IfMatch = None,
) -> ScoreRead:
    """Note what a participant reached, of 100. The organizer may, co-hosts, and PLUT's staff.

    Only if the programme has that test, and until a certificate tells of it.
    """
    score = await service.note_score(db, caller, enrolment_id, test, if_match, body.score)
    put_etag(response, score)
    return ScoreRead.model_validate(score)


@router.post(
    "/v1/programs/{program_id}/test-scores",
    responses=documented(ProgramNotFound, OrganizerOnly),
    summary="Upload scores",
)
async def upload_test_scores(
    program_id: PathId, body: ScoreUpload, request: Request, db: Database, caller: ProgramsWrite
) -> RowVerdicts:
    """Note or correct scores of many participants, up to a thousand at once; each row has its verdict."""
    verdicts = await service.note_scores(db, caller, program_id, body.rows)
    return verdicts_shape(body.rows, verdicts, request.state.locale)
