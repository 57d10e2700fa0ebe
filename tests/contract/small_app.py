"""A small service that has one of everything the contract machinery must describe; it needs no database."""

from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Body, Depends, FastAPI, Query, Response, Security
from pydantic import Field

from plut_api.kit.answers import install_answers
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import created, describe, documented, install_contract, listed, moved
from plut_api.kit.docs import router as docs
from plut_api.kit.etags import IfMatch
from plut_api.kit.i18n import Text
from plut_api.kit.problems import Conflict, NotFound, PreconditionFailed, PreconditionRequired
from plut_api.kit.web import Router, cacheable
from plut_api.kit.wire import Id, Idr, Instant, Name, Patch, PathId, Read, Wire
from plut_api.settings import Settings

KNOWN = UUID("01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11")
Reader = Annotated[Caller, Security(signed_in, scopes=["actors:read"])]
Writer = Annotated[Caller, Security(signed_in, scopes=["actors:write"])]
router = Router(tag="boats")


@dataclass(eq=False)
class BoatSunk(Conflict):
    """The boat lies on the ground of the sea;
    raise it first."""

    code = "boat_sunk"
    title = Text(id="Perahu sudah tenggelam", en="The boat has sunk")


class BoatCreate(Wire):
    """A boat to register."""

    name: Name
    price_idr: Idr


class BoatPatch(Patch):
    """A change of a boat."""

    name: Name | None = Field(default=None, description="New name.", examples=["Nelayan"])


class BoatRead(Read):
    """A boat."""

    id: Id
    name: Name
    price_idr: Idr
    built_at: Instant


class BoatPage(Read):
    """One page of boats."""

    data: Annotated[list[BoatRead], Field(max_length=200, description="The rows.")]
    next_cursor: Annotated[
        str | None, Field(max_length=2000, pattern=r"^[A-Za-z0-9_-]*$", description="Null on the last page.")
    ]


BOAT = {"id": KNOWN, "name": "Perahu", "price_idr": 5, "built_at": "2026-03-02T01:30:00Z"}


@router.get("/v1/boats", dependencies=[Depends(cacheable(60))], responses=listed("text/csv"))
async def list_boats(
    limit: Annotated[
        int, Query(ge=1, le=200, json_schema_extra={"format": "int32"}, description="Rows.", examples=[50])
    ] = 50,
    cursor: Annotated[str | None, Query(max_length=200, pattern=r"^[a-z]*$", description="Where to go on.")] = None,
    kind: Annotated[list[Literal["sail", "motor"]] | None, Query(max_length=2, description="Only these.")] = None,
) -> BoatPage:
    """Every boat, oldest first. Public."""
    return BoatPage.model_validate({"data": [BOAT], "next_cursor": None})


@router.post("/v1/boats", status_code=201, responses=created() | documented(BoatSunk))
async def create_boat(body: BoatCreate, response: Response, caller: Writer) -> BoatRead:
    """Register a boat. Its name may change later."""
    response.headers["Location"], response.headers["ETag"] = f"/v1/boats/{KNOWN}", '"1"'
    return BoatRead.model_validate(BOAT)


@router.get("/v1/boats/{boat_id}", responses=moved())
async def read_boat(boat_id: PathId, response: Response, caller: Reader) -> BoatRead:
    """One boat."""
    if boat_id != KNOWN:
        raise NotFound
    response.headers["ETag"] = '"1"'
    return BoatRead.model_validate(BOAT)


@router.patch("/v1/boats/{boat_id}")
async def change_boat(
    boat_id: PathId,
    body: Annotated[BoatPatch, Body(media_type="application/merge-patch+json")],
    response: Response,
    caller: Writer,
    if_match: IfMatch = None,
) -> BoatRead:
    """Rename a boat."""
    if if_match is None:
        raise PreconditionRequired
    if if_match != '"1"':
        raise PreconditionFailed
    response.headers["ETag"] = '"2"'
    return BoatRead.model_validate(BOAT)


@router.post("/v1/boats/{boat_id}/sink", status_code=204, responses=documented(BoatSunk))
async def sink_boat(boat_id: PathId, caller: Writer) -> None:
    """Sink a boat, once."""
    if boat_id != KNOWN:
        raise NotFound
    raise BoatSunk


def small_app() -> FastAPI:
    """The service, with the machinery under test around it."""
    settings = Settings()
    app = FastAPI(**describe(settings))
    app.state.settings = settings
    app.include_router(docs)
    app.include_router(router)
    install_answers(app)
    install_contract(app)
    return app
