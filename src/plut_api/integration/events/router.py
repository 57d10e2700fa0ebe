"""HTTP of the stream of events."""

from typing import Annotated

from fastapi import Depends, Query, Request, Security

from plut_api.integration.events import feed
from plut_api.integration.events.catalogue import CATALOGUE
from plut_api.integration.events.schemas import NAME, EventPage, EventTypeRead, EventTypes
from plut_api.integration.problems import NoOrganization
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import documented
from plut_api.kit.database import Database
from plut_api.kit.pages import CURSOR, MAX_LIMIT
from plut_api.kit.problems import InvalidCursor
from plut_api.kit.web import Router, cacheable

router = Router(tag="integration")

EventsRead = Annotated[Caller, Security(signed_in, scopes=["events:read"])]
After = Annotated[
    str | None,
    Query(max_length=2000, pattern=CURSOR, description="Opaque; `after` of the answer before. None: from the start."),
]
Types = Annotated[
    list[Annotated[str, Query(max_length=64, pattern=NAME)]] | None,
    Query(alias="type", max_length=50, description="Only these types.", examples=[["referral.submitted"]]),
]
Limit = Annotated[
    int,
    Query(ge=1, le=MAX_LIMIT, description="Events an answer.", json_schema_extra={"format": "int32"}, examples=[100]),
]


@router.get("/v1/events", responses=documented(NoOrganization, InvalidCursor), summary="Follow what happens")
async def get_events(
    db: Database, caller: EventsRead, after: After = None, type: Types = None, limit: Limit = 100
) -> EventPage:
    """Follow the events that concern the caller's organization: in order, without gaps, each once for each place.

    The same events are sent to webhook endpoints. A bank is told of consents and of its referrals, an OPD of its
    programmes, the Dinas of all. Keep `after`, ask again from there; an event never appears behind a place passed.
    """
    return await feed.events_after(db, caller, after, type, limit)


@router.get("/v1/event-types", dependencies=[Depends(cacheable(3600))], summary="List the types of events")
async def get_event_types(request: Request) -> EventTypes:
    """Every type that is told outside, with what it says in the language asked for."""
    locale = request.state.locale
    return EventTypes(
        data=[EventTypeRead(type=one.name, words=one.words.in_locale(locale)) for one in CATALOGUE.values()]
    )
