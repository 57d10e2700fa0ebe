"""HTTP of businesses."""

from typing import Annotated

from fastapi import Body, Query, Response, Security
from sqlalchemy import select

from plut_api.actors import service
from plut_api.actors.access import actors_visible_to, require_actor
from plut_api.actors.duplicates.entry import notice_duplicates
from plut_api.actors.masking import view_of
from plut_api.actors.models import Actor, ActorStatus, SizeClass
from plut_api.actors.problems import ActorNotFound, NibTaken, PersonNotFound, RegisterFirst
from plut_api.actors.router.people import Regency, Village
from plut_api.actors.schemas.actors import (
    ActorCreate,
    ActorPage,
    ActorPatch,
    ActorRead,
    ActorRegistered,
)
from plut_api.actors.shapes import actor_shape, actor_values
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import created, documented
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch, put_etag
from plut_api.kit.names import page_by_name
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId, Search

router = Router(tag="actors")

ActorsRead = Annotated[Caller, Security(signed_in, scopes=["actors:read"])]
ActorsWrite = Annotated[Caller, Security(signed_in, scopes=["actors:write"])]
MergePatch = Annotated[ActorPatch, Body(media_type="application/merge-patch+json")]
Sizes = Annotated[list[SizeClass] | None, Query(max_length=4, description="Only these size classes.")]
Statuses = Annotated[list[ActorStatus] | None, Query(max_length=3, description="Only of these states.")]
KbliCodes = Annotated[
    list[Annotated[str, Query(max_length=5, pattern=r"^[0-9]{5}$")]] | None,
    Query(max_length=50, description="Only with these main activities."),
]


@router.post("/v1/actors", status_code=201, responses=created() | documented(NibTaken, PersonNotFound, RegisterFirst))
async def create_actor(body: ActorCreate, db: Database, caller: ActorsWrite, response: Response) -> ActorRegistered:
    """Register a business of one's own, or for PLUT's staff of somebody else.

    Businesses among the caller's rows that may be the same are named in the answer, with why and how sure; nothing is
    merged. What is sure enough waits for the Dinas (`GET /v1/duplicates`).
    """
    actor = await service.register_actor(db, caller, body)
    put_etag(response, actor)
    response.headers["Location"] = f"/v1/actors/{actor.id}"
    found = await notice_duplicates(db, caller, actor)
    return ActorRegistered.model_validate(actor_values(actor, view_of(caller)) | found.told)


@router.get("/v1/actors")
async def list_actors(
    db: Database,
    caller: ActorsRead,
    paging: PageOf,
    q: Search = None,
    regency: Regency = None,
    village: Village = None,
    size_class: Sizes = None,
    status: Statuses = None,
    kbli: KbliCodes = None,
) -> ActorPage:
    """List businesses within the caller's rows: one's own, those of people assigned to a consultant, all for the Dinas.

    Tax numbers are masked, since a resident's is the NIK.
    """
    query = select(Actor).where(actors_visible_to(caller))
    if regency is not None:
        query = query.where(Actor.regency_code == regency)
    if village is not None:
        query = query.where(Actor.village_code == village)
    for column, wanted in ((Actor.size_class, size_class), (Actor.status, status), (Actor.kbli_code, kbli)):
        if wanted:
            query = query.where(column.in_(wanted))
    rows = await page_by_name(db, paging, query, Actor.name, Actor.id, q)
    view = view_of(caller, in_list=True)
    return ActorPage(**rows | {"data": [actor_shape(actor, view) for actor in rows["data"]]})


@router.get("/v1/actors/{actor_id}", responses=documented(ActorNotFound))
async def get_actor(actor_id: PathId, db: Database, caller: ActorsRead, response: Response) -> ActorRead:
    """Read a business."""
    actor = await require_actor(db, caller, actor_id)
    put_etag(response, actor)
    return actor_shape(actor, view_of(caller))


@router.patch("/v1/actors/{actor_id}", responses=documented(ActorNotFound, NibTaken))
async def change_actor(
    actor_id: PathId,
    body: MergePatch,
    db: Database,
    caller: ActorsWrite,
    response: Response,
    if_match: IfMatch = None,
) -> ActorRead:
    """Change a business. Its size class follows from its figures and cannot be set."""
    actor = await service.change_actor(db, caller, actor_id, if_match, body.changes())
    put_etag(response, actor)
    return actor_shape(actor, view_of(caller))
