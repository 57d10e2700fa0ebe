"""HTTP of trainers, for those who plan programmes. The public reads their names beside sessions."""

from typing import Annotated

from fastapi import Body, Query, Response
from sqlalchemy import select

from plut_api.kit.contract import created, documented
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch, put_etag
from plut_api.kit.pages import PageOf
from plut_api.kit.search import alike, tolerate_misspelling
from plut_api.kit.web import Router
from plut_api.kit.wire import Id, PathId, Search
from plut_api.programs.models import Trainer
from plut_api.programs.problems import PlannersOnly, TrainerNoted, TrainerNotFound
from plut_api.programs.router.programs import ProgramsRead, ProgramsWrite
from plut_api.programs.schemas.trainers import TrainerCreate, TrainerPage, TrainerPatch, TrainerRead
from plut_api.programs.service import trainers

router = Router(tag="programs")

MergePatch = Annotated[TrainerPatch, Body(media_type="application/merge-patch+json")]
Active = Annotated[bool | None, Query(description="Only those whom new sessions can name, or only the others.")]
Organizations = Annotated[
    list[Id] | None, Query(max_length=50, description="Only those that these organizations keep.")
]


@router.get("/v1/trainers", responses=documented(PlannersOnly), summary="List trainers")
async def list_trainers(
    db: Database,
    caller: ProgramsRead,
    paging: PageOf,
    organization: Organizations = None,
    is_active: Active = None,
    q: Search = None,
) -> TrainerPage:
    """Who teaches, by name. For the Dinas, OPDs and consultants; a trainer can be of any house."""
    trainers.require_planner(caller)
    query = select(Trainer)
    if organization:
        query = query.where(Trainer.organization_id.in_(organization))
    if is_active is not None:
        query = query.where(Trainer.is_active == is_active)
    if q is not None:
        await tolerate_misspelling(db)
        query = query.where(alike(Trainer.name, q))
    return TrainerPage.model_validate(await paging.fetch(db, query, Trainer.name, Trainer.id), from_attributes=True)


@router.get("/v1/trainers/{trainer_id}", responses=documented(PlannersOnly, TrainerNotFound), summary="Read a trainer")
async def get_trainer(trainer_id: PathId, db: Database, caller: ProgramsRead, response: Response) -> TrainerRead:
    """One trainer. The ETag is what a change asks for."""
    trainer = await trainers.require_trainer(db, caller, trainer_id)
    put_etag(response, trainer)
    return TrainerRead.model_validate(trainer)


@router.post(
    "/v1/trainers",
    status_code=201,
    responses=created() | documented(PlannersOnly, TrainerNoted),
    summary="Note a trainer",
)
async def create_trainer(body: TrainerCreate, db: Database, caller: ProgramsWrite, response: Response) -> TrainerRead:
    """Note who teaches: staff by their account, once, or an expert from outside. OPDs may, and the Dinas.

    Staff who train do not verify what the participants of their programmes achieve.
    """
    trainer = await trainers.note_trainer(db, caller, body)
    put_etag(response, trainer)
    response.headers["Location"] = f"/v1/trainers/{trainer.id}"
    return TrainerRead.model_validate(trainer)


@router.patch(
    "/v1/trainers/{trainer_id}", responses=documented(PlannersOnly, TrainerNotFound), summary="Change a trainer"
)
async def change_trainer(
    trainer_id: PathId,
    body: MergePatch,
    db: Database,
    caller: ProgramsWrite,
    response: Response,
    if_match: IfMatch = None,
) -> TrainerRead:
    """Change a trainer that the OPD keeps; the Dinas may change all. Sessions that name them keep them."""
    trainer = await trainers.change_trainer(db, caller, trainer_id, if_match, body.changes())
    put_etag(response, trainer)
    return TrainerRead.model_validate(trainer)
