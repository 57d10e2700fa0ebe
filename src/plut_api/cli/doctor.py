"""`plut doctor`: what is unsafe in the present settings and in the database that they lead to."""

import asyncio
import json
from collections.abc import Sequence
from typing import Annotated

import asyncpg
import typer
from rich.console import Console
from sqlalchemy.exc import SQLAlchemyError

from plut_api.cli.database import address_of, database
from plut_api.identity.policy import TOTP_ROLES
from plut_api.kit.database import make_engine
from plut_api.kit.doctor import Expected, Finding, Severity, database_findings, settings_findings
from plut_api.settings import Settings, get_settings
from plut_api.walls.declared import PERSONAL

EXPECTED = Expected(PERSONAL.keys(), [role.value for role in TOTP_ROLES])
_AWAY = (SQLAlchemyError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
# Readiness says so as long as it lasts; a server that waits for its migration is no unsafe one.
_NO_REASON_TO_STAY_DOWN = frozenset({"not_migrated", "database_away"})
_COLOURS = {Severity.severe: "red", Severity.warning: "yellow", Severity.note: "dim"}


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command()(doctor)


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    production: Annotated[
        bool, typer.Option("--production", help="Judge as for production, whatever PLUT_MODE says.")
    ] = False,
) -> None:
    """Say what is unsafe in the present settings and database, and what to do. Ends with 1 in production if severe."""
    given = get_settings()
    strict = production or given.mode == "production"
    judged = given.model_copy(update={"mode": "production"}) if production else given
    with database() as settings:
        findings = [*settings_findings(judged), *asyncio.run(_of_database(settings))]
    findings.sort(key=lambda finding: list(Severity).index(finding.severity))
    if as_json:
        typer.echo(json.dumps([finding.told() for finding in findings], indent=1))
    else:
        _show(findings)
    if strict and any(finding.severity is Severity.severe for finding in findings):
        raise typer.Exit(1)


def refuse_unsafe_start(settings: Settings) -> None:
    """End the command if this is production and something is severe."""
    if settings.mode != "production":
        return
    findings = [*settings_findings(settings), *asyncio.run(_of_database(settings))]
    reasons = [
        finding
        for finding in findings
        if finding.severity is Severity.severe and finding.code not in _NO_REASON_TO_STAY_DOWN
    ]
    if reasons:
        _show(reasons, stderr=True)
        typer.secho("Production does not start like this. Everything: plut doctor", err=True, fg=typer.colors.RED)
        raise typer.Exit(1)


async def _of_database(settings: Settings) -> list[Finding]:
    try:
        engine = make_engine(address_of(settings), settings)
    except SQLAlchemyError as error:
        return [_away(error)]
    try:
        return await database_findings(engine, EXPECTED)
    except _AWAY as error:
        return [_away(error)]
    finally:
        await engine.dispose()


def _away(error: Exception) -> Finding:
    """Without the message of the error, which can quote the address."""
    cause = getattr(error, "orig", None) or error
    words = f"The database does not answer ({type(cause).__name__}), so nothing is known about it."
    return Finding("database_away", Severity.severe, words, "Look at PLUT_DATABASE_URL, and whether the server runs.")


def _show(findings: Sequence[Finding], *, stderr: bool = False) -> None:
    console = Console(stderr=stderr, highlight=False, soft_wrap=True)
    for finding in findings:
        console.print(f"[{_COLOURS[finding.severity]}]{finding.severity:>8}[/]  {finding.code}", markup=True)
        for line in (finding.words, finding.remedy):
            console.print(f"          {line}", markup=False)
    if not findings:
        console.print("Nothing unsafe was found.")


__all__ = ["EXPECTED", "doctor", "refuse_unsafe_start", "register"]
