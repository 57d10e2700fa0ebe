"""HTTP of merges: looking first, merging, looking at what was merged, undoing it."""

from typing import Annotated

from fastapi import Query, Request, Response, Security
from sqlalchemy import select

from plut_api.actors.merging import service, undoing
from plut_api.actors.merging.models import MergeRecord
from plut_api.actors.merging.problems import (
    AlreadyMerged,
    MergeBusy,
    MergedUnknown,
    MergeNotFound,
    MergePreviewStale,
    MergeUndone,
    MergeWithItself,
    NotTheSamePerson,
    UndoLaterFirst,
    UndoTooLate,
)
from plut_api.actors.merging.schemas import (
    MergeCreate,
    MergeDetail,
    MergePage,
    MergePreviewCreate,
    MergePreviewRead,
    MergeRead,
)
from plut_api.actors.merging.shapes import detail_shape, preview_shape
from plut_api.actors.problems import ActorNotFound, PersonNotFound
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import documented
from plut_api.kit.database import Database
from plut_api.kit.merging import Of
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router
from plut_api.kit.wire import Id, PathId

router = Router(tag="actors")

PeopleMerge = Annotated[Caller, Security(signed_in, scopes=["people:merge"])]
_REFUSED = (MergeWithItself, MergedUnknown, AlreadyMerged, MergeBusy)
_Kind = Annotated[Of | None, Query(description="Only of people, or only of businesses.", examples=["people"])]
_Record = Annotated[
    list[Id] | None, Query(max_length=50, description="Only merges that these ids were part of, on either side.")
]


@router.post("/v1/people/{person_id}/merge-preview", responses=documented(*_REFUSED, PersonNotFound, NotTheSamePerson))
async def preview_person_merge(
    person_id: PathId, body: MergePreviewCreate, db: Database, caller: PeopleMerge, request: Request
) -> MergePreviewRead:
    """Look at what merging another person into this one would do. The Dinas may. Nothing changes.

    Names what would move, each field that differs with whose value wins, each collision with its rule, and what to look
    at twice. The token in the answer is asked for by the merge.
    """
    found = await service.preview(db, caller, Of.people, person_id, body.merged_id, body.choices)
    return preview_shape(found, caller, request.state.locale)


@router.post(
    "/v1/people/{person_id}/merge",
    status_code=201,
    responses=documented(*_REFUSED, PersonNotFound, NotTheSamePerson, MergePreviewStale),
)
async def merge_people(
    person_id: PathId, body: MergeCreate, db: Database, caller: PeopleMerge, response: Response
) -> MergeRead:
    """Merge another person into this one, with both histories, as previewed. The Dinas may.

    From then on the other id answers 308. The merge can be undone until `undo_until`.
    """
    record = await service.merge(
        db, caller, Of.people, person_id, body.merged_id, choices=body.choices, token=body.preview_token
    )
    return _made(response, record)


@router.post("/v1/actors/{actor_id}/merge-preview", responses=documented(*_REFUSED, ActorNotFound))
async def preview_actor_merge(
    actor_id: PathId, body: MergePreviewCreate, db: Database, caller: PeopleMerge, request: Request
) -> MergePreviewRead:
    """Look at what merging another business into this one would do. The Dinas may. Nothing changes.

    As with people; of consents the strictest stays.
    """
    found = await service.preview(db, caller, Of.actors, actor_id, body.merged_id, body.choices)
    return preview_shape(found, caller, request.state.locale)


@router.post(
    "/v1/actors/{actor_id}/merge",
    status_code=201,
    responses=documented(*_REFUSED, ActorNotFound, MergePreviewStale),
)
async def merge_actors(
    actor_id: PathId, body: MergeCreate, db: Database, caller: PeopleMerge, response: Response
) -> MergeRead:
    """Merge another business into this one, with both histories, as previewed. The Dinas may.

    From then on the other id answers 308, and banks are told so by their next pull. The merge can be undone until
    `undo_until`.
    """
    record = await service.merge(
        db, caller, Of.actors, actor_id, body.merged_id, choices=body.choices, token=body.preview_token
    )
    return _made(response, record)


@router.get("/v1/merges")
async def list_merges(
    db: Database, caller: PeopleMerge, paging: PageOf, kind: _Kind = None, record: _Record = None
) -> MergePage:
    """Merges, newest first, those that were undone as well. The Dinas may."""
    query = select(MergeRecord).where(*undoing.narrowed(kind, record))
    page = await paging.fetch(db, query, MergeRecord.id, descending=True)
    return MergePage.model_validate(page, from_attributes=True)


@router.get("/v1/merges/{merge_id}", responses=documented(MergeNotFound, MergeBusy))
async def get_merge(merge_id: PathId, db: Database, caller: PeopleMerge, request: Request) -> MergeDetail:
    """Read a merge: what it moved, what collided, what undoing it would restore or could not part. The Dinas may."""
    return detail_shape(await undoing.get_merge(db, caller, merge_id), request.state.locale)


@router.post(
    "/v1/merges/{merge_id}/undo",
    responses=documented(MergeNotFound, MergeUndone, UndoTooLate, UndoLaterFirst, MergeBusy),
)
async def undo_merge(merge_id: PathId, db: Database, caller: PeopleMerge, request: Request) -> MergeDetail:
    """Part two merged records again. The Dinas may, until `undo_until`.

    Every row that still is as the merge left it becomes what it was; what came later stays with the survivor.
    """
    return detail_shape(await undoing.undo(db, caller, merge_id), request.state.locale)


def _made(response: Response, record: MergeRecord) -> MergeRead:
    response.headers["Location"] = f"/v1/merges/{record.id}"
    return MergeRead.model_validate(record)
