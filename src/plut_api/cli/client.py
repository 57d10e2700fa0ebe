"""`plut client`: machine clients of organizations, by a secret or by keys of their own."""

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from plut_api.cli.database import working_on
from plut_api.identity.clients import (
    KeySource,
    change_keys,
    create_client,
    create_client_with_keys,
    require_secret_allowed,
)
from plut_api.identity.models import Client, ClientProfile
from plut_api.settings import get_settings

commands = typer.Typer(no_args_is_help=True, help="Machine clients.")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
JwksFile = Annotated[Path | None, typer.Option(help="File with its public keys (JWKS).", exists=True, dir_okay=False)]
JwksUrl = Annotated[str | None, typer.Option(help="Address of its public keys (JWKS), https.")]
_ONLY_HERE = "A client of a bank with a secret works in the sandbox only. In production give --jwks or --jwks-url."


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
    jwks: JwksFile = None,
    jwks_url: JwksUrl = None,
    profile: Annotated[
        ClientProfile, typer.Option(help="`bank` follows FAPI 2.0; clients of banks always do.")
    ] = ClientProfile.standard,
    as_json: AsJson = False,
) -> None:
    """Make a client. Without keys it gets a secret, printed once."""
    source = _source(jwks, jwks_url)

    async def work() -> dict[str, str]:
        settings = get_settings()
        async with working_on() as db:
            if source is not None:
                made = await create_client_with_keys(db, settings, organization, name, scope, source, profile)
                return _told(made, organization=organization, scope=" ".join(made.scopes))
            made, secret = await create_client(db, organization, name, scope, profile)
            await require_secret_allowed(db, settings, made)
            return _told(made, client_secret=secret, organization=organization, scope=" ".join(made.scopes))

    _print(asyncio.run(work()), as_json)


@commands.command()
def keys(
    client_id: Annotated[UUID, typer.Argument(help="The client.")],
    jwks: JwksFile = None,
    jwks_url: JwksUrl = None,
    as_json: AsJson = False,
) -> None:
    """Give a client other keys. During a change of keys the set holds both the old and the new one."""

    async def work() -> dict[str, str]:
        async with working_on() as db:
            source = _source(jwks, jwks_url) or KeySource()
            return _told(await change_keys(db, get_settings(), client_id, source))

    _print(asyncio.run(work()), as_json)


def _source(jwks: Path | None, jwks_url: str | None) -> KeySource | None:
    """What the options name, None if they name nothing. A file that holds no JSON ends the command."""
    if jwks is None:
        return KeySource(url=jwks_url) if jwks_url is not None else None
    try:
        given: Any = json.loads(jwks.read_text(encoding="utf-8"))
    except ValueError:
        raise typer.BadParameter("this is no JSON", param_hint="--jwks") from None
    return KeySource(jwks=given, url=jwks_url)


def _told(made: Client, **more: str) -> dict[str, str]:
    return {"client_id": str(made.id), "profile": made.profile, "auth_method": made.auth_method} | more


def _print(made: dict[str, str], as_json: bool) -> None:
    typer.echo(json.dumps(made) if as_json else "\n".join(f"{key}: {value}" for key, value in made.items()))
    if "client_secret" in made and made["profile"] == ClientProfile.bank:
        typer.secho(_ONLY_HERE, err=True, fg=typer.colors.YELLOW)
