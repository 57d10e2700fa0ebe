"""HTTP of enrolments: seats taken, given back and completed.

The change of an enrolment lives with the outcomes, which change with it.
"""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.masking import view_of
from plut_api.actors.problems import PersonNotFound, RegisterFirst
from plut_api.kit.caller import Caller
from plut_api.kit.contract import created, documented, etagged
from plut_api.kit.database import Database
from plut_api.kit.etags import put_etag
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId
from plut_api.programs import queries, service
from plut_api.programs.attendance.problems import NotCompletedYet
from plut_api.programs.attendance.schemas import AS_ASKED, Completion
from plut_api.programs.problems import (
    AlreadyEnrolled,
    DocumentsMissing,
    EnrolmentNotFound,
    EnrolmentNotOpen,
    OrganizerOnly,
    ParticipantOrStaffOnly,
    PrerequisiteMissing,
    ProgramFull,
    ProgramNotFound,
    ProgramNotOpen,
    ProgramNotTaught,
    SessionClash,
)
from plut_api.programs.queries import EnrolmentFilters
from plut_api.programs.router.programs import ProgramsRead, ProgramsWrite
from plut_api.programs.schemas.enrolments import EnrolmentCreate, EnrolmentPage, EnrolmentRead
from plut_api.programs.shapes import enrolment_page, enrolment_shape
from plut_api.programs.waiting.problems import AlreadyWaiting, WaitingListFirst

router = Router(tag="programs")

Wanted = Annotated[EnrolmentFilters, Depends()]
IsRepeat = Annotated[
    bool | None,
    Query(description="Only those who had a seat on the same topic not long before, or only those who had not."),
]


@router.post(
    "/v1/programs/{program_id}/enrolments",
    status_code=201,
    responses=created()
    | documented(
        *(ProgramNotFound, PersonNotFound, RegisterFirst, ProgramNotOpen, ProgramFull, WaitingListFirst),
        *(AlreadyEnrolled, AlreadyWaiting, SessionClash, PrerequisiteMissing, DocumentsMissing),
    ),
    summary="Take a seat",
)
async def create_enrolment(
    program_id: PathId, body: EnrolmentCreate, db: Database, caller: ProgramsWrite, response: Response
) -> EnrolmentRead:
    """Take a seat in a published programme: for oneself, or for PLUT's staff on behalf of the person they name.

    A business can be named later. No document is needed but what the programme's source of money asks for, and not of
    who is exempt. Seats are never given twice; of reserved ones a person gets one of their own segments first. Who
    finds no seat is told where to wait for one (`waiting_list`).
    """
    enrolment = await service.enrol(db, caller, program_id, body.person_id, body.actor_id, body.waiver_reason)
    response.headers["Location"] = f"/v1/enrolments/{enrolment.id}"
    return await shown(db, caller, response, enrolment.id)


@router.get(
    "/v1/programs/{program_id}/enrolments",
    responses=documented(ProgramNotFound, OrganizerOnly),
    summary="List the participants of a programme",
)
async def list_program_enrolments(
    program_id: PathId, db: Database, caller: ProgramsRead, paging: PageOf, is_repeat: IsRepeat = None
) -> EnrolmentPage:
    """Everybody who took a seat, in the order they did, also who gave it back. For its organizer and the Dinas.

    A consultant finds the people assigned to them.
    """
    rows = await queries.page_of_participants(db, paging, caller, program_id, is_repeat)
    return enrolment_page(rows, view_of(caller, in_list=True))


@router.get("/v1/enrolments", summary="List enrolments")
async def list_enrolments(db: Database, caller: ProgramsRead, paging: PageOf, wanted: Wanted) -> EnrolmentPage:
    """Enrolments within the caller's rows, newest first.

    A person's own, those of people assigned to a consultant, those in an OPD's own programmes, or all for the Dinas.
    """
    rows = await queries.page_of_enrolments(db, paging, caller, wanted)
    return enrolment_page(rows, view_of(caller, in_list=True))


@router.get("/v1/enrolments/{enrolment_id}", responses=documented(EnrolmentNotFound), summary="Read an enrolment")
async def get_enrolment(enrolment_id: PathId, db: Database, caller: ProgramsRead, response: Response) -> EnrolmentRead:
    """One enrolment. Its ETag is what naming its business asks for."""
    return await shown(db, caller, response, enrolment_id)


@router.post(
    "/v1/enrolments/{enrolment_id}/withdraw",
    responses=etagged() | documented(EnrolmentNotFound, ParticipantOrStaffOnly, EnrolmentNotOpen),
    summary="Give a seat back",
)
async def withdraw_enrolment(
    enrolment_id: PathId, db: Database, caller: ProgramsWrite, response: Response
) -> EnrolmentRead:
    """Give a seat back; it is offered to who waits, else free at once. The participant may, and PLUT's staff for them.

    Who withdrew can take a seat again, with a new enrolment.
    """
    enrolment = await service.withdraw(db, caller, enrolment_id)
    return await shown(db, caller, response, enrolment.id)


@router.post(
    "/v1/enrolments/{enrolment_id}/complete",
    responses=etagged()
    | documented(EnrolmentNotFound, OrganizerOnly, EnrolmentNotOpen, ProgramNotTaught, NotCompletedYet),
    summary="Complete an enrolment",
)
async def complete_enrolment(
    enrolment_id: PathId, db: Database, caller: ProgramsWrite, response: Response, body: Completion = AS_ASKED
) -> EnrolmentRead:
    """Note that a participant completed the programme, while it runs or after. Its organizer may, and PLUT's staff.

    Enough sessions have to be attended, and the test after it passed, as the programme asks (`not_completed_yet` tells
    how far the participant is); the organizer and the Dinas can waive that with a reason. A certificate is issued. When
    the programme ends, everybody who fulfils its rule completes it by that.
    """
    enrolment = await service.complete_enrolment(db, caller, enrolment_id, body.waive_reason)
    return await shown(db, caller, response, enrolment.id)


async def shown(db: AsyncSession, caller: Caller, response: Response, enrolment_id: UUID) -> EnrolmentRead:
    """An enrolment as an answer, with its ETag. Raises EnrolmentNotFound."""
    row = await queries.one_enrolment(db, caller, enrolment_id)
    put_etag(response, row)
    return enrolment_shape(row, view_of(caller))
