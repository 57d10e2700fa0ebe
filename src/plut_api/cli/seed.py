"""`plut seed`: the invented sample."""

import asyncio
from typing import Annotated

import typer

from plut_api.cli.database import database
from plut_api.sample.seed import seed_sample


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command()(seed)


def seed(
    sample: Annotated[bool, typer.Option("--sample", help="Load the invented sample.")] = False,
    scale: Annotated[int, typer.Option(min=1, max=1000, help="Multiply the businesses, for measuring.")] = 1,
) -> None:
    """Load the invented sample into an empty, migrated database. Nobody in it exists."""
    if not sample:
        raise typer.BadParameter("there is only the invented sample; say --sample")
    with database() as settings:
        asyncio.run(seed_sample(settings, typer.echo, scale=scale))
