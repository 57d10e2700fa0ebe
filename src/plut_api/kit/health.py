"""Liveness and readiness probes."""

from typing import Annotated, Literal

from fastapi import Request
from pydantic import BaseModel, Field
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from plut_api.kit.contract import documented
from plut_api.kit.migrations import head
from plut_api.kit.problems import ServiceUnavailable
from plut_api.kit.relay import lag_seconds
from plut_api.kit.web import Router

router = Router(tag="health")


class Health(BaseModel):
    """The answer of a probe that found nothing wrong."""

    status: Annotated[Literal["ok"], Field(description="Always `ok`; trouble is a problem.", examples=["ok"])]


@router.get("/livez", summary="Is the process alive?")
async def get_livez() -> Health:
    """Answers as long as the process runs; touches nothing else."""
    return Health(status="ok")


class NotReady(ServiceUnavailable):
    """The server cannot work yet: the database is away, or not at this release's migration."""

    code = "not_ready"


class Fitness(Health):
    """The server can work; how far the worker lags behind is for the operator to judge."""

    worker_lag_seconds: Annotated[
        float,
        Field(ge=0, le=1e9, description="Age of the oldest event not handed on yet, in seconds.", examples=[0.0]),
    ]


@router.get("/readyz", summary="Can the server work?", responses=documented(NotReady))
async def get_readyz(request: Request) -> Fitness:
    """Checks that the database answers and stands at this release's migration, and says how far the worker lags."""
    async with request.app.state.sessions() as db:
        try:
            current = await db.scalar(text("SELECT max(version_num) FROM alembic_version"))
        except ProgrammingError:
            current = None
        if current != head():
            raise NotReady(headers={"Retry-After": "5"})
        return Fitness(status="ok", worker_lag_seconds=round(await lag_seconds(db), 3))
