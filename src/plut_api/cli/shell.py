"""`plut shell-db`: psql on the database, as its owner."""

import os
import signal
import subprocess
from typing import Annotated

import typer
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from plut_api.cli.database import database, owner_address_of
from plut_api.kit.postgres.cluster import BIN


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command("shell-db")(shell_db)


def shell_db(
    command: Annotated[str | None, typer.Option("--command", "-c", help="Run this and leave.")] = None,
) -> None:
    """Open psql on the database as its owner, whom no wall and no row security holds back, or run one command."""
    with database() as settings:
        address = conninfo_to_dict(owner_address_of(settings))
        password = str(address.pop("password", None) or "")  # Arguments are seen by every user of the machine.
        secret = {"PGPASSWORD": password} if password else {}
        environment = os.environ | {"PGOPTIONS": f"-c search_path={settings.database_schema}"} | secret
        program = [str(BIN / "psql"), make_conninfo("", **address), *(["-c", command] if command else [])]
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # In psql Ctrl-C ends a query, not the session.
        # A fixed program, and no shell.
        done = subprocess.run(program, env=environment, check=False)  # noqa: S603
        signal.signal(signal.SIGINT, before)
        raise typer.Exit(done.returncode)
