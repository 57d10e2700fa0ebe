"""`plut staff create`: an account for a member of staff."""

import asyncio
import json
from typing import Annotated

import typer

from plut_api.cli.database import working_on
from plut_api.identity.service import create_staff, organization_of
from plut_api.kit.caller import Role

commands = typer.Typer(no_args_is_help=True, help="Accounts of staff.")
STAFF_ROLES = tuple(role.value for role in Role if role not in (Role.person, Role.client))


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.add_typer(commands, name="staff")


@commands.callback()
def staff() -> None:
    """Accounts of staff."""


@commands.command()
def create(
    email: Annotated[str, typer.Option(help="E-mail address to sign in with.")],
    role: Annotated[str, typer.Option(help=f"One of: {', '.join(STAFF_ROLES)}.")],
    organization: Annotated[
        str | None, typer.Option(help="Code of the organization acted for; needed where several know the role.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="How to address the person.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Make an account and print its password, once."""
    if role not in STAFF_ROLES:
        raise typer.BadParameter(f"choose one of: {', '.join(STAFF_ROLES)}", param_hint="--role")

    async def work() -> dict[str, str]:
        async with working_on() as db:
            account, password = await create_staff(db, email, Role(role), organization, name)
            acted_for = await organization_of(db, account)
            return {
                "id": str(account.id),
                "email": account.email or "",
                "role": role,
                "organization": acted_for.code if acted_for else "",
                "password": password,
            }

    made = asyncio.run(work())
    typer.echo(json.dumps(made) if as_json else "\n".join(f"{key}: {value}" for key, value in made.items()))
