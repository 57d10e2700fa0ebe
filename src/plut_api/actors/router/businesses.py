"""HTTP of businesses and their yearly figures."""

from typing import Annotated

from fastapi import Body, Query, Response, Security
from sqlalchemy import select

from plut_api.actors import service
from plut_api.actors.access import actors_visible_to, require_actor
from plut_api.actors.masking import view_of
from plut_api.actors.models import Actor, ActorStatus, AnnualFigure, Ownership, Person, SizeClass
from plut_api.actors.problems import ActorNotFound, NibTaken, PersonNotFound, RegisterFirst
from plut_api.actors.router.people import Regency, Village
from plut_api.actors.schemas.actors import (
    ActorCreate,
    ActorPage,
    ActorPatch,
    ActorRead,
    ActorRegistered,
    AnnualFigureCreate,
    AnnualFigurePage,
    AnnualFigureRead,
    Owners,
)
from plut_api.actors.shapes import actor_shape, actor_values, owner_shape
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import created, documented
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch, put_etag
from plut_api.kit.pages import PageOf
from plut_api.kit.search import Ordered, alike, distance, page
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

    Businesses among the caller's rows that may be the same are named in the answer, with why; nothing is merged.
    """
    actor = await service.register_actor(db, caller, body)
    put_etag(response, actor)
    response.headers["Location"] = f"/v1/actors/{actor.id}"
    alike_ones = await service.possible_duplicates(db, caller, actor)
    return ActorRegistered.model_validate(actor_values(actor, view_of(caller)) | {"possible_duplicates": alike_ones})


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
    found = Ordered(query, (Actor.id,))
    if q is not None:
        found = Ordered(query.where(alike(Actor.name, q)), (distance(Actor.name, q), Actor.id), fuzzy=True)
    rows = await page(db, paging, found)
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


@router.get("/v1/actors/{actor_id}/owners", responses=documented(ActorNotFound))
async def get_owners(actor_id: PathId, db: Database, caller: ActorsRead) -> Owners:
    """Who owns a business. For its owners and PLUT's staff."""
    actor = await require_actor(db, caller, actor_id)
    owners = select(Ownership.person_id, Person.full_name, Ownership.since).join(Person)
    rows = await db.execute(owners.where(Ownership.actor_id == actor.id).order_by(Ownership.id).limit(200))
    view = view_of(caller, in_list=True)
    return Owners(data=[owner_shape(row, view) for row in rows])


@router.post("/v1/actors/{actor_id}/annual-figures", status_code=201, responses=documented(ActorNotFound))
async def record_annual_figures(
    actor_id: PathId, body: AnnualFigureCreate, db: Database, caller: ActorsWrite, response: Response
) -> AnnualFigureRead:
    """Report figures of a year. Nothing is overwritten: a correction is a new report, and the newest one counts.

    The size class of the business follows at once.
    """
    figure = await service.record_figures(db, caller, actor_id, body)
    response.headers["Location"] = f"/v1/actors/{actor_id}/annual-figures"
    return AnnualFigureRead.model_validate(figure)


@router.get("/v1/actors/{actor_id}/annual-figures", responses=documented(ActorNotFound))
async def list_annual_figures(actor_id: PathId, db: Database, caller: ActorsRead, paging: PageOf) -> AnnualFigurePage:
    """List the reports of yearly figures, newest first."""
    actor = await require_actor(db, caller, actor_id)
    reports = select(AnnualFigure).where(AnnualFigure.actor_id == actor.id)
    rows = await paging.fetch(db, reports, AnnualFigure.year, AnnualFigure.id, descending=True)
    return AnnualFigurePage.model_validate(rows, from_attributes=True)
