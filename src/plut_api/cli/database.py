"""The database that a command works on: the configured one, or the embedded one, started while it is needed."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import typer
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit.database import make_engine, session_factory, unit_of_work
from plut_api.kit.postgres import Cluster, ClusterError
from plut_api.kit.problems import Problem
from plut_api.settings import Settings, get_settings

DATABASE = "plut"


@contextmanager
def database() -> Iterator[Settings]:
    """Settings whose `database_url` is reachable. Started servers are left to others who use them, else stopped.

    Child processes inherit the address by PLUT_DATABASE_URL. Ends the command with a message if there is no database.
    """
    settings = get_settings()
    if settings.database_url is not None:
        yield settings
        return
    cluster = embedded(settings)
    try:
        cluster.start()
        cluster.ensure_database(DATABASE)
    except ClusterError as error:
        typer.secho(str(error), err=True, fg=typer.colors.RED)
        raise typer.Exit(1) from None
    try:
        os.environ["PLUT_DATABASE_URL"] = cluster.url(DATABASE)
        yield settings.model_copy(update={"database_url": SecretStr(cluster.url(DATABASE))})
    finally:
        os.environ.pop("PLUT_DATABASE_URL", None)
        cluster.stop()


def embedded(settings: Settings) -> Cluster:
    """The embedded cluster of this data directory."""
    return Cluster(settings.data_dir / "postgres")


def address_of(settings: Settings) -> str:
    """The database address in the clear; only for libraries that connect."""
    if settings.database_url is None:
        raise ValueError("PLUT_DATABASE_URL is not set")
    return settings.database_url.get_secret_value()


def owner_address_of(settings: Settings) -> str:
    """The address with the owner's role, for migrations."""
    owner = settings.database_migrate_url
    return owner.get_secret_value() if owner else address_of(settings)


@asynccontextmanager
async def working_on() -> AsyncIterator[AsyncSession]:
    """One transaction on the command's database. A problem ends the command with its words and exit code 1."""
    with database() as settings:
        engine = make_engine(owner_address_of(settings), settings)
        try:
            async with unit_of_work(session_factory(engine)) as db:
                yield db
        except Problem as problem:
            typer.secho(problem.words().en, err=True, fg=typer.colors.RED)
            raise typer.Exit(1) from None
        finally:
            await engine.dispose()
