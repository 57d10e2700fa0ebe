"""HTTP of the door: codes that are shown there, checking in by them, and uploads of who came."""

from typing import Annotated, Any

from fastapi import Header, Query, Request, Response

from plut_api.actors.masking import view_of
from plut_api.kit import clock
from plut_api.kit.contract import documented
from plut_api.kit.database import Database
from plut_api.kit.pages import PageOf
from plut_api.kit.problems import NotAcceptable, TooManyRequests
from plut_api.kit.representations import representation
from plut_api.kit.web import Router
from plut_api.kit.wire import Instant, PathId
from plut_api.programs.attendance import queries, service
from plut_api.programs.attendance.access import require_door
from plut_api.programs.attendance.codes import MOST, qr_svg
from plut_api.programs.attendance.hours import hours_of, near
from plut_api.programs.attendance.problems import (
    CertificateIssued,
    CheckInClosed,
    CodeWrong,
    DoorOnly,
    NotedAbsent,
    NotEnrolled,
    ParticipantsOnly,
    SessionNotHeld,
)
from plut_api.programs.attendance.schemas import (
    AttendanceRead,
    AttendanceUpload,
    CheckIn,
    CheckInCodes,
    EnrolmentAttendance,
    RowVerdicts,
    SessionAttendeePage,
)
from plut_api.programs.attendance.service.check_in import RULES
from plut_api.programs.attendance.shapes import attendee_page, codes_shape, standing_shape, verdicts_shape
from plut_api.programs.problems import EnrolmentNotFound, OrganizerOnly, SessionNotFound
from plut_api.programs.router.programs import ProgramsRead, ProgramsWrite
from plut_api.reference.rules import rule_values

router = Router(tag="programs")

JSON, SVG = "application/json", "image/svg+xml"
_SVG: dict[int | str, dict[str, Any]] = {
    200: {"content": {SVG: {"schema": {"type": "string", "maxLength": 200_000, "pattern": r"^<svg [\s\S]+$"}}}}
}
From = Annotated[
    Instant | None,
    Query(alias="from", description="From when on; by default now.", examples=["2026-03-02T00:00:00Z"]),
]
Codes = Annotated[
    int,
    Query(ge=1, le=MOST, description="How many, one after the other.", json_schema_extra={"format": "int32"}),
]
Accept = Annotated[str, Header(include_in_schema=False)]


@router.get(
    "/v1/sessions/{session_id}/check-in-code",
    response_model=CheckInCodes,
    responses=_SVG | documented(SessionNotFound, DoorOnly, NotAcceptable),
    summary="Show the codes of the door",
)
async def get_check_in_code(
    session_id: PathId,
    db: Database,
    caller: ProgramsRead,
    first: From = None,
    codes: Codes = 10,
    accept: Accept = "*/*",
) -> Any:
    """The code that is shown at the door now, and the next ones, so that a device can go on without a network.

    For the organizer, co-hosts, trainers of the session and PLUT's staff. With `Accept: image/svg+xml` the QR of the
    first one. `from` lies within a month of the session. Participants scan or type it
    (`POST /v1/sessions/{id}/check-in`).
    """
    wanted = representation(accept, (JSON, SVG))
    session, _ = await require_door(db, caller, session_id)
    rules = await rule_values(db, RULES)
    hours = await hours_of(db, session, rules)
    shown = codes_shape(session.id, hours, near(hours, first) or clock.now(), codes, rules)
    if wanted == SVG:
        return Response(qr_svg(shown.codes[0].qr_text), media_type=SVG, headers={"Cache-Control": "no-store"})
    return shown


@router.post(
    "/v1/sessions/{session_id}/check-in",
    responses=documented(
        *(SessionNotFound, EnrolmentNotFound, ParticipantsOnly, NotEnrolled, SessionNotHeld),
        *(CertificateIssued, CheckInClosed, CodeWrong, NotedAbsent, TooManyRequests),
    ),
    summary="Check in",
)
async def check_in(
    session_id: PathId, body: CheckIn, request: Request, db: Database, caller: ProgramsWrite
) -> AttendanceRead:
    """Say that one is there, by the code at the door. The participant does, or who cares for a minor.

    Around the hours of the session. A phone without a network keeps the code and the time, and sends both later, within
    some days. Checking in twice changes nothing.
    """
    return AttendanceRead.model_validate(await service.check_in(db, request, caller, session_id, body))


@router.post(
    "/v1/sessions/{session_id}/attendance",
    responses=documented(SessionNotFound, DoorOnly, OrganizerOnly, SessionNotHeld),
    summary="Upload who came",
)
async def upload_attendance(
    session_id: PathId, body: AttendanceUpload, request: Request, db: Database, caller: ProgramsWrite
) -> RowVerdicts:
    """Note or correct who came, up to a thousand at once. For the organizer, co-hosts and PLUT's staff.

    The latest word counts, by the clock of the device, so an upload can be sent again. Each row has its verdict; one
    that is refused does not keep the others out. What a certificate tells can no longer be changed.
    """
    verdicts = await service.note_attendance(db, caller, session_id, body.rows)
    return verdicts_shape(body.rows, verdicts, request.state.locale)


@router.get(
    "/v1/sessions/{session_id}/attendance",
    responses=documented(SessionNotFound, DoorOnly),
    summary="List who came",
)
async def list_attendance(
    session_id: PathId, db: Database, caller: ProgramsRead, paging: PageOf
) -> SessionAttendeePage:
    """The participants of a session, and whether they came. For the organizer, co-hosts and PLUT's staff.

    A consultant finds the people assigned to them, and everybody where they teach.
    """
    session, _ = await require_door(db, caller, session_id)
    rows = await queries.page_of_attendees(db, paging, caller, session)
    return attendee_page(rows, view_of(caller, in_list=True))


@router.get(
    "/v1/enrolments/{enrolment_id}/attendance",
    responses=documented(EnrolmentNotFound),
    summary="Read the attendance of a participant",
)
async def get_enrolment_attendance(enrolment_id: PathId, db: Database, caller: ProgramsRead) -> EnrolmentAttendance:
    """Every session, whether the participant came, scores, and what completion asks for.

    For the participant, the organizer and PLUT's staff.
    """
    return standing_shape(*await queries.standing_shown(db, caller, enrolment_id))
