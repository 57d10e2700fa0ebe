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


def upgrade(url: str, revision: str = "head", schema: str = "public", app_url: str | None = None) -> None:
    """Migrate a database up as its owner, then give the application's role what it may do (`plut_api/walls`).

    Each revision is a transaction of its own. `app_url` is the application's address; without one the owner serves.
    Raises RolesMissing.
    """
    command.upgrade(_moving(alembic_config(url, schema), app_url, down=False), revision)


def downgrade(url: str, revision: str, schema: str = "public", app_url: str | None = None) -> None:
    """Migrate a database down; meanwhile there is no row security. Raises RolesMissing."""
    command.downgrade(_moving(alembic_config(url, schema), app_url, down=True), revision)


def _moving(config: Config, app_url: str | None, *, down: bool) -> Config:
    config.attributes |= {"app_url": app_url, "walls_first": down, "walls_after": True}
    return config


@cache
def head() -> str:
    """The newest revision that this release brings."""
    revision = ScriptDirectory.from_config(alembic_config()).get_current_head()
    if revision is None:
        raise LookupError("there are no migrations")
    return revision
