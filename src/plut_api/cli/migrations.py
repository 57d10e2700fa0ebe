"""`plut check-migrations` and `plut draft-migration`: for those who change tables."""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from alembic import command

from plut_api.kit.migrations import FOLDER, alembic_config, downgrade, head, upgrade
from plut_api.kit.postgres import Cluster


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.command("check-migrations")(check_migrations)
    cli.command("draft-migration")(draft_migration)


def check_migrations() -> None:
    """Up, down and up again, revision by revision; no drift from the tables; HEAD as written; new SQL linted."""
    with tempfile.TemporaryDirectory() as folder, Cluster(Path(folder) / "cluster", durable=False) as cluster:
        cluster.ensure_database("check")
        url = cluster.url("check")
        for revision in _revisions():
            upgrade(url, revision)
            downgrade(url, "-1")
            upgrade(url, revision)
        downgrade(url, "base")
        upgrade(url)
        command.check(alembic_config(url))
    written = (FOLDER / "HEAD").read_text().strip()
    if written != head():
        raise typer.BadParameter(f"migrations/HEAD says {written}, the newest revision is {head()}")
    _lint()


def draft_migration(message: Annotated[str, typer.Argument(help="What it does, as a sentence: Add what.")]) -> None:
    """Draft the next revision from the difference between the tables and the migrations; read it before you keep it."""
    with tempfile.TemporaryDirectory() as folder, Cluster(Path(folder) / "cluster", durable=False) as cluster:
        cluster.ensure_database("draft")
        upgrade(cluster.url("draft"))
        number = f"{int(head()) + 1:04d}"
        config = alembic_config(cluster.url("draft"))
        config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
        command.revision(config, message, autogenerate=True, rev_id=number)
    (FOLDER / "HEAD").write_text(number + "\n")


def _revisions() -> list[str]:
    return sorted(path.name[:4] for path in (FOLDER / "versions").glob("[0-9]*.py"))


def _lint() -> None:
    """Hold the SQL that the newest revisions run against squawk's rules for tables that live."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "migrations.sql"
        config = alembic_config("postgresql://nobody@127.0.0.1/none")
        with script.open("w") as output:
            config.output_buffer = output
            command.upgrade(config, f"{FIRST_RELEASE}:head", sql=True)
        if script.stat().st_size > 0:
            program = Path(sys.executable).with_name("squawk")
            # A fixed program, and no shell.
            raise typer.Exit(subprocess.run([program, script], check=False).returncode)  # noqa: S603


FIRST_RELEASE = "0045"
"""Up to here tables were new and empty; what comes after meets living tables and is linted."""
