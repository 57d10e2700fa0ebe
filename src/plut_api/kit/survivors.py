"""The old id of what was merged into another answers 308 with the address of the survivor (RFC 9110 section 15.4.9).

No route knows of it: where one finds nothing under its `{person_id}`, `{actor_id}` or `{program_id}`, the id is looked
up here, and only who may read the survivor is told of it. What a route had begun is undone like for any other refusal.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID

from fastapi import Request, Response
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit.caller import Caller
from plut_api.kit.database import constraint_of
from plut_api.kit.i18n import Text
from plut_api.kit.problems import Conflict, NotFound

REFERS_TO_MERGED = "refers_to_merged"
"""The name under which the database refuses a row that names a merged record (migration 0022)."""


class MergedMeanwhile(Conflict):
    """A person or business that the request names was merged into another meanwhile; read it again and repeat."""

    code = "merged_meanwhile"
    title = Text(
        id="Data ini baru saja digabung dengan data lain; muat ulang lalu ulangi",
        en="This was just merged with another record; read it again and repeat",
    )


class LivesOn(Exception):
    """What the request names lives on in another record, at this address."""

    def __init__(self, location: str) -> None:
        self.location = location


@dataclass(frozen=True)
class Survivors:
    """How to find out in whom an id lives on, and whether a caller may read them; `public`: so may be anybody."""

    last: Callable[[AsyncSession, UUID], Awaitable[UUID | None]]
    may_read: Callable[[AsyncSession, Any, UUID], Awaitable[bool]]
    public: bool = False


_BY_PARAMETER: dict[str, Survivors] = {}


def survivors_of(parameter: str, survivors: Survivors) -> None:
    """Register a parameter of paths that can be the id of something merged."""
    _BY_PARAMETER[parameter] = survivors


def can_be_merged(path: str, *, by_anybody: bool = False) -> bool:
    """Whether a path names something that can be merged into another, and that somebody who calls may be told of."""
    return any(
        f"{{{parameter}}}" in path and (survivors.public or not by_anybody)
        for parameter, survivors in _BY_PARAMETER.items()
    )


def is_about_merged(error: Exception) -> bool:
    """Whether a request failed because something was not there, or was merged while it was written to."""
    return isinstance(error, NotFound) or (
        isinstance(error, IntegrityError) and constraint_of(error) == REFERS_TO_MERGED
    )


async def address_of_survivor(request: Request) -> str | None:
    """The request's address with the ids of survivors in it; None if it names nothing merged that the caller may read.

    The chain is followed without the wall of the caller, who sees no merged row; the survivor is read behind it.
    """
    caller: Caller | None = getattr(request.state, "caller", None)
    parameters = {
        name: UUID(str(request.path_params[name]))
        for name, survivors in _BY_PARAMETER.items()
        if name in request.path_params and (caller is not None or survivors.public)
    }
    if not parameters:
        return None
    async with request.app.state.sessions() as db, db.begin():
        found = {name: await _BY_PARAMETER[name].last(db, id_) for name, id_ in parameters.items()}
    survivors = {name: survivor for name, survivor in found.items() if survivor is not None}
    if not survivors:
        return None
    async with request.app.state.sessions() as db, db.begin():
        db.info["request"] = request
        for name, survivor in survivors.items():
            if not await _BY_PARAMETER[name].may_read(db, caller, survivor):
                return None
    segments = {**request.path_params, **survivors}
    path = request.scope["route"].path_format.format(**{k: quote(str(v), safe="") for k, v in segments.items()})
    return f"{path}?{request.url.query}" if request.url.query else path


async def permanently_elsewhere(_: Request, error: Exception) -> Response:
    """The answer of LivesOn: method and body stay as they were."""
    assert isinstance(error, LivesOn)  # noqa: S101 (registered for nothing else)
    return Response(status_code=308, headers={"Location": error.location, "Cache-Control": "no-store"})
