"""How migrations run: one at a time (advisory lock), each in a transaction, with short lock timeouts and retries."""

import os
import time

from alembic import context
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from plut_api.kit.database import Xid8
from plut_api.tables import METADATA
from plut_api.walls import app_role_of, lower_walls, raise_walls

LOCK = 5_201_945
TRIES = 5
ischema_names["xid8"] = Xid8  # Otherwise the drift check meets a type it does not know.


def _url() -> str:
    given = context.config.attributes.get("url")
    given = given or os.environ.get("PLUT_DATABASE_MIGRATE_URL") or os.environ.get("PLUT_DATABASE_URL")
    if not given:
        raise SystemExit("Set PLUT_DATABASE_URL, or use `plut migrate`, which starts the embedded database.")
    return make_url(given).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def _is_ours(name: str | None, kind: str, _: object) -> bool:
    return not (kind == "table" and name is not None and name.startswith("procrastinate_"))


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        include_name=_is_ours,
        compare_type=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def _run_within_walls(engine: Engine) -> None:
    """The revisions; before going down row security goes, and after either the walls stand as declared."""
    attributes = context.config.attributes
    if attributes.get("walls_first"):
        with engine.begin() as connection:
            lower_walls(connection)
    with engine.connect() as connection:
        _run(connection)
    if attributes.get("walls_after"):
        with engine.begin() as connection:
            raise_walls(connection, app_role_of(_url(), attributes.get("app_url")))


def main() -> None:
    """Run under the advisory lock; a lock that production traffic holds is tried again, not waited for."""
    if context.is_offline_mode():
        context.configure(url=_url(), target_metadata=METADATA, literal_binds=True)
        context.run_migrations()
        return
    schema = context.config.attributes.get("schema", "public")
    options = f"-c lock_timeout=2s -c statement_timeout=30s -c timezone=UTC -c search_path={schema}"
    engine = create_engine(_url(), poolclass=NullPool, connect_args={"options": options})
    with engine.connect() as guard:
        guard.execute(text("SET lock_timeout = '60s'"))
        guard.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
        guard.commit()
        for attempt in range(1, TRIES + 1):
            try:
                _run_within_walls(engine)
                break
            except OperationalError as error:
                if attempt == TRIES or "lock timeout" not in str(error):
                    raise
                time.sleep(attempt)
    engine.dispose()


main()
