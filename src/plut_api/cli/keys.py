"""`plut keys`: signing keys of access tokens, and the data keys that values are sealed under."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

import typer
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.cli.database import database, owner_address_of, working_on
from plut_api.identity.key_rotation import retire, retire_older_than, standings
from plut_api.identity.keys import add_key
from plut_api.kit.crypto import key_file, vault
from plut_api.kit.database import make_engine, session_factory
from plut_api.kit.keyring import KeyFile, KeyringBroken
from plut_api.kit.rewrapping import SEALED_COLUMNS, Rewrapped, rewrap, under_key
from plut_api.settings import get_settings

commands = typer.Typer(no_args_is_help=True, help="Signing keys and data keys.")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_LEAD = "Seconds until every machine has the key file; the key opens at once and seals from then on."


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.add_typer(commands, name="keys")


@commands.callback()
def keys() -> None:
    """Signing keys and data keys."""


@commands.command("list")
def list_keys(as_json: AsJson = False) -> None:
    """Show every signing key, newest first: what it does, and from when on it can be retired."""

    async def work() -> list[dict[str, Any]]:
        async with working_on() as db:
            return [
                {
                    "kid": str(standing.key.id),
                    "state": standing.state.value,
                    "signs_from": standing.key.signs_from.isoformat(timespec="seconds"),
                    "idle_from": standing.idle_from.isoformat(timespec="seconds") if standing.idle_from else None,
                }
                for standing in await standings(db, get_settings())
            ]

    _print(asyncio.run(work()), as_json)


@commands.command()
def rotate(
    lead: Annotated[int, typer.Option(min=0, help="Seconds for which it is only published before it signs.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Make a new signing key. Older ones verify until they are retired, so no live token fails."""

    async def work() -> dict[str, Any]:
        async with working_on() as db:
            made = await add_key(db, timedelta(seconds=lead))
            return {"kid": str(made.id), "signs_from": made.signs_from.isoformat(timespec="seconds")}

    _print([asyncio.run(work())], as_json)


@commands.command("retire")
def retire_keys(
    kid: Annotated[UUID | None, typer.Argument(help="The key.")] = None,
    older_than: Annotated[int | None, typer.Option(min=0, help="Every idle key made so many days ago.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Even if tokens of it are valid: after a theft.")] = False,
    as_json: AsJson = False,
) -> None:
    """Believe a signing key no longer. Running processes notice within two minutes."""
    if (kid is None) == (older_than is None):
        raise typer.BadParameter("name a key, or give --older-than")

    async def work() -> list[dict[str, Any]]:
        async with working_on() as db:
            if kid is not None:
                return [{"kid": str((await retire(db, get_settings(), kid, force=force)).id)}]
            over = await retire_older_than(db, get_settings(), timedelta(days=older_than or 0))
            return [{"kid": str(key.id)} for key in over]

    _print(asyncio.run(work()), as_json)


@commands.command()
def new_data_key(lead: Annotated[int, typer.Option(min=0, help=_LEAD)] = 60, as_json: AsJson = False) -> None:
    """Add a data key to the key file, or make the file. Running processes take it up by themselves."""
    with _key_file() as file:
        if file.path.exists():
            _print([{"data_key": file.add(lead).id, "seals_in_seconds": lead}], as_json)
        else:
            file.make()
            _print([{"data_key": 1, "seals_in_seconds": 0}], as_json)


@commands.command("rewrap")
def rewrap_values(as_json: AsJson = False) -> None:
    """Bring every sealed value under the newest data key. May be broken off and run again; nothing has to stop."""
    if get_settings().data_keys is None:
        with _key_file() as file:
            waiting = [key.id for key in file.ring().data if key.seals_from > time.time()]
        if waiting:
            typer.secho(f"Data key {waiting[-1]} does not seal yet; repeat this then.", err=True, fg=typer.colors.RED)
            raise typer.Exit(1)

    async def work() -> list[Rewrapped]:
        async with _sessions() as sessions:
            return [await rewrap(sessions, vault(), column, _progress) for column in SEALED_COLUMNS]

    done = asyncio.run(work())
    _print(
        [
            {
                "column": f"{part.column.table}.{part.column.column}",
                "rewrapped": part.count,
                "broken": part.broken,
                "left": part.left,
            }
            for part in done
        ],
        as_json,
    )
    if any(part.left for part in done):
        raise typer.Exit(1)


@commands.command()
def drop_data_key(key_id: Annotated[int, typer.Argument(min=0, max=255, help="Its number.")]) -> None:
    """Forget a data key that no value is under any more. Cursors that it sealed end; clients start their lists anew."""

    async def work() -> int:
        async with _sessions() as sessions:
            return await under_key(sessions, key_id)

    count = asyncio.run(work())
    if count:
        typer.secho(f"{count} values are under it. Run first: plut keys rewrap", err=True, fg=typer.colors.RED)
        raise typer.Exit(1)
    with _key_file() as file:
        file.drop(key_id)


@commands.command()
def rewrap_file() -> None:
    """Wrap the key file by the newest master key, after PLUT_MASTER_KEY was set to `new,old`."""
    with _key_file() as file:
        file.rewrap()


@contextmanager
def _key_file() -> Iterator[KeyFile]:
    """The key file of the settings. One that is broken, or not there, ends the command with words."""
    settings = get_settings()
    try:
        if settings.data_keys is not None:
            raise KeyringBroken("The data keys come from PLUT_DATA_KEYS; change them there.")
        yield key_file(settings)
    except ValueError as error:
        typer.secho(str(error), err=True, fg=typer.colors.RED)
        raise typer.Exit(1) from None


@asynccontextmanager
async def _sessions() -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    """Sessions of the owner, who sees every row, on the command's database."""
    with database() as settings:
        engine = make_engine(owner_address_of(settings), settings)
        try:
            yield session_factory(engine)
        finally:
            await engine.dispose()


def _progress(count: int) -> None:
    typer.secho(f"{count} values …", err=True, dim=True)


def _print(rows: Sequence[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(rows))
    for row in [] if as_json else rows:
        typer.echo("  ".join(f"{name} {value}" for name, value in row.items() if value is not None))
