"""HTTP of the sessions of a programme."""

from fastapi import Depends, Response

from plut_api.facilities.problems import RoomNotAvailable, RoomNotFound, RoomTaken
from plut_api.kit.caller import MaybeCaller
from plut_api.kit.contract import documented
from plut_api.kit.database import Database
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router, cacheable
from plut_api.kit.wire import PathId
from plut_api.programs import queries, service
from plut_api.programs.access import require_program
from plut_api.programs.problems import OrganizerOnly, ProgramNotFound, ProgramOver, SessionOnHoliday, SessionTaken
from plut_api.programs.router.programs import ProgramsWrite, not_shared
from plut_api.programs.schemas.programs import TrainingSessionCreate, TrainingSessionPage, TrainingSessionRead

router = Router(tag="programs")


@router.get(
    "/v1/programs/{program_id}/sessions",
    dependencies=[Depends(cacheable(60)), Depends(not_shared)],
    responses=documented(ProgramNotFound),
    summary="List the sessions of a programme",
)
async def list_sessions(program_id: PathId, db: Database, paging: PageOf, caller: MaybeCaller) -> TrainingSessionPage:
    """When and where a programme meets, by day, the morning shift first. Public as the programme is."""
    program = await require_program(db, caller, program_id)
    return TrainingSessionPage.model_validate(
        await queries.page_of_sessions(db, paging, program.id), from_attributes=True
    )


@router.post(
    "/v1/programs/{program_id}/sessions",
    status_code=201,
    responses=documented(
        *(ProgramNotFound, OrganizerOnly, ProgramOver, SessionTaken, SessionOnHoliday),
        *(RoomNotFound, RoomTaken, RoomNotAvailable),
    ),
    summary="Add a session",
)
async def create_session(
    program_id: PathId, body: TrainingSessionCreate, db: Database, caller: ProgramsWrite, response: Response
) -> TrainingSessionRead:
    """Add a session: a day within the programme's period and a shift. Its organizer may, or the Dinas.

    One session a day and shift, none on a national holiday; joint leave (cuti bersama) does not stand in the way. With
    `room_id` the room is booked with it, or nothing happens.
    """
    session = await service.add_session(db, caller, program_id, body)
    response.headers["Location"] = f"/v1/programs/{program_id}/sessions"
    return TrainingSessionRead.model_validate(session)
