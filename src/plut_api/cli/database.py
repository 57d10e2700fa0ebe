"""The database that a command works on: the configured one, or the embedded one, started while it is needed."""

import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from types import FrameType

import asyncpg
import psycopg
import structlog
import typer
from pydantic import SecretStr
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit.database import make_engine, session_factory, unit_of_work
from plut_api.kit.postgres import Cluster, ClusterError
from plut_api.kit.problems import Problem
from plut_api.settings import Settings, get_settings

DATABASE = "plut"
OLDEST_VERSION = 16


@contextmanager
def database() -> Iterator[Settings]:
    """Settings whose `database_url` is reachable. Started servers are left to others who use them, else stopped.

    Of the embedded database the settings know the owner's address, too; child processes inherit by PLUT_DATABASE_URL
    only the application's. Ends the command with a message if there is no database.
    """
    settings = get_settings()
    if settings.database_url is not None:
        yield settings
        return
    cluster = embedded(settings)
    _end_in_good_order_on_sigterm()
    with _stopped_afterwards(cluster):
        try:
            cluster.start()
            cluster.ensure_database(DATABASE)
        except ClusterError as error:
            typer.secho(str(error), err=True, fg=typer.colors.RED)
            raise typer.Exit(1) from None
        addresses = {
            "database_url": SecretStr(cluster.app_url(DATABASE)),
            "database_migrate_url": SecretStr(cluster.url(DATABASE)),
        }
        os.environ["PLUT_DATABASE_URL"] = cluster.app_url(DATABASE)
        try:
            yield settings.model_copy(update=addresses)
        finally:
            os.environ.pop("PLUT_DATABASE_URL", None)


def _end_in_good_order_on_sigterm() -> None:
    def leave(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, leave)


@contextmanager
def _stopped_afterwards(cluster: Cluster) -> Iterator[None]:
    """Stop the cluster at the end, deaf to further signals: an impatient second Ctrl-C must not leave it running."""
    try:
        yield
    finally:
        before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
        cluster.stop()
        for number, handler in before.items():
            signal.signal(number, handler)


def require_database(settings: Settings) -> None:
    """End the command with a message unless the database answers and is new enough."""
    address = owner_address_of(settings)
    try:
        with psycopg.connect(make_url(address).render_as_string(hide_password=False), connect_timeout=10) as db:
            version = db.info.server_version // 10_000
    except (psycopg.Error, ArgumentError) as error:
        where = "PLUT_DATABASE_MIGRATE_URL" if settings.database_migrate_url else "PLUT_DATABASE_URL"
        typer.secho(f"The database that {where} names does not answer: {error}", err=True, fg=typer.colors.RED)
        raise typer.Exit(1) from None
    if version < OLDEST_VERSION:
        words = f"The database runs PostgreSQL {version}; {OLDEST_VERSION} or newer is needed."
        typer.secho(words, err=True, fg=typer.colors.RED)
        raise typer.Exit(1)


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


def _signs_of_no_migration() -> tuple[type[Exception], ...]:
    """In the embedded database migrating also makes the role that signs in; elsewhere a wrong password is just that."""
    if get_settings().database_url is not None:
        return (asyncpg.UndefinedTableError,)
    return (asyncpg.UndefinedTableError, asyncpg.InvalidAuthorizationSpecificationError)


@asynccontextmanager
async def working_on() -> AsyncIterator[AsyncSession]:
    """One transaction on the command's database, as the application. A problem ends the command with its words."""
    if not structlog.is_configured():  # Standard output is for what the command is asked for.
        structlog.configure(logger_factory=lambda *_: structlog.PrintLogger(sys.stderr))
    with database() as settings:
        engine = make_engine(address_of(settings), settings)
        try:
            async with unit_of_work(session_factory(engine)) as db:
                yield db
        except DBAPIError as error:
            if error.orig is None or not isinstance(error.orig.__cause__, _signs_of_no_migration()):
                raise
            typer.secho("This database is not at this release. Run: plut migrate", err=True, fg=typer.colors.RED)
            raise typer.Exit(1) from None
        except Problem as problem:
            typer.secho(problem.words().en, err=True, fg=typer.colors.RED)
            raise typer.Exit(1) from None
        finally:
            await engine.dispose()
