"""`plut readiness`: which rules serve, judging everybody anew, and whom other rules would add or drop."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Annotated, Any, TextIO, TypeVar

import typer
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.cli.database import address_of, database
from plut_api.financing.generations import BUSINESS, rule_set_called, serving
from plut_api.financing.generations.building import run
from plut_api.financing.generations.diffs import Diff, compare
from plut_api.financing.generations.planning import begin, begin_due
from plut_api.financing.generations.serving import subjects_with_rules
from plut_api.financing.models import Generation, GenerationCause, GenerationState
from plut_api.kit.database import make_engine, session_factory, unit_of_work

commands = typer.Typer(no_args_is_help=True, help="Readiness for financing.")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Sessions = async_sessionmaker[AsyncSession]
T = TypeVar("T")


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.add_typer(commands, name="readiness")


@commands.callback()
def readiness() -> None:
    """Readiness for financing."""


@commands.command("status")
def status(as_json: AsJson = False) -> None:
    """Tell which rule set serves for whom, and how far the run under way is."""
    told = _with_sessions(_status)
    if as_json:
        typer.echo(json.dumps(told))
        return
    for one in told:
        typer.echo(f"{one['subject']}: {one['serving']} serves")
        if running := one["running"]:
            done = f"{running['blocks_done']} of {running['block_count']} blocks"
            typer.echo(f"  {running['cause']} by {running['rule_set']} under way: {done}")


@commands.command("recompute")
def recompute(
    subject: Annotated[str, typer.Option(help="business or cooperative.")] = BUSINESS, as_json: AsJson = False
) -> None:
    """Judge everybody anew, now: by rules that came into force, else by those that serve.

    May be broken off and run again, and workers join in. Nothing is sent to a bank, and nobody becomes confirmed.
    """
    if subject not in subjects_with_rules():
        raise typer.BadParameter(f"there are no rules for a {subject}", param_hint="--subject")

    async def work(sessions: Sessions) -> Generation:
        async with unit_of_work(sessions) as db:
            generation = await begin_due(db, subject)
            if generation is None:
                generation = await begin(db, subject, GenerationCause.recompute, await serving(db, subject))
        await run(sessions, subject, None if as_json else _show_progress)
        async with sessions() as db:
            return await db.get_one(Generation, generation.id)

    done = _with_sessions(work)
    if as_json:
        typer.echo(json.dumps(_told(done)))
    else:
        typer.echo(
            f"{done.state.value} by {done.rule_set}: {done.changed} results changed, {done.added} became ready, "
            f"{done.dropped} are no longer, {done.confirmations_ended} confirmations ended"
        )


@commands.command("diff")
def diff(
    old: Annotated[str, typer.Argument(help="Rule set, such as umkm-v0.")],
    new: Annotated[str, typer.Argument(help="The one that would take its place.")],
    as_json: AsJson = False,
    ids: Annotated[Path | None, typer.Option(help="File for the ids of who is added or dropped, as CSV.")] = None,
) -> None:
    """Tell whom a rule set would add or drop in place of another, by segment and regency. Stores nothing."""

    async def work(sessions: Sessions) -> Diff:
        async with sessions() as db:
            rules = [await rule_set_called(db, version) for version in (old, new)]
        if ids is None:
            return await compare(sessions, *rules)
        with ids.open("w", encoding="utf-8") as file:
            return await compare(sessions, *rules, named=lambda what, who: _write(file, what, str(who)))

    try:
        rows = _with_sessions(work).as_rows()
    except (LookupError, ValueError) as error:
        typer.secho(str(error), err=True, fg=typer.colors.RED)
        raise typer.Exit(1) from None
    typer.echo(json.dumps(rows) if as_json else "\n".join(_lines(rows)))


def _write(file: TextIO, what: str, who: str) -> None:
    file.write(f"{what},{who}\n")


def _lines(rows: Iterable[dict[str, Any]]) -> Iterable[str]:
    yield f"{'':28}{'all':>9}{'before':>9}{'after':>9}{'added':>9}{'dropped':>9}{'of list':>9}  ready before, after"
    order = ("everything", "women", "youth", "regency")
    for row in sorted(rows, key=lambda row: (order.index(row["by"]), row["key"])):
        name = row["by"] if row["by"] == "everything" else f"{row['by']}: {row['key']}"
        numbers = (row[n] for n in ("businesses", "before", "after", "added", "dropped", "confirmed_dropped"))
        shares = (f"{row[n] / row['businesses']:.1%}" if row["businesses"] else "-" for n in ("before", "after"))
        yield f"{name:28}" + "".join(f"{number:>9}" for number in numbers) + "  " + " -> ".join(shares)


async def _status(sessions: Sessions) -> list[dict[str, Any]]:
    told = []
    async with sessions() as db:
        for subject in subjects_with_rules():
            running = await db.scalar(
                select(Generation).where(Generation.subject == subject, Generation.state == GenerationState.building)
            )
            served = await serving(db, subject)
            told.append({"subject": subject, "serving": served.version, "running": _told(running) if running else None})
    return told


def _told(generation: Generation) -> dict[str, Any]:
    names = ("subject", "rule_set", "cause", "state", "total", "block_count", "blocks_done")
    counts = ("changed", "added", "dropped", "confirmations_ended")
    return {"id": str(generation.id)} | {name: getattr(generation, name) for name in (*names, *counts)}


def _show_progress(generation: Generation) -> None:
    if generation.state is GenerationState.building:
        typer.echo(f"{generation.blocks_done} of {generation.block_count} blocks", err=True)


def _with_sessions(work: Callable[[Sessions], Awaitable[T]]) -> T:
    async def within() -> T:
        with database() as settings:
            engine = make_engine(address_of(settings), settings)
            try:
                return await work(session_factory(engine))
            finally:
                await engine.dispose()

    return asyncio.run(within())
