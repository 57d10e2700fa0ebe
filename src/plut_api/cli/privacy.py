"""`plut privacy`: whom a breach exposed, and what is kept too long."""

import asyncio
import csv
import json
import sys
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import select

from plut_api.actors.privacy.exposure import Exposure, exposed
from plut_api.cli.database import database, owner_address_of, working_on
from plut_api.integration.retention import Applied, apply_retention, due
from plut_api.kit import audit
from plut_api.kit.clock import WITA
from plut_api.kit.database import make_engine, session_factory
from plut_api.organizations.models import Organization

commands = typer.Typer(no_args_is_help=True, help="Notices after a breach, and how long data is kept.")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
COLUMNS = (
    *("person_id", "person_name", "phone", "actor_id", "business_name", "fields", "operations"),
    *("first_at", "last_at", "times"),
)
_FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"]


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.add_typer(commands, name="privacy")


@commands.callback()
def privacy() -> None:
    """Notices after a breach, and how long data is kept."""


@commands.command()
def exposure(
    first: Annotated[
        datetime, typer.Option("--from", help="From this instant on (WITA, or with its zone).", formats=_FORMATS)
    ],
    last: Annotated[
        datetime, typer.Option("--to", help="Until before this instant (WITA, or with its zone).", formats=_FORMATS)
    ],
    client: Annotated[UUID | None, typer.Option(help="The machine client or account that was broken into.")] = None,
    organization: Annotated[str | None, typer.Option(help="Or everybody of this organization, by its code.")] = None,
    as_json: AsJson = False,
) -> None:
    """List who was shown to a caller, with a phone for the written notice that is due within 3 x 24 hours.

    CSV on standard output, or JSON. It holds personal data: send it to a file that only you can read.
    """
    if (client is None) == (organization is None):
        raise typer.BadParameter("name either a client or an organization", param_hint="--client, --organization")

    async def work() -> list[dict[str, Any]]:
        async with working_on() as db:
            organization_id = None
            if organization is not None:
                organization_id = await db.scalar(select(Organization.id).where(Organization.code == organization))
                if organization_id is None:
                    raise typer.BadParameter("there is no such organization", param_hint="--organization")
            asked = Exposure(_zoned(first), _zoned(last), client, organization_id)
            rows = [row async for row in exposed(db, asked)]
            audit.record(db, audit.Action.read, "people", [row["person_id"] for row in rows])
            return [_plain(row) for row in rows]

    rows = asyncio.run(work())
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    writer = csv.writer(sys.stdout)
    writer.writerow(COLUMNS)
    writer.writerows([_cell(row[name]) for name in COLUMNS] for row in rows)


@commands.command()
def retention(
    run: Annotated[bool, typer.Option("--run", help="Do it; without this it is only counted.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count, which is what happens anyway.")] = False,
    as_json: AsJson = False,
) -> None:
    """Count what the retention rules would remove or empty, or do it, as the owner of the database."""
    if run and dry_run:
        raise typer.BadParameter("either count or run", param_hint="--run, --dry-run")
    rows = asyncio.run(_retention(run))
    told = [
        {
            "rule": each.rule.code,
            "table": each.rule.table,
            "action": each.rule.action,
            "days": each.rule.days,
            "rows": each.rows,
            "allowed": each.allowed,
            "law": each.rule.law,
        }
        for each in rows
    ]
    if as_json:
        typer.echo(json.dumps(told))
        return
    table = Table("rule", "action", "after days", "rows", "law", title="Done" if run else "Due now")
    for each in told:
        table.add_row(*(str(each[name]) for name in ("rule", "action", "days", "rows", "law")))
    Console().print(table)


def _zoned(instant: datetime) -> datetime:
    return instant if instant.tzinfo is not None else instant.replace(tzinfo=WITA)


async def _retention(run: bool) -> list[Applied]:
    with database() as settings:
        engine = make_engine(owner_address_of(settings), settings)
        try:
            sessions = session_factory(engine)
            if run:
                return await apply_retention(sessions)
            async with sessions() as db:
                return await due(db)
        finally:
            await engine.dispose()


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _as_json(value) for name, value in row.items()}


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(WITA).isoformat()
    return str(value) if isinstance(value, UUID) else value


def _cell(value: Any) -> Any:
    """A cell; text that a spreadsheet would run as a formula begins with an apostrophe, but a phone is harmless."""
    if isinstance(value, list):
        return " ".join(value)
    if isinstance(value, str) and value[:1] in "=+-@" and not value[1:].isdigit():
        return f"'{value}"
    return value
