"""`plut import`: load a file as the Dinas would, without the HTTP way."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select

from plut_api.cli.database import database, working_on
from plut_api.identity.models import Account
from plut_api.identity.policy import scopes_of
from plut_api.integration.models import Import, ImportKind, ImportMode, OnConflict
from plut_api.integration.service import Wishes, take_file
from plut_api.kit.caller import Caller, Kind, Role
from plut_api.worker import work_off


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command("import")(import_file)


def import_file(
    path: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV, XLSX or NDJSON.")],
    kind: Annotated[ImportKind, typer.Option(help="What the file holds.")],
    staff: Annotated[str, typer.Option(help="E-mail of the Dinas account in whose name it is loaded.")],
    commit: Annotated[bool, typer.Option("--commit", help="Load it; without this it is only tried.")] = False,
    on_conflict: Annotated[
        OnConflict | None, typer.Option(help="What becomes of known businesses; fill_empty if it is left out.")
    ] = None,
    source: Annotated[str | None, typer.Option(help="Whose row keys the file has.")] = None,
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day of which the file tells.")
    ] = None,
    mapping: Annotated[str | None, typer.Option(help="A saved mapping of columns, by its source.")] = None,
) -> None:
    """Load a file and say what became of its rows."""
    mode = ImportMode.commit if commit else ImportMode.validate
    wishes = Wishes(on_conflict, source, as_of.date() if as_of else None, mapping)

    async def work() -> Import:
        async with working_on() as db:
            account = await db.scalar(select(Account).where(Account.email == staff.lower(), Account.role == Role.dinas))
            if account is None:
                typer.secho(f"There is no Dinas account {staff}.", err=True, fg=typer.colors.RED)
                raise typer.Exit(1)
            role = Role.dinas
            caller = Caller(account.id, Kind.staff, role, scopes_of(role), account.organization_id)
            taken = await take_file(db, caller, kind, mode, path.name, path.read_bytes(), wishes)
        with database() as settings:
            await work_off(settings)
        async with working_on() as db:
            return await db.get_one(Import, taken.id)

    with database():  # Held over all steps, so that an embedded server is started once.
        done = asyncio.run(work())
    typer.echo(
        f"{done.state.value}: {done.row_count} rows, {done.created_count} new, {done.updated_count} changed, "
        f"{done.unchanged_count} unchanged, {done.refused_count} refused, {done.warning_count} warnings"
    )
    typer.echo(f"Faults: GET /v1/imports/{done.id}/faults, differences: GET /v1/imports/{done.id}/differences")
