"""HTTP of the timeline of a business."""

from typing import Annotated

from fastapi import Query, Request, Security

from plut_api.actors.problems import ActorNotFound
from plut_api.actors.timeline.reading import timeline_of
from plut_api.actors.timeline.schemas import Timeline
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import documented
from plut_api.kit.database import Database
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId

router = Router(tag="actors")

ActorsRead = Annotated[Caller, Security(signed_in, scopes=["actors:read"])]
Kinds = Annotated[
    list[Annotated[str, Query(max_length=48, pattern=r"^[a-z_]+\.[a-z_]+$")]] | None,
    Query(max_length=50, description="Only these kinds of entries.", examples=[["enrolment.completed"]]),
]


@router.get("/v1/actors/{actor_id}/timeline", responses=documented(ActorNotFound))
async def list_timeline(
    actor_id: PathId, db: Database, caller: ActorsRead, paging: PageOf, request: Request, kind: Kinds = None
) -> Timeline:
    """List everything that happened to a business, newest first: owners, figures, size, training, results, requests.

    For its owners, the consultants who accompany them, and the Dinas. Every entry names its row and says in a sentence
    what happened; who did it is told by role.
    """
    return Timeline(**await timeline_of(db, caller, actor_id, kind, paging, request.state.locale))
