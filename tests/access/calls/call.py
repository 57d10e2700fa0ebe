"""A call of one operation, and the register of them."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from pydantic.alias_generators import to_camel
from sqlalchemy import select

from plut_api.kit.caller import Caller
from plut_api.kit.ids import new_id
from tests.access.rows import Side
from tests.access.world import World


@dataclass
class Call:
    """What is sent. `about` is the id of the object, wherever it stands in the call; `who` calls instead."""

    path: dict[str, Any] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] | None = None
    form: dict[str, Any] | None = None
    files: dict[str, Any] | None = None
    content: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    about: UUID | None = None
    who: Caller | None = None

    def about_nothing(self) -> "Call":
        """The same call about an id that nothing has."""
        before, after = str(self.about), str(new_id())
        path = {name: after if str(value) == before else value for name, value in self.path.items()}
        body = json.loads(json.dumps(self.body).replace(before, after)) if self.body is not None else None
        return replace(self, path=path, body=body)


Prepare = Callable[[World, Side, str], Awaitable[Call]]
CALLS: dict[str, Prepare] = {}


def prepared(function: Prepare) -> Prepare:
    """Register how an operation is called; the function has its name."""
    CALLS[to_camel(function.__name__)] = function
    return function


async def etag(world: World, row: Any) -> dict[str, str]:
    """`If-Match` with the version that a row has now."""
    table = row.__table__
    async with world.sessions() as db:
        version = await db.scalar(select(table.c.version).where(table.c.id == row.id))
    return {"If-Match": f'"{version}"'}


def is_person(who: str) -> bool:
    """Whether a caller of the matrix is a person."""
    return who.startswith(("person_", "manager_"))
