"""`plut staff`: accounts of staff; the first one of an installation, and a way back in for who is locked out."""

import asyncio
import json
from typing import Annotated

import typer

from plut_api.cli.database import working_on
from plut_api.identity.service import create_staff, organization_of
from plut_api.identity.staff.accounts import invite_staff, staff_by_email
from plut_api.identity.staff.accounts import reset_totp as remove_totp_of
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
    invite: Annotated[
        bool, typer.Option("--invite", help="Send a link to choose a password, by the worker, instead of printing one.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Make an account and print its password, once; or invite its holder by e-mail."""
    if role not in STAFF_ROLES:
        raise typer.BadParameter(f"choose one of: {', '.join(STAFF_ROLES)}", param_hint="--role")

    async def work() -> dict[str, str]:
        async with working_on() as db:
            password = None
            if invite:
                account = await invite_staff(
                    db, None, email=email, role=Role(role), name=name, organization_code=organization
                )
            else:
                account, password = await create_staff(db, email, Role(role), organization, name)
            acted_for = await organization_of(db, account)
            made = {
                "id": str(account.id),
                "email": account.email or "",
                "role": role,
                "organization": acted_for.code if acted_for else "",
            }
            return made | {"password": password} if password else made

    made = asyncio.run(work())
    typer.echo(json.dumps(made) if as_json else "\n".join(f"{key}: {value}" for key, value in made.items()))


@commands.command("reset-totp")
def reset_totp(email: Annotated[str, typer.Option(help="E-mail address that they sign in with.")]) -> None:
    """Remove the authenticator of somebody who lost it; every session of theirs ends."""

    async def work() -> None:
        async with working_on() as db:
            await remove_totp_of(db, None, (await staff_by_email(db, email)).id)

    asyncio.run(work())
    typer.echo("Removed. At the next sign-in another one is set up.")
