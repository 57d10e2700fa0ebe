"""One embedded PostgreSQL per test process, a database migrated once, real commits, rows deleted after each test.

Tests talk HTTP to the application in process; every answer is held against the contract.
"""

import gc
import os
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.app import create_app
from plut_api.financing.rules.loading import load_rule_sets
from plut_api.identity.tokens import issue_access_token
from plut_api.kit import crypto
from plut_api.kit.caller import Caller
from plut_api.kit.contract import answer_faults
from plut_api.kit.database import make_engine, session_factory, unit_of_work
from plut_api.kit.ids import new_id
from plut_api.kit.migrations import upgrade
from plut_api.kit.postgres import Cluster
from plut_api.organizations.models import OrganizationKind
from plut_api.reference.loading import load_reference
from plut_api.settings import Settings, get_settings
from plut_api.tables import METADATA
from tests.factories import Make, caller_for

_TOKENS: dict[Caller, str] = {}
KEPT = {"regions", "kbli", "holidays", "rule_values", "remote_areas", "rule_sets", "signing_keys", "database_origins"}


_DOOMED = [table.name for table in METADATA.sorted_tables if table.name not in KEPT]
_CLEAR = (
    "CREATE SCHEMA testing",
    "CREATE FUNCTION testing.clear() RETURNS void LANGUAGE plpgsql SET search_path = public AS $$ BEGIN "
    + " ".join(f'DELETE FROM "{name}";' for name in [*_DOOMED, "procrastinate_events", "procrastinate_jobs"])
    + " END $$",
)
"""One round trip, whose plans the server keeps, instead of one for each table."""


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """asyncio, with one loop for the whole run, so that the engine's connections outlive a test."""
    return "asyncio"


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A PostgreSQL of this test process, as fast as it gets: nothing in it must survive."""
    with Cluster(tmp_path_factory.mktemp("postgres") / "data", durable=False) as running:
        yield running


@pytest.fixture(scope="session")
def settings(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of the application under test, also for code that asks `get_settings`."""
    cluster.ensure_database("plut_test")
    folder = tmp_path_factory.mktemp("data")
    os.environ["PLUT_DATA_DIR"] = str(folder)
    os.environ["PLUT_DATABASE_URL"] = cluster.app_url("plut_test")
    get_settings.cache_clear()
    crypto.vault.cache_clear()
    return Settings(
        data_dir=folder,
        database_url=SecretStr(cluster.app_url("plut_test")),
        database_migrate_url=SecretStr(cluster.url("plut_test")),
        rate_limit_per_minute=1_000_000,
        staff_totp="offered",
        gateway_secret=SecretStr("rahasia-bersama-contoh"),
    )


@pytest.fixture(scope="session")
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    """The application on a migrated database with reference data, in its own role, which owns nothing."""
    assert settings.database_url is not None
    assert settings.database_migrate_url is not None
    upgrade(settings.database_migrate_url.get_secret_value(), app_url=settings.database_url.get_secret_value())
    app = create_app(settings)
    async with unit_of_work(app.state.sessions) as db:
        await load_reference(db)
        await load_rule_sets(db)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture(scope="session")
async def owning(app: FastAPI, settings: Settings) -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    """Sessions of the owner, for what the application may not do: tamper, and clear away."""
    assert settings.database_migrate_url is not None
    engine = make_engine(settings.database_migrate_url.get_secret_value(), settings)
    async with engine.begin() as connection:
        for statement in _CLEAR:
            await connection.execute(text(statement))
    yield session_factory(engine)
    await engine.dispose()


@pytest.fixture
async def unmeasured(owning: async_sessionmaker[AsyncSession]) -> None:
    """Tables as the planner knows them before anybody measured them: what other tests left decides no plan."""
    async with unit_of_work(owning) as db:
        mine = (
            "(SELECT oid FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'i'))"
        )
        await db.execute(text(f"DELETE FROM pg_statistic WHERE starelid IN {mine}"))
        await db.execute(text(f"UPDATE pg_class SET relpages = 0, reltuples = -1 WHERE oid IN {mine}"))


