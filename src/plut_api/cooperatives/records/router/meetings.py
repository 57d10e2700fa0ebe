"""HTTP of meetings."""

from typing import Annotated

from fastapi import Body, Response

from plut_api.cooperatives.records import service
from plut_api.cooperatives.records.kinds import MEETINGS
from plut_api.cooperatives.records.models import CooperativeMeeting
from plut_api.cooperatives.records.router.common import (
    LISTED,
    CooperativesRecord,
    CooperativesVerify,
    added,
    changed,
    put_place,
    shown,
    verified,
)
from plut_api.cooperatives.records.schemas.governance import MeetingCreate, MeetingPage, MeetingPatch, MeetingRead
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch, put_etag
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId

router = Router(tag="cooperatives")

MeetingChange = Annotated[MeetingPatch, Body(media_type="application/merge-patch+json")]


@router.get("/v1/cooperatives/{cooperative_id}/meetings", responses=LISTED, summary="List meetings of a cooperative")
async def list_cooperative_meetings(
    cooperative_id: PathId, db: Database, caller: CooperativesRecord, paging: PageOf
) -> MeetingPage:
    """Meetings that were held, in the order they were entered. For its managers, the Dinas and consultants."""
    query = await service.listed(db, caller, MEETINGS, cooperative_id)
    rows = await paging.fetch(db, query, CooperativeMeeting.id)
    return MeetingPage.model_validate(rows, from_attributes=True)


@router.post(
    "/v1/cooperatives/{cooperative_id}/meetings",
    status_code=201,
    responses=added(MEETINGS),
    summary="Enter a meeting of a cooperative",
)
async def create_cooperative_meeting(
    cooperative_id: PathId, body: MeetingCreate, db: Database, caller: CooperativesRecord, response: Response
) -> MeetingRead:
    """Enter a meeting: founding, annual, approval by the village, or the board's decision for one bank.

    Of each year there is one annual meeting. For its managers, the Dinas and consultants.
    """
    row = await service.add(db, caller, MEETINGS, cooperative_id, body.model_dump())
    put_place(response, MEETINGS, row)
    return MeetingRead.model_validate(row)


@router.get(
    "/v1/cooperatives/{cooperative_id}/meetings/{meeting_id}",
    responses=shown(MEETINGS),
    summary="Read a meeting of a cooperative",
)
async def get_cooperative_meeting(
    cooperative_id: PathId, meeting_id: PathId, db: Database, caller: CooperativesRecord, response: Response
) -> MeetingRead:
    """One meeting. Its ETag is what a correction asks for."""
    row = await service.one(db, caller, MEETINGS, cooperative_id, meeting_id)
    put_etag(response, row)
    return MeetingRead.model_validate(row)


@router.patch(
    "/v1/cooperatives/{cooperative_id}/meetings/{meeting_id}",
    responses=changed(MEETINGS),
    summary="Correct a meeting of a cooperative",
)
async def change_cooperative_meeting(
    cooperative_id: PathId,
    meeting_id: PathId,
    body: MeetingChange,
    db: Database,
    caller: CooperativesRecord,
    response: Response,
    if_match: IfMatch = None,
) -> MeetingRead:
    """Correct a meeting. What it was is kept; a verification ends with it.

    For the cooperative\'s managers, the Dinas and consultants.
    """
    row = await service.change(db, caller, MEETINGS, cooperative_id, meeting_id, if_match, body.changes())
    put_etag(response, row)
    return MeetingRead.model_validate(row)


@router.post(
    "/v1/cooperatives/{cooperative_id}/meetings/{meeting_id}/verify",
    responses=verified(MEETINGS),
    summary="Verify a meeting of a cooperative",
)
async def verify_cooperative_meeting(
    cooperative_id: PathId,
    meeting_id: PathId,
    db: Database,
    caller: CooperativesVerify,
    response: Response,
    if_match: IfMatch = None,
) -> MeetingRead:
    """A consultant read the minutes of this version, named in `If-Match`. A later change ends the verification."""
    row = await service.verify(db, caller, MEETINGS, cooperative_id, meeting_id, if_match)
    put_etag(response, row)
    return MeetingRead.model_validate(row)
