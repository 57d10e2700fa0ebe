"""Running calls in the populated world: what its tests share."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.kit.caller import SCOPES
from tests.access.calls import CALLS, Call
from tests.access.matrix import Cell
from tests.access.world import World, clear
from tests.conftest import Api
from tests.factories import Make

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Operation:
    """An operation of the contract: its method, its path, the scopes that it names, and all that is said of it."""

    method: str
    path: str
    scopes: frozenset[str]
    described: Mapping[str, Any]

    @property
    def is_public(self) -> bool:
        """Whether it can be called without a token."""
        return not self.described.get("security")

    def body_type(self) -> str | None:
        """The media type of its body, if it takes one."""
        return next(iter(self.described.get("requestBody", {}).get("content", {})), None)


Operations = Mapping[str, Operation]


@pytest.fixture(scope="module")
async def world(app: FastAPI, owning: async_sessionmaker[AsyncSession]) -> AsyncIterator[World]:
    """One populated world for all tests of a module. They use neither `api` nor `make`, which clear the database."""
    await clear(owning)
    yield await World(app, Make(app.state.sessions)).build()
    await clear(owning)


@pytest.fixture(scope="module")
async def operations(app: FastAPI) -> Operations:
    """Every operation in the contract, by operationId."""
    found = {}
    for path, item in app.openapi()["paths"].items():
        for method, described in item.items():
            if method in METHODS:
                scopes = {scope for demand in described.get("security", []) for s in demand.values() for scope in s}
                found[described["operationId"]] = Operation(
                    method.upper(), path, frozenset(scopes & SCOPES.keys()), described
                )
    return found


async def prepared_for(world: World, operation: Operation, cell: Cell) -> tuple[Api, Call]:
    """The call of a cell, and the API in the name of its caller."""
    call = await CALLS[cell.operation](world, world.sides["own"], cell.caller)
    caller = call.who or world.caller(cell.caller, operation.scopes, cell.scopes, cell.machine_of)
    return world.api if caller is None else world.api.as_(caller), call


async def send(api: Api, operation: Operation, call: Call, **more: Any) -> httpx.Response:
    """The answer to a call."""
    headers = dict(call.headers)
    options: dict[str, Any] = {"params": call.query, "headers": headers}
    if call.body is not None:
        options["json"] = call.body
        if operation.method == "PATCH":
            headers["Content-Type"] = "application/merge-patch+json"
    if call.form is not None:
        options["data"] = call.form
    if call.files is not None:
        options["files"] = call.files
    if call.content is not None:
        options["content"] = call.content
    return await api.request(operation.method, operation.path.format(**call.path), **options | more)
