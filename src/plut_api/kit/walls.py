"""The second wall: an organization's request runs under a database role that sees no row of a person by default.

The first wall is the condition that a room writes into its query. Should one be forgotten, PostgreSQL's row security
still gives a bank, an OPD, OJK or a partner nothing foreign. Which role reaches which rows is declared in
`plut_api/walls`; this is how a transaction gets behind its wall.
"""

import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Any
from uuid import UUID

from fastapi import Request
from sqlalchemy import Connection, TextClause, event, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession
from sqlalchemy.orm import Session, SessionTransaction

from plut_api.kit.caller import Caller, Role


class Wall(StrEnum):
    """Behind which wall a caller's transactions run. The database role is the application's own, `_` and this."""

    bank = "bank"
    opd = "opd"
    outsider = "outsider"


# Their rows are bound by conditions in the queries alone; a role that is not named here is an outsider.
_UNWALLED = frozenset({Role.person, Role.dinas, Role.consultant})
_WALLS = {Role.bank: Wall.bank, Role.opd: Wall.opd}
# Who asks for a token, or for the keys to check one, does not act for the bearer that a client may send along.
_SIGN_IN = ("/oauth/", "/.well-known/")
_RAISE = text(
    "SELECT set_config('role', session_user || '_' || CAST(:wall AS text), true), "
    "set_config('plut.organization', CAST(:organization AS text), true), "
    "set_config('plut.caller', CAST(:caller AS text), true)"
)


def wall_of(caller: Caller) -> Wall | None:
    """The wall for a caller; None for people and PLUT's staff."""
    return None if caller.role in _UNWALLED else _WALLS.get(caller.role, Wall.outsider)


async def wall_off(db: AsyncSession, caller: Caller) -> None:
    """Put the rest of the session's transaction behind the caller's wall. A request's session is there by itself."""
    wall = wall_of(caller)
    if wall is not None:
        await db.execute(_RAISE, _values(wall, caller))


ASKING = "SELECT set_config('plut.organization', CAST(CAST(:bank AS uuid) AS text), true)"
"""SQL for a hot statement that reads a view which asks for the bank by itself, and has no transaction around it.

As a materialised CTE that is joined before the view's columns are computed, it spares the two round trips of `walled`.
Were it evaluated too late, the view would identify nobody.
"""


@asynccontextmanager
async def walled(
    engine: AsyncEngine, caller: Caller | None, *, read_only: bool = False, planned_once: bool = False
) -> AsyncIterator[AsyncConnection]:
    """A connection of an engine that commits by itself, within one transaction behind the caller's wall.

    Begin and wall are one round trip, the end is another. For anyone, people and PLUT's staff there is no wall.
    `planned_once` keeps the plans of its statements: for those that take longer to plan than to run.
    """
    wall = wall_of(caller) if caller is not None else None
    begin = "BEGIN READ ONLY" if read_only else "BEGIN"
    if planned_once:
        begin += "; SET LOCAL plan_cache_mode = force_generic_plan"
    async with engine.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        if driver is None:
            raise ConnectionError("the connection is closed")
        try:
            await driver.execute(f"{begin}; {_spelled_out(wall, caller)}" if wall and caller else begin)
            yield connection
            await driver.execute("COMMIT")
        except BaseException as error:
            await _undo(connection, driver, error)
            raise


async def _undo(connection: AsyncConnection, driver: Any, error: BaseException) -> None:
    """End the transaction, or the connection if that cannot be: the next user must not inherit either.

    Who was interrupted may have left a statement running.
    """
    ended = False
    with contextlib.suppress(Exception):  # Whatever it was, the connection goes.
        if isinstance(error, Exception):
            await driver.execute("ROLLBACK")
            ended = True
    if not ended:
        await connection.invalidate()


def _values(wall: Wall, caller: Caller) -> dict[str, str]:
    return {"wall": wall.value, "organization": _text(caller.organization_id), "caller": str(caller.id)}


def _spelled_out(wall: Wall, caller: Caller) -> str:
    """The same statement without parameters, as several statements in one message have to be.

    What is written into it are words of ours and identifiers, which hold no quotes.
    """
    return str(_RAISE.bindparams(**_values(wall, caller)).compile(compile_kwargs={"literal_binds": True}))


def _text(organization_id: UUID | None) -> str:
    return str(organization_id) if organization_id else ""


class WalledSession(Session):
    """A session whose transactions start behind the wall of the request's caller, if it is a request's session."""


@event.listens_for(WalledSession, "after_begin")
def _raise_wall(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    """Comes with the first statement, so that a request without one pays nothing."""
    request: Request | None = session.info.get("request")
    if request is None or transaction.nested or request.scope["path"].startswith(_SIGN_IN):
        return
    caller: Caller | None = getattr(request.state, "caller", None)
    wall = wall_of(caller) if caller is not None else None
    if caller is not None and wall is not None:
        connection.execute(_RAISE, _values(wall, caller))


_FINDINGS: TextClause = text(
    """
    SELECT rolname, rolsuper, rolbypassrls, rolcreaterole OR rolcreatedb AS makes_roles_or_databases,
        EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid AND relkind IN ('r', 'p', 'v')
            AND relnamespace = current_schema()::regnamespace) AS owns_tables
    FROM pg_roles WHERE rolname = session_user
    """
)


async def role_findings(engine: AsyncEngine) -> list[str]:
    """What is unsafe about the database role that the application connects as; empty if nothing is."""
    async with engine.connect() as connection:
        role = (await connection.execute(_FINDINGS)).one()
    told = {
        "is a superuser": role.rolsuper,
        "bypasses row security": role.rolbypassrls and not role.rolsuper,
        "may make roles or databases": role.makes_roles_or_databases and not role.rolsuper,
        "owns tables": role.owns_tables,
    }
    return [f"The database role {role.rolname} {finding}." for finding, found in told.items() if found]
