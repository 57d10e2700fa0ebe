"""What is measured: scratch databases of two sizes on a cluster of their own, and servers on them."""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import asyncpg
from pydantic import SecretStr
from sqlalchemy import text

from plut_api.financing.rules.loading import load_rule_sets
from plut_api.identity.tokens import issue_access_token
from plut_api.kit import crypto
from plut_api.kit.caller import Caller, Kind, Role
from plut_api.kit.database import make_engine, session_factory, unit_of_work
from plut_api.kit.migrations import upgrade
from plut_api.kit.postgres import Cluster
from plut_api.reference.loading import load_reference
from plut_api.settings import Settings, get_settings

BANK = UUID("00000000-0000-7000-8000-000000000001")
LARGE, SMALL = 650_000, 65_000
CACHE_MIB = 3_000
"""What is measured lies in memory, as performance is promised for; the disk of a machine is not ours to measure."""
SIZES = ("micro", "small", "medium")

# Rows lie in the order of their ids, as in a register that grew: ids are made of the time.
_FILL = """
CREATE TEMPORARY TABLE villages AS
    SELECT code, row_number() OVER (ORDER BY code) - 1 AS n FROM regions WHERE level IN ('village', 'urban_village')
        AND retired_on IS NULL;
CREATE TEMPORARY TABLE rows AS
    SELECT (lpad(to_hex(1735689600000 + i::bigint), 12, '0') || '7' || substr(md5(i::text), 1, 3) || '8'
        || substr(md5(i::text), 4, 15))::uuid AS id, i, v.code AS village,
        (ARRAY['micro', 'micro', 'micro', 'small', 'medium'])[1 + i % 5] AS size,
        (ARRAY['Kopi', 'Tenun', 'Keripik', 'Warung', 'Madu', 'Gerabah'])[1 + i % 6] || ' '
            || (ARRAY['Rinjani', 'Tambora', 'Berkah', 'Barokah', 'Mutiara'])[1 + i % 5] || ' '
            || substr(md5('x' || i), 1, 6) AS name
    FROM generate_series(1, {count}) i JOIN villages v ON v.n = (i::bigint * 7919) % (SELECT count(*) FROM villages);
SET session_replication_role = replica;
INSERT INTO organizations (id, code, name, kind, is_sharia, is_active, version)
    VALUES ('{bank}', 'BANK_BENCH', 'Bank', 'bank', false, true, 1);
DROP INDEX ix_actors_village_name_trgm, ix_actors_name_trgm;
INSERT INTO actors (id, name, village_code, regency_code, legal_form, status, kbli_version, kbli_code, started_on,
        size_class, size_basis, version)
    SELECT id, name, village, substr(village, 1, 5), 'individual', 'active', '2025', '10794', '2020-02-03', size,
        'sales', 1 FROM rows ORDER BY i;
CREATE INDEX ix_actors_village_name_trgm ON actors
    USING gist (village_code, plain_name(name) gist_trgm_ops (siglen = 32));
CREATE INDEX ix_actors_name_trgm ON actors USING gin (name gin_trgm_ops);
INSERT INTO ready_rows (actor_id, regency_code, size_class, kbli_code, kbli_section, amount_band, packaging_level,
        segments, score, masked, identified, confirmed_at, expires_at)
    SELECT id, substr(village, 1, 5), size, '10794', 'C', 'to_100m', 2, '{{women}}', 75, substr(masked::text, 2),
        substr((masked || named)::text, 2), now() - interval '10 days', now() + interval '80 days'
    FROM rows, LATERAL (SELECT jsonb_build_object('removed', false, 'regency_code',
            substr(village, 1, 5), 'kbli_version', '2025', 'kbli_code', '10794', 'size_class', size, 'started_year',
            2020, 'sector', 'C', 'amount_band', 'to_100m', 'outcomes',
            '[{{"dimension": "packaging", "level": 2}}]'::jsonb, 'gates',
            '[{{"code": "U-G01", "result": "pass"}}, {{"code": "U-G02", "result": "pass"}}]'::jsonb, 'rule_set',
            'umkm-v0', 'confirmed_at', '2026-01-02T03:04:05.000000Z', 'expires_at', '2027-01-02T03:04:05.000000Z',
            'name', null, 'owner_name', null, 'segments', null, 'village_code', null, 'figures_year', null,
            'sales_idr', null, 'capital_idr', null, 'workers', null, 'amount_idr', null, 'tenor_months', null,
            'principle', null) AS masked) a,
        LATERAL (SELECT jsonb_build_object('name', name, 'owner_name', 'Baiq Contoh', 'segments',
            '["women"]'::jsonb, 'village_code', village, 'figures_year', 2025, 'sales_idr', 120000000, 'capital_idr',
            40000000, 'workers', 3, 'amount_idr', 50000000, 'tenor_months', 24, 'principle', 'any') AS named) b
    ORDER BY i;
INSERT INTO consents (id, actor_id, organization_id, purpose, text_version, language, channel, given_by, expires_at)
    SELECT gen_random_uuid(), id, '{bank}', 'financing', '1', 'id', 'app', '{bank}', now() + interval '300 days'
    FROM rows WHERE i % 2 = 0 ORDER BY i;
CREATE TABLE bench_list AS SELECT r.actor_id AS id, r.regency_code, r.size_class, r.kbli_code, false AS masked, d.*
    FROM ready_rows r,
    LATERAL jsonb_to_record(('{{' || r.identified)::jsonb) AS d (removed bool, name text, owner_name text,
        village_code text, kbli_version text, sector text, segments jsonb, amount_band text, amount_idr bigint,
        tenor_months int, principle text, started_year int, figures_year int, sales_idr bigint, capital_idr bigint,
        workers int, outcomes jsonb, gates jsonb, rule_set text, confirmed_at timestamptz, expires_at timestamptz);
ALTER TABLE bench_list ADD PRIMARY KEY (id);
CREATE INDEX ON bench_list (regency_code, size_class, id);
"""

