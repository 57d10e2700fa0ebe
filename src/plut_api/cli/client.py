"""`plut client create`: a machine client of an organization."""

import asyncio
import json
from typing import Annotated

import typer

from plut_api.cli.database import working_on
from plut_api.identity.service import create_client

commands = typer.Typer(no_args_is_help=True, help="Machine clients.")


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.add_typer(commands, name="client")


@commands.callback()
def client() -> None:
    """Machine clients."""


@commands.command()
def create(
    organization: Annotated[str, typer.Option(help="Code of the organization it belongs to.")],
    scope: Annotated[list[str], typer.Option(help="A scope; repeat for more.")],
    name: Annotated[str, typer.Option(help="What it is for.")] = "client",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Make a client and print its secret, once."""

    async def work() -> dict[str, str]:
        async with working_on() as db:
            made, secret = await create_client(db, organization, name, scope)
            scopes = " ".join(made.scopes)
            return {"client_id": str(made.id), "client_secret": secret, "organization": organization, "scope": scopes}

    made = asyncio.run(work())
    typer.echo(json.dumps(made) if as_json else "\n".join(f"{key}: {value}" for key, value in made.items()))
