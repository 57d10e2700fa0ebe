"""Alembic, driven from code: the same for commands, tests and the readiness probe."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

FOLDER = Path(__file__).parents[3] / "migrations"


def alembic_config(url: str | None = None, schema: str = "public") -> Config:
    """Alembic's configuration for a database address (`postgresql://…`)."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = url
    config.attributes["schema"] = schema
    return config


def upgrade(url: str, revision: str = "head", schema: str = "public") -> None:
    """Migrate a database up. Each revision is a transaction of its own."""
    command.upgrade(alembic_config(url, schema), revision)


def downgrade(url: str, revision: str, schema: str = "public") -> None:
    """Migrate a database down."""
    command.downgrade(alembic_config(url, schema), revision)


@cache
def head() -> str:
    """The newest revision that this release brings."""
    revision = ScriptDirectory.from_config(alembic_config()).get_current_head()
    if revision is None:
        raise LookupError("there are no migrations")
    return revision
