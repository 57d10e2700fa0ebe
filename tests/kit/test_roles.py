"""The application's role owns nothing and may do no more than it must; migrating sees to it, and can be repeated."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from fastapi import FastAPI
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from plut_api.kit.database import make_engine
from plut_api.kit.postgres import Cluster
from plut_api.kit.walls import role_findings
from plut_api.settings import Settings
from plut_api.walls import AppRole, RolesMissing, lower_walls, raise_walls
from plut_api.walls.declared import APPEND_ONLY
from plut_api.walls.raising import privileges_on

Sessions = async_sessionmaker[AsyncSession]
APP = AppRole("plut_app", "plut")


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """A transaction of the role in an address, undone at the end."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
async def owner_engine(app: FastAPI, settings: Settings) -> AsyncIterator[AsyncEngine]:
    assert settings.database_migrate_url is not None
    engine = make_engine(settings.database_migrate_url.get_secret_value(), settings)
    yield engine
    await engine.dispose()


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (a int)",
        "ALTER TABLE people ADD COLUMN mine int",
        "DROP TABLE people",
        "TRUNCATE people CASCADE",
        "SET session_replication_role = replica",
        "ALTER TABLE people DISABLE ROW LEVEL SECURITY",
        "DROP POLICY plut_app ON people",
        "UPDATE alembic_version SET version_num = '0001'",
        "CREATE ROLE another",
        "SET ROLE plut",
        "COPY people TO PROGRAM 'cat'",
    ],
)
async def test_the_application_may_not(sessions: Sessions, statement: str) -> None:
    with pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
        async with sessions() as db:
            await db.execute(text(statement))


async def test_the_role_of_the_application_is_found_safe(app: FastAPI) -> None:
    assert await role_findings(app.state.engine) == []


async def test_the_owner_is_not(owner_engine: AsyncEngine) -> None:
    assert await role_findings(owner_engine) == [
        "The database role plut is a superuser.",
        "The database role plut owns tables.",
    ]


@pytest.mark.parametrize("table", sorted(APPEND_ONLY))
def test_what_is_append_only_is_so_for_every_role(table: str) -> None:
    given = dict(privileges_on(APP, table))

    assert set(given["plut_app"]) == {"SELECT", "INSERT"}
    assert {privilege for privileges in given.values() for privilege in privileges} <= {"SELECT", "INSERT"}


async def test_raising_walls_again_changes_nothing(owner_engine: AsyncEngine) -> None:
    policies = text("SELECT oid FROM pg_policy ORDER BY oid")
    granted = text("SELECT relname, relacl::text FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1")
    async with owner_engine.begin() as connection:
        before = [(await connection.execute(query)).all() for query in (policies, granted)]
        await connection.run_sync(raise_walls, APP)
        after = [(await connection.execute(query)).all() for query in (policies, granted)]

    assert before == after
    assert before[0]


async def test_a_policy_whose_words_changed_is_made_anew_and_a_foreign_one_goes(owner_engine: AsyncEngine) -> None:
    named = text("SELECT polname FROM pg_policy WHERE polrelid = 'people'::regclass ORDER BY 1")
    async with owner_engine.connect() as connection:
        declared = list((await connection.execute(named)).scalars())
        await connection.execute(text("CREATE POLICY everybody ON people USING (true)"))
        await connection.execute(text("COMMENT ON POLICY plut_app_bank_select ON people IS 'older words'"))
        await connection.run_sync(raise_walls, APP)

        assert list((await connection.execute(named)).scalars()) == declared
        mark = "SELECT obj_description(oid, 'pg_policy') FROM pg_policy WHERE polname = 'plut_app_bank_select' LIMIT 1"
        assert str(await connection.scalar(text(mark))).startswith("plut: ")


async def test_lowered_walls_leave_no_row_security(owner_engine: AsyncEngine) -> None:
    async with owner_engine.connect() as connection:
        await connection.run_sync(lower_walls)

        assert await connection.scalar(text("SELECT count(*) FROM pg_policy")) == 0
        assert await connection.scalar(text("SELECT count(*) FROM pg_class WHERE relrowsecurity")) == 0


def test_an_owner_who_may_not_make_roles_is_told_what_to_run(cluster: Cluster) -> None:
    cluster.ensure_database("weak")
    weak = cluster.url("weak").replace("//plut:", "//weak:")
    app = AppRole("weak_app", "weak", "secret")
    with psycopg.connect(cluster.url("weak"), autocommit=True) as admin:
        password = weak.partition("//weak:")[2].partition("@")[0]
        admin.execute(f"CREATE ROLE weak LOGIN PASSWORD '{password}'")
        admin.execute("ALTER DATABASE weak OWNER TO weak")

        with connected(weak) as connection, pytest.raises(RolesMissing) as refused:
            raise_walls(connection, app)
        words = str(refused.value)
        for statement in re.findall(r"^(?:CREATE ROLE|GRANT) .*;$", words, re.MULTILINE):
            admin.execute(statement.replace("…", "secret"))

    with connected(weak) as connection:
        raise_walls(connection, app)
    assert "weak_app_bank" in words
    assert "secret" not in words
    with connected(weak.replace("//weak:", "//weak_app:").replace(password, "secret")) as connection:
        connection.exec_driver_sql('SET ROLE "weak_app_opd"')


def test_where_one_role_does_everything_its_walls_stand_too(cluster: Cluster) -> None:
    cluster.ensure_database("single")

    with connected(cluster.url("single")) as connection:
        raise_walls(connection, AppRole("plut", "plut"))
        connection.exec_driver_sql("SET ROLE plut_bank")


@pytest.mark.usefixtures("unmeasured")
async def test_with_row_security_staff_still_find_names_by_trigram(sessions: Sessions) -> None:
    async with sessions() as db:
        await db.execute(text("SET LOCAL enable_seqscan = off"))
        plan = await db.scalars(text("EXPLAIN SELECT id FROM people WHERE full_name %> 'baiq'"))

        assert "ix_people_name_trgm" in "\n".join(plan)
