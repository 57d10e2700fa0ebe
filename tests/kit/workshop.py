"""Routes that exist for the tests of kit: an application like the real one, with something of everything on it."""

import asyncio
from typing import Annotated, Any

from fastapi import Body, FastAPI, Query, Request, Response, Security
from fastapi.responses import StreamingResponse
from pydantic import Field
from sqlalchemy import select, text

from plut_api.app import create_app
from plut_api.kit import outbox
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.database import Database
from plut_api.kit.ids import new_id
from plut_api.kit.pages import Page, PageOf
from plut_api.kit.rate_limits import Quota, require_quota
from plut_api.kit.streams import NDJSON, lines
from plut_api.kit.web import Router
from plut_api.kit.wire import Count, Day, Id, Idr, Name, Note, Patch, Read, Wire
from plut_api.organizations.models import Organization
from plut_api.settings import Settings

router = Router(tag="workshop")
AnyCaller = Annotated[Caller, Security(signed_in, scopes=["me:read"])]
AnyMachine = Annotated[Caller, Security(signed_in, scopes=["financing:pull"])]
GATES: dict[str, asyncio.Event] = {}
ENTERED: list[str] = []


class Part(Wire):
    """A part of a thing."""

    name: Name
    count: Count


class Thing(Wire):
    """A field of each kind."""

    name: Name
    count: Count = 0
    price_idr: Idr = 0
    day: Day | None = Field(default=None, description="A day.", examples=["2026-03-02"])
    note: Note | None = Field(default=None, description="A note.", examples=["Baik."])
    parts: Annotated[list[Part], Field(default_factory=list, max_length=10, description="Its parts.")]


class ThingPatch(Patch):
    """A change of a thing."""

    name: Name = Field(default_factory=str)


class Made(Read):
    """What came of a call."""

    id: Id


class OwnPage(Page[Made]):
    """One page."""


@router.post("/v1/workshop/echo")
async def echo_thing(body: Thing) -> Thing:
    """Give a thing back."""
    return body


@router.patch("/v1/workshop/echo")
async def patch_thing(
    body: Annotated[ThingPatch, Body(media_type="application/merge-patch+json")],
) -> dict[str, Any]:
    """Give the changes back."""
    return body.changes()


@router.post("/v1/workshop/effects")
async def make_effect(body: Thing, db: Database, caller: AnyCaller) -> Made:
    """Record one event, which can be counted."""
    effect = new_id()
    await outbox.record(db, "workshop.happened", effect, by=caller, count=body.count)
    return Made(id=effect)


@router.post("/v1/workshop/machine-effects")
async def make_machine_effect(body: Thing, db: Database, caller: AnyMachine) -> Made:
    """The same for machines."""
    return await make_effect(body, db, caller)


@router.post("/v1/workshop/gated")
async def wait_at_gate(body: Thing, db: Database, caller: AnyCaller) -> Made:
    """Record one event and wait until the gate named in the body opens."""
    made = await make_effect(body, db, caller)
    ENTERED.append(body.name)
    await GATES[body.name].wait()
    return made


@router.post("/v1/workshop/failing")
async def fail_after_effect(body: Thing, db: Database, caller: AnyCaller) -> Made:
    """Record one event, then fail."""
    await make_effect(body, db, caller)
    raise RuntimeError(f"trouble with {body.name}")


@router.post("/v1/workshop/uncommittable")
async def fail_at_commit(db: Database) -> Made:
    """Succeed, as far as the endpoint can see; the commit does not."""
    await db.execute(text("CREATE TEMP TABLE twice (a int UNIQUE DEFERRABLE INITIALLY DEFERRED) ON COMMIT DROP"))
    await db.execute(text("INSERT INTO twice VALUES (1), (1)"))
    return Made(id=new_id())


@router.get("/v1/workshop/database-error")
async def run_into_database_error(db: Database, value: Annotated[str, Query(max_length=50)]) -> Made:
    """Raise an error whose message quotes the value."""
    await db.execute(text("SELECT CAST(:value AS int)"), {"value": value})
    return Made(id=new_id())


@router.get("/v1/workshop/lost-connection")
async def lose_connection(db: Database) -> Made:
    """Lose the database in the middle of a request."""
    await db.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    return Made(id=new_id())


@router.get("/v1/workshop/large")
async def read_large(size: Annotated[int, Query(ge=1, le=100_000)]) -> str:
    """So many letters."""
    return "a" * size


@router.get("/v1/workshop/own")
async def list_own(db: Database, paging: PageOf, caller: AnyCaller) -> OwnPage:
    """Organizations, newest first, for a caller."""
    found = await paging.fetch(db, select(Organization), Organization.created_at, Organization.id, descending=True)
    return OwnPage.model_validate(found, from_attributes=True)


@router.get("/v1/workshop/metered")
async def call_metered(request: Request) -> Made:
    """Two calls an hour."""
    await require_quota(request, Quota("workshop", 2, 3600), "somebody")
    return Made(id=new_id())


@router.get("/v1/workshop/stream", response_model=None)
async def stream_numbers(request: Request) -> Response:
    """Numbers as NDJSON."""
    query = text("SELECT CAST(n AS text) FROM generate_series(1, :last) n")
    return StreamingResponse(lines(request.app.state.reading_engine, query, {"last": 2500}), media_type=NDJSON)


def workshop_app(settings: Settings) -> FastAPI:
    """The real application with these routes on it."""
    app = create_app(settings)
    app.include_router(router)
    return app
