"""HTTP of the calendar. Included before the programmes, whose `/v1/programs/{program_id}` would match it too."""

from typing import Annotated, Any

from fastapi import Depends, Header, Response

from plut_api.kit.caller import Caller, MaybeCaller
from plut_api.kit.contract import documented, listed
from plut_api.kit.database import Database
from plut_api.kit.pages import PageOf, Paging
from plut_api.kit.problems import InvalidCursor, NotAcceptable
from plut_api.kit.representations import representation
from plut_api.kit.web import Router, cacheable
from plut_api.programs.calendar import queries
from plut_api.programs.calendar.feed import ICS, feed_period, usual_hours, written
from plut_api.programs.calendar.queries import Wanted
from plut_api.programs.calendar.schemas import (
    CalendarFilters,
    CalendarPage,
    Facilities,
    Organizations,
    RegencyCodes,
    Rooms,
    TopicCodes,
    Trainers,
)
from plut_api.programs.router.programs import not_shared

router = Router(tag="programs")

JSON = "application/json"
MOST_EVENTS = 5_000
NAME = "PLUT NTB"
Filters = Annotated[CalendarFilters, Depends()]
Accept = Annotated[str, Header(max_length=200, pattern=r"^[^\x00-\x1f]*$", include_in_schema=False)]
_FEED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "An iCalendar (RFC 5545).",
        "content": {ICS: {"schema": {"type": "string", "pattern": r"^BEGIN:VCALENDAR\r\n", "maxLength": 20_000_000}}},
    }
}


@router.get(
    "/v1/programs/calendar",
    dependencies=[Depends(cacheable(60)), Depends(not_shared)],
    response_model=CalendarPage,
    responses=listed(ICS) | documented(InvalidCursor, NotAcceptable),
    summary="Read the calendar of all organizations",
)
async def list_calendar(
    db: Database,
    paging: PageOf,
    caller: MaybeCaller,
    response: Response,
    filters: Filters,
    accept: Accept = "*/*",
) -> CalendarPage | Response:
    """Sessions of all organizations by day, the morning first, cancelled ones too.

    Anyone sees those of published, running and completed programmes. Signed in, an OPD also sees those of its own
    drafts, and the Dinas all: so nobody plans what another plans already.

    With `Accept: text/calendar` the same comes as one iCalendar, its first 5,000 sessions; drafts are tentative.
    """
    wanted = filters.wanted()
    response.headers["Vary"] = "Accept, Accept-Language, Authorization"
    if representation(accept, (JSON, ICS)) == ICS:
        return await _calendar(db, caller, wanted, dict(response.headers))
    return await _page(db, paging, caller, wanted)


@router.get(
    "/v1/programs/calendar.ics",
    dependencies=[Depends(cacheable(300))],
    response_class=Response,
    response_model=None,
    responses=_FEED,
    summary="Subscribe to the calendar",
)
async def get_calendar_feed(
    db: Database,
    response: Response,
    organization: Organizations = None,
    room: Rooms = None,
    trainer: Trainers = None,
    facility: Facilities = None,
    topic: TopicCodes = None,
    regency: RegencyCodes = None,
) -> Response:
    """An iCalendar to subscribe to, by its address alone: of an organization, a room, a trainer, a facility, or all.

    Public sessions of the last months and the coming year. Ask again with `If-None-Match`; what was cancelled is
    struck out (`STATUS:CANCELLED`). Of people it names trainers only.
    """
    first, last = await feed_period(db)
    wanted = Wanted(
        first, last, organization or (), room or (), trainer or (), facility or (), topic or (), regency or ()
    )
    return await _calendar(db, None, wanted, dict(response.headers))


async def _page(db: Database, paging: Paging, caller: Caller | None, wanted: Wanted) -> CalendarPage:
    return CalendarPage.model_validate(await queries.page_of_calendar(db, paging, caller, wanted), from_attributes=True)


async def _calendar(db: Database, caller: Caller | None, wanted: Wanted, headers: dict[str, str]) -> Response:
    rows = await queries.whole_calendar(db, caller, wanted, MOST_EVENTS)
    return Response(written(rows, await usual_hours(db), NAME), media_type=f"{ICS}; charset=utf-8", headers=headers)
