"""`plut audit`: seal the audit log, export its anchors, and find out whether anybody tampered with it."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from plut_api.cli.database import working_on
from plut_api.kit.audit.sealing import BLOCK, seal
from plut_api.kit.audit.verifying import Anchor, Finding, Verified, anchor_of, anchors, verify

commands = typer.Typer(no_args_is_help=True, help="The audit log: is it what was written?")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
AnchorFile = Annotated[
    Path | None,
    typer.Option("--anchor", exists=True, dir_okay=False, help="What `plut audit anchors` printed earlier."),
]


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.add_typer(commands, name="audit")


@commands.callback()
def audit() -> None:
    """The audit log: is it what was written?"""


@commands.command("verify")
def verify_log(anchor: AnchorFile = None, as_json: AsJson = False) -> None:
    """Compare every entry with its seal and every seal with the one before it; exit code 1 if anything is wrong.

    Whoever can write to the database as its owner could also write the whole chain anew. Only anchors that are kept
    elsewhere show that: give them with --anchor.
    """
    try:
        kept = _read_anchors(anchor) if anchor is not None else []
    except (ValueError, KeyError, TypeError):
        typer.secho("This is no file of anchors: one JSON object a line, as `plut audit anchors` prints.", err=True)
        raise typer.Exit(2) from None
    verified = asyncio.run(_verified(kept))
    if as_json:
        typer.echo(json.dumps(_as_json(verified), indent=2))
    else:
        _print(verified)
    if verified.findings:
        raise typer.Exit(1)


@commands.command("anchors")
def export_anchors() -> None:
    """Print number and digest of every seal, one JSON object a line, to be kept where the database's owner cannot."""

    async def work() -> None:
        async with working_on() as db:
            async for anchor in anchors(db):
                sys.stdout.write(json.dumps(anchor.as_json(), separators=(",", ":")) + "\n")

    asyncio.run(work())


@commands.command("seal")
def seal_now() -> None:
    """Seal what has committed since the last seal; the worker does so each minute."""

    async def work() -> int:
        total = 0
        while True:
            async with working_on() as db:
                total += (sealed := await seal(db))
            if sealed < BLOCK:
                return total

    typer.echo(f"{asyncio.run(work())} entries sealed")


def _read_anchors(path: Path) -> list[Anchor]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [anchor_of(json.loads(line)) for line in lines if line.strip()]


async def _verified(kept: list[Anchor]) -> Verified:
    async with working_on() as db:
        # One snapshot: what is sealed meanwhile must not look like a difference.
        await db.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        return await verify(db, kept)


def _as_json(verified: Verified) -> dict[str, object]:
    findings = [_finding_as_json(finding) for finding in verified.findings]
    return {"seals": verified.seals, "entries": verified.entries, "findings": findings}


def _finding_as_json(finding: Finding) -> dict[str, object]:
    entry_id = str(finding.entry_id) if finding.entry_id else None
    return {"kind": finding.kind, "seal": finding.seal_number, "entry": entry_id, "words": finding.words}


def _print(verified: Verified) -> None:
    if not verified.findings:
        typer.secho(f"{verified.entries} entries under {verified.seals} seals are as sealed.", fg=typer.colors.GREEN)
        return
    table = Table("seal", "entry", "finding", title=f"{len(verified.findings)} findings")
    for finding in verified.findings:
        table.add_row(str(finding.seal_number or "-"), str(finding.entry_id or "-"), finding.words)
    Console().print(table)
