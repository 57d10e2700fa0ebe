"""`plut shell-db`: psql on the database."""

import subprocess
from typing import Annotated

import typer

from plut_api.cli.database import address_of, database
from plut_api.kit.postgres.cluster import BIN


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command("shell-db")(shell_db)


def shell_db(
    command: Annotated[str | None, typer.Option("--command", "-c", help="Run this and leave.")] = None,
) -> None:
    """Open psql on the database, or run one command."""
    with database() as settings:
        program = [str(BIN / "psql"), address_of(settings), *(["-c", command] if command else [])]
        raise typer.Exit(subprocess.run(program, check=False).returncode)  # noqa: S603
