"""A database that is dumped in one cluster and restored in another, younger one: as an operator does it."""

import subprocess
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from plut_api.app import create_app
from plut_api.kit.database import asyncpg_url, unit_of_work
from plut_api.kit.doctor import database_findings
from plut_api.kit.doctor.in_database import Expected
from plut_api.kit.migrations import upgrade
from plut_api.kit.postgres import Cluster
from plut_api.kit.postgres.cluster import BIN
from plut_api.kit.restoring import settle_here
from plut_api.settings import Settings
from plut_api.walls.raising import app_role_of
from plut_api.walls.roles import require_roles
from tests.conftest import Api
from tests.factories import Make
from tests.financing.pulling import PATH, changes, whole
from tests.financing.story import confirmed_business

DATABASE = "plut_test"
GROW_OLD = (
    "CREATE TEMPORARY TABLE spent (n int) ON COMMIT DROP",
    """DO $$ BEGIN
        FOR i IN 1..20000 LOOP
            BEGIN INSERT INTO spent VALUES (i); EXCEPTION WHEN OTHERS THEN RAISE; END;
        END LOOP;
    END $$""",
)
"""Each block within is a transaction number."""


def carry_over(old: Cluster, new: Cluster, folder: Path) -> None:
    """Dump the database and restore it in the other cluster, with the tools that come with PostgreSQL."""
    new.ensure_database(DATABASE)
    with create_engine(make_url(new.url(DATABASE)).set(drivername="postgresql+psycopg")).begin() as connection:
        require_roles(connection, app_role_of(new.url(DATABASE), new.app_url(DATABASE)))
    dump = folder / "plut.dump"
    for command in (
        [BIN / "pg_dump", "--format=custom", "--no-owner", "--no-acl", f"--file={dump}", old.url(DATABASE)],
        [BIN / "pg_restore", "--no-owner", "--no-acl", "--exit-on-error", f"--dbname={new.url(DATABASE)}", dump],
    ):
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    upgrade(new.url(DATABASE), app_url=new.app_url(DATABASE))


async def settle(cluster: Cluster) -> list[str]:
    """As `plut migrate` does, as the owner."""
    engine = create_async_engine(asyncpg_url(cluster.url(DATABASE)))
    async with engine.begin() as connection:
        stamped = await settle_here(connection)
    await engine.dispose()
    return stamped


async def codes(cluster: Cluster) -> set[str]:
    """What the doctor finds."""
    engine = create_async_engine(asyncpg_url(cluster.app_url(DATABASE)))
    found = await database_findings(engine, Expected((), ()))
    await engine.dispose()
    return {finding.code for finding in found}


async def test_rows_from_an_older_cluster_are_told_once_and_its_tokens_have_ended(
    api: Api,
    make: Make,
    sessions: async_sessionmaker[AsyncSession],
    cluster: Cluster,
    settings: Settings,
    tmp_path: Path,
) -> None:
    async with unit_of_work(sessions) as db:
        for statement in GROW_OLD:
            await db.execute(text(statement))
    await confirmed_business(api, make)
    client = await make.client(await make.bank(), "financing:pull")
    _, old_token = await whole(api.as_(client))
    with Cluster(tmp_path / "younger", durable=False) as younger:
        carry_over(cluster, younger, tmp_path)
        url = SecretStr(younger.app_url(DATABASE))
        restored = create_app(settings.model_copy(update={"database_url": url}))
        async with restored.router.lifespan_context(restored):
            there = Api(restored).as_(client)
            refused = await there.get(PATH, changed_since=old_token)
            _, token = await whole(there)
            over_and_over = [len((await changes(there, token))[0]) for _ in range(2)]
            found_before, stamped = await codes(younger), await settle(younger)
            once, after = await changes(there, token)
            nothing, _ = await changes(there, after)
            found_after, again = await codes(younger), await settle(younger)

    assert (refused.status_code, refused.json()["code"]) == (410, "sync_token_expired")
    assert over_and_over == [1, 1]
    assert {"consents", "ready_exits", "ready_rows"} <= set(stamped)
    assert (len(once), nothing, again) == (1, [], [])
    assert "restored_elsewhere" in found_before - found_after