@pytest.fixture
async def sessions(
    app: FastAPI, owning: async_sessionmaker[AsyncSession]
) -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    """Sessions of the application for arranging and looking; what the test wrote is deleted afterwards."""
    yield app.state.sessions
    await app.state.audit.settle()  # What was to be written within the second must not turn up in the next test.
    async with unit_of_work(owning) as db:
        await db.execute(text("SET LOCAL session_replication_role = replica"))  # The order of tables does not matter.
        await db.execute(text("SELECT testing.clear()"))


@pytest.fixture
def make(sessions: async_sessionmaker[AsyncSession]) -> Make:
    """Factories."""
    return Make(sessions)


class Api:
    """An HTTP client in the name of one caller. Every answer is checked against the contract."""

    def __init__(self, app: FastAPI, caller: Caller | None = None) -> None:
        self._app = app
        self._caller = caller

    def as_(self, who: Any, kind: OrganizationKind = OrganizationKind.bank) -> "Api":
        """The same API for another caller: a person, an account, a machine client, or a Caller."""
        return Api(self._app, who if isinstance(who, Caller) else caller_for(who, kind))

    async def get(self, path: str, *, headers: dict[str, str] | None = None, **query: Any) -> httpx.Response:
        return await self.request("GET", path, headers=headers, params=query)

    async def post(self, path: str, *, headers: dict[str, str] | None = None, **body: Any) -> httpx.Response:
        return await self.request("POST", path, headers=headers, json=body)

    async def put(self, path: str, *, etag: str | None, **body: Any) -> httpx.Response:
        return await self.request("PUT", path, headers={"If-Match": etag} if etag else {}, json=body)

    async def patch(self, path: str, *, etag: str | None, **body: Any) -> httpx.Response:
        headers = {"Content-Type": "application/merge-patch+json"} | ({"If-Match": etag} if etag else {})
        return await self.request("PATCH", path, headers=headers, json=body)

    async def delete(self, path: str, *, etag: str | None = None) -> httpx.Response:
        return await self.request("DELETE", path, headers={"If-Match": etag} if etag else {})

    async def request(self, method: str, path: str, *, checked: bool = True, **options: Any) -> httpx.Response:
        """Any request. Machine callers get an Idempotency-Key unless the test brings one."""
        headers = dict(options.pop("headers", None) or {})
        if self._caller is not None:
            headers.setdefault("Authorization", f"Bearer {await self.token()}")
            if method == "POST" and self._caller.kind == "client":
                headers.setdefault("Idempotency-Key", str(new_id()))
        transport = httpx.ASGITransport(app=self._app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
            answer = await client.request(method, path, headers=headers, **options)
        if checked:
            faults = answer_faults(self._app.openapi(), method, answer.request.url.path, answer)
            assert not faults, f"{method} {path} -> {answer.status_code} breaks the contract: {faults}\n{answer.text}"
        return answer

    async def token(self) -> str:
        """A real access token of this caller."""
        assert self._caller is not None
        tokens = _TOKENS
        if self._caller not in tokens:
            async with unit_of_work(self._app.state.sessions) as db:
                tokens[self._caller] = await issue_access_token(db, self._app.state.settings, self._caller)
        return tokens[self._caller]


@pytest.fixture
def api(app: FastAPI, sessions: async_sessionmaker[AsyncSession]) -> Api:
    """The API as anyone, without sign-in; `api.as_(…)` signs in."""
    return Api(app)


@pytest.fixture
def statements(app: FastAPI) -> Iterator[list[str]]:
    """The SQL that the application runs from here on; clear it where counting begins."""
    seen: list[str] = []

    def note(*arguments: Any) -> None:
        if "FROM revocations" not in arguments[2]:  # Read every few seconds, by whichever request comes along.
            seen.append(arguments[2])

    event.listen(app.state.engine.sync_engine, "before_cursor_execute", note)
    yield seen
    event.remove(app.state.engine.sync_engine, "before_cursor_execute", note)


def pytest_collection_finish() -> None:
    """Leave what was collected out of garbage collection: going through it stops loops longer than some tests wait."""
    gc.collect()
    gc.freeze()
