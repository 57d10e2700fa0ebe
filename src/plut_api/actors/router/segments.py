"""HTTP of the segments of a person."""

from typing import Annotated

from fastapi import Query, Response

from plut_api.actors.access import require_acting_for
from plut_api.actors.masking import view_of
from plut_api.actors.people_problems import SegmentAlready, SegmentEnded, SegmentNotFound
from plut_api.actors.problems import PersonNotFound
from plut_api.actors.router.people import PeopleRead, PeopleWrite
from plut_api.actors.schemas.segments import SegmentCreate, SegmentEnd, SegmentRead, SegmentsRead
from plut_api.actors.service import segments
from plut_api.kit.contract import documented
from plut_api.kit.database import Database
from plut_api.kit.web import Router
from plut_api.kit.wire import Day, PathId

router = Router(tag="actors")
OnDay = Annotated[Day | None, Query(description="Only what holds on this day.", examples=["2026-03-02"])]


@router.get(
    "/v1/people/{person_id}/segments", responses=documented(PersonNotFound), summary="Read the segments of a person"
)
async def get_person_segments(person_id: PathId, db: Database, caller: PeopleRead, on: OnDay = None) -> SegmentsRead:
    """Every period in a segment, past ones too: computed ones with the source `law`, declared ones with who said so.

    That of disability needs the scope `disability:read`.
    """
    person = await require_acting_for(db, caller, person_id)
    view = view_of(caller)
    return SegmentsRead(data=[one for one in await segments.periods_of(db, person, on) if view.shows(one.segment)])


@router.post(
    "/v1/people/{person_id}/segments",
    status_code=201,
    responses=documented(PersonNotFound, SegmentAlready),
    summary="Declare a segment",
)
async def declare_segment(
    person_id: PathId, body: SegmentCreate, db: Database, caller: PeopleWrite, response: Response
) -> SegmentRead:
    """Say that a person belongs to `mothers`: by themself, a guardian, or staff on their behalf.

    What follows from sex, birth date or village is computed; disability follows from its kinds on the person.
    """
    period = await segments.declare_segment(db, caller, person_id, body)
    response.headers["Location"] = f"/v1/people/{person_id}/segments"
    return SegmentRead.model_validate(period)


@router.post(
    "/v1/people/{person_id}/segments/{segment_id}/end",
    responses=documented(PersonNotFound, SegmentNotFound, SegmentEnded),
    summary="End a period in a segment",
)
async def end_segment(
    person_id: PathId, segment_id: PathId, body: SegmentEnd, db: Database, caller: PeopleWrite
) -> SegmentRead:
    """End a declared period; it stays on record."""
    return SegmentRead.model_validate(await segments.end_segment(db, caller, person_id, segment_id, body.until))
