"""HTTP of the sessions of a programme."""

from typing import Annotated
from uuid import UUID

from fastapi import Body, Depends, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.facilities.problems import RoomNotAvailable, RoomNotFound, RoomTaken
from plut_api.facilities.schemas.bookings import DayFault
from plut_api.kit.caller import Caller, MaybeCaller
from plut_api.kit.contract import created, documented, etagged
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch, put_etag
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router, cacheable
from plut_api.kit.wire import PathId
from plut_api.programs import service
from plut_api.programs.access import require_program
from plut_api.programs.calendar import queries
from plut_api.programs.problems import (
    OrganizerOnly,
    ProgramNotFound,
    ProgramOver,
    SessionAttended,
    SessionCancelled,
    SessionDaysNotFree,
    SessionNotFound,
    SessionOnHoliday,
    SessionTaken,
    TrainerTaken,
)
from plut_api.programs.router.programs import ProgramsWrite, not_shared
from plut_api.programs.schemas.sessions import (
    SessionDay,
    SessionReason,
    SessionSeriesCreate,
    SessionSeriesRead,
    TrainingSessionCreate,
    TrainingSessionPage,
    TrainingSessionPatch,
    TrainingSessionRead,
)

router = Router(tag="programs")

MergePatch = Annotated[TrainingSessionPatch, Body(media_type="application/merge-patch+json")]
REFUSALS = (
    *(OrganizerOnly, ProgramOver, SessionTaken, SessionOnHoliday, TrainerTaken),
    *(RoomNotFound, RoomTaken, RoomNotAvailable),
)


@router.get(
    "/v1/programs/{program_id}/sessions",
    dependencies=[Depends(cacheable(60)), Depends(not_shared)],
    responses=documented(ProgramNotFound),
    summary="List the sessions of a programme",
)
async def list_sessions(program_id: PathId, db: Database, paging: PageOf, caller: MaybeCaller) -> TrainingSessionPage:
    """When and where a programme meets and who teaches, by day, the morning shift first. Public as the programme is."""
    program = await require_program(db, caller, program_id)
    return TrainingSessionPage.model_validate(
        await queries.page_of_sessions(db, paging, program.id), from_attributes=True
    )


@router.get(
    "/v1/sessions/{session_id}",
    dependencies=[Depends(cacheable(0)), Depends(not_shared)],
    responses=documented(SessionNotFound),
    summary="Read a session",
)
async def get_session(session_id: PathId, db: Database, caller: MaybeCaller, response: Response) -> TrainingSessionRead:
    """One session, public as its programme is. Its ETag is what a change of it asks for."""
    return await _shown(db, caller, response, session_id)


@router.post(
    "/v1/programs/{program_id}/sessions",
    status_code=201,
    responses=created() | documented(ProgramNotFound, *REFUSALS),
    summary="Add a session",
)
async def create_session(
    program_id: PathId, body: TrainingSessionCreate, db: Database, caller: ProgramsWrite, response: Response
) -> TrainingSessionRead:
    """Add a session: a day within the programme's period and a shift. Its organizer may, or the Dinas.

    One session a day and shift, none on a national holiday, unless the building of its room is open then; joint leave
    (cuti bersama) does not stand in the way. Nobody teaches in two places at once. With `room_id` the room is booked
    with it, or nothing happens.
    """
    session = await service.add_session(db, caller, program_id, body)
    response.headers["Location"] = f"/v1/sessions/{session.id}"
    return await _shown(db, caller, response, session.id)


@router.post(
    "/v1/programs/{program_id}/session-series",
    responses=documented(ProgramNotFound, OrganizerOnly, ProgramOver, RoomNotFound, SessionDaysNotFree),
    summary="Add sessions on many days",
)
async def create_session_series(
    program_id: PathId, body: SessionSeriesCreate, db: Database, caller: ProgramsWrite, request: Request
) -> SessionSeriesRead:
    """Add sessions by a recurrence rule (RFC 5545) within the programme's period, on all its days or on those that are
    free. The answer says for each day what it gets. A dry run only says it.
    """
    verdicts = await service.add_sessions(db, caller, program_id, body)
    locale = request.state.locale
    return SessionSeriesRead(
        days=[
            SessionDay(
                held_on=day.held_on,
                session_id=day.session_id,
                faults=[DayFault(code=fault.code, message=fault.message.in_locale(locale)) for fault in day.faults],
            )
            for day in verdicts
        ]
    )


@router.patch(
    "/v1/sessions/{session_id}",
    responses=documented(SessionNotFound, SessionCancelled, SessionAttended, *REFUSALS),
    summary="Change or move a session",
)
async def change_session(
    session_id: PathId,
    body: MergePatch,
    db: Database,
    caller: ProgramsWrite,
    response: Response,
    if_match: IfMatch = None,
) -> TrainingSessionRead:
    """Move a session to another day, shift, room or trainers, or rename it. Its organizer may, or the Dinas.

    The room it had is given back. Who takes part is told when the day, the shift or the place changes.
    """
    session = await service.change_session(db, caller, session_id, if_match, body.changes())
    return await _shown(db, caller, response, session.id)


@router.post(
    "/v1/sessions/{session_id}/cancel",
    responses=etagged() | documented(SessionNotFound, OrganizerOnly, ProgramOver, SessionCancelled),
    summary="Cancel a session",
)
async def cancel_session(
    session_id: PathId, body: SessionReason, db: Database, caller: ProgramsWrite, response: Response
) -> TrainingSessionRead:
    """Call a session off, with the reason: its room is given back, its trainers are free, who takes part is told."""
    session = await service.cancel_session(db, caller, session_id, body.reason)
    return await _shown(db, caller, response, session.id)


async def _shown(db: AsyncSession, caller: Caller | None, response: Response, session_id: UUID) -> TrainingSessionRead:
    row = await queries.one_session(db, caller, session_id)
    put_etag(response, row)
    return TrainingSessionRead.model_validate(row)