_WARM = """
CREATE EXTENSION IF NOT EXISTS pg_prewarm;
SELECT pg_prewarm(c.oid) FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid
WHERE coalesce(i.indrelid, c.oid) = ANY ('{ready_rows,consents,actors,bench_list}'::regclass[]);
"""


@dataclass(frozen=True)
class Database:
    """One filled database, with its addresses for the owner and for the application, and a token of a bank."""

    url: str
    app_url: str
    rows: int
    token: str


@dataclass(frozen=True)
class Server:
    """A running server."""

    url: str
    port: int
    pid: int


@contextlib.contextmanager
def cluster() -> Iterator[Cluster]:
    """A cluster, and a data folder with keys, that go when the run ends."""
    with tempfile.TemporaryDirectory(prefix="plut-bench-") as folder:
        os.environ |= {
            "PLUT_DATA_DIR": f"{folder}/data",
            "PLUT_RATE_LIMIT_PER_MINUTE": "100000000",
            "PLUT_ACCESS_TOKEN_SECONDS": "3600",
            "PLUT_LOG_LEVEL": "INFO",
        }
        get_settings.cache_clear()
        crypto.vault.cache_clear()
        with Cluster(Path(folder) / "postgres", cache_mib=CACHE_MIB) as running:
            yield running


async def filled(running: Cluster, rows: int) -> Database:
    """A database with so many businesses, all on the ready list, half of them known to the bank."""
    name = f"bench_{rows}"
    running.ensure_database(name)
    url = running.url(name)
    settings = settings_for(url)
    app_url = running.app_url(name)
    await asyncio.to_thread(upgrade, url, app_url=app_url)
    engine = make_engine(url, settings)
    async with unit_of_work(session_factory(engine)) as db:
        await load_reference(db)
        await load_rule_sets(db)
    connection = await asyncpg.connect(url)
    await connection.execute(_FILL.format(count=rows, bank=BANK), timeout=600)
    await connection.execute("VACUUM ANALYZE", timeout=600)
    await connection.execute(_WARM, timeout=600)
    await connection.close()
    caller = Caller(BANK, Kind.client, Role.bank, frozenset({"financing:pull"}), BANK)
    async with unit_of_work(session_factory(engine)) as db:
        token = await issue_access_token(db, settings, caller)
    await engine.dispose()
    return Database(url, app_url, rows, token)


def settings_for(url: str) -> Settings:
    """Settings on a database."""
    return Settings(database_url=SecretStr(url))


@contextlib.contextmanager
def serving(command: list[str], ready: str, cwd: Path | None = None, **environment: str) -> Iterator[Server]:
    """A server started by a command that may name its port as {port}; ended afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    variables = os.environ | {"PLUT_PORT": str(port)} | environment
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [part.format(port=port) for part in command], env=variables, cwd=cwd, stdout=log, stderr=log
        )
        try:
            _wait(f"http://127.0.0.1:{port}{ready}")
            yield Server(f"http://127.0.0.1:{port}", port, process.pid)
        finally:
            process.terminate()
            process.wait(30)


def serving_plut(database: Database) -> contextlib.AbstractContextManager[Server]:
    """The product on a database, as `plut serve` runs it."""
    return serving([sys.executable, "-m", "plut_api", "serve"], "/readyz", PLUT_DATABASE_URL=database.app_url)


def serving_bare(database: Database) -> contextlib.AbstractContextManager[Server]:
    """The same application without its middleware."""
    command = [sys.executable, "-m", "uvicorn", "benchmarks.bare:app", "--factory", "--port", "{port}"]
    command += ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]
    return serving(command, "/livez", PLUT_DATABASE_URL=database.app_url)


async def run_sql(url: str, statement: str) -> None:
    """Run a statement, committed."""
    engine = make_engine(url, settings_for(url))
    async with engine.begin() as connection:
        await connection.execute(text(statement))
    await engine.dispose()


def _wait(url: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(url)
