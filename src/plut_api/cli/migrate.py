"""`plut migrate`: bring the database to this release."""

from collections.abc import Callable
from typing import Annotated

import typer

from plut_api.cli.database import address_of, database, owner_address_of, require_database
from plut_api.kit import migrations
from plut_api.settings import Settings
from plut_api.walls import RolesMissing


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command()(migrate)


def migrate(
    to: Annotated[str, typer.Option(help="Revision to go to; a lower one migrates down.")] = "head",
    down: Annotated[bool, typer.Option("--down", help="Migrate down to the revision instead of up.")] = False,
) -> None:
    """Migrate the database, set the privileges of the application's role, load the reference data of this release."""
    with database() as settings:
        require_database(settings)
        _move(settings, migrations.downgrade if down else migrations.upgrade, to)
        if to == "head":
            load_reference_data(settings)


def migrate_to_head(settings: Settings) -> None:
    """Bring a database to this release. Ends the command with a message if it does not answer or lacks roles."""
    require_database(settings)
    _move(settings, migrations.upgrade, "head")


def _move(settings: Settings, move: Callable[[str, str, str, str], None], to: str) -> None:
    try:
        move(owner_address_of(settings), to, settings.database_schema, address_of(settings))
    except RolesMissing as error:
        typer.secho(str(error), err=True, fg=typer.colors.RED)
        raise typer.Exit(1) from None


def load_reference_data(settings: Settings) -> None:
    """Load regions, KBLI, holidays, dated rules and readiness rule sets; loading again changes nothing."""
    import asyncio

    asyncio.run(_load(settings))


async def _load(settings: Settings) -> None:
    from plut_api.financing.generations.planning import record_first
    from plut_api.financing.generations.serving import subjects_with_rules
    from plut_api.financing.rules.loading import load_rule_sets
    from plut_api.kit.database import make_engine, session_factory, unit_of_work
    from plut_api.kit.restoring import settle_here
    from plut_api.reference.loading import load_reference

    engine = make_engine(owner_address_of(settings), settings)
    try:
        async with engine.begin() as connection:
            if stamped := await settle_here(connection):
                typer.echo(f"restored from another cluster: stamped anew {', '.join(stamped)}")
        async with unit_of_work(session_factory(engine)) as db:
            await load_reference(db)
            await load_rule_sets(db)
            for subject in subjects_with_rules():
                await record_first(db, subject)
    finally:
        await engine.dispose()
