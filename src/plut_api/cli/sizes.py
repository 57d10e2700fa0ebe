"""`plut sizes`: whether the thresholds in force were applied to every business, and applying them."""

import asyncio
import json
from typing import Annotated

import typer

from plut_api.actors.size_law import Followed, follow_law
from plut_api.cli.database import address_of, database
from plut_api.kit.database import make_engine, session_factory

commands = typer.Typer(no_args_is_help=True, help="Size classes of businesses.")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.add_typer(commands, name="sizes")


@commands.callback()
def sizes() -> None:
    """Size classes of businesses."""


@commands.command("follow-law")
def follow(as_json: AsJson = False) -> None:
    """Derive every business by the thresholds in force today, as the worker does each night.

    May be broken off and run again; where they were applied already nothing happens.
    """

    async def work() -> Followed:
        with database() as settings:
            engine = make_engine(address_of(settings), settings)
            try:
                return await follow_law(session_factory(engine))
            finally:
                await engine.dispose()

    done = asyncio.run(work())
    if as_json:
        typer.echo(json.dumps({"businesses": done.seen, "changed": done.changed}))
    else:
        typer.echo(f"{done.seen} businesses seen, {done.changed} have another size class by law")
