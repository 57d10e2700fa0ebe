"""Readiness of 650,000 businesses by a rule set that comes into force, against a bare `UPDATE … FROM` of as wide rows.

Everybody is judged, kept beside, put into the history and brought to serve, by the same code as the worker's; the floor
writes results that are there already into the same table.
"""

import asyncio
import time
from datetime import date

import asyncpg
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from benchmarks.house import _FILL, BANK, LARGE, settings_for
from benchmarks.measures import Ratio
from plut_api.financing.generations import BUSINESS, rule_set_called
from plut_api.financing.generations.building import run
from plut_api.financing.generations.planning import begin
from plut_api.financing.models import Generation, GenerationCause, GenerationState
from plut_api.financing.rules.loading import load_rule_sets
from plut_api.kit import clock
from plut_api.kit.database import make_engine, session_factory, unit_of_work
from plut_api.kit.migrations import upgrade
from plut_api.kit.postgres import Cluster
from plut_api.reference.loading import load_reference

OLD, NEW = "umkm-v0", "umkm-v1"
RATE = 0.33
"""Of the rate of the floor, for everything that bringing rules into force takes."""
FACTS = f"""
SET session_replication_role = replica;
CREATE TEMPORARY TABLE told AS SELECT id AS actor, gen_random_uuid() AS person, gen_random_uuid() AS program,
    village_code, row_number() OVER (ORDER BY id) AS i FROM actors;
UPDATE actors SET nib_index = decode(md5(id::text), 'hex') FROM told WHERE actor = id AND i % 3 < 2;
INSERT INTO people (id, full_name, sex, birth_date, disabilities, village_code, marital_status, identity_verified_at,
        identity_verified_by, nik_sealed, nik_index, version)
    SELECT person, 'Pemilik ' || i, CASE WHEN i % 2 = 0 THEN 'male' ELSE 'female' END,
        date '1970-01-01' + (i % 14000)::int, '{{{{}}}}', village_code, 'married',
        CASE WHEN i % 4 < 3 THEN now() END, CASE WHEN i % 4 < 3 THEN person END,
        '\\x00', decode(md5(person::text), 'hex'), 1 FROM told ORDER BY i;
INSERT INTO ownerships (id, actor_id, person_id, version)
    SELECT gen_random_uuid(), actor, person, 1 FROM told ORDER BY i;
INSERT INTO annual_figures (id, actor_id, year, sales_idr, capital_idr, workers_female, workers_male, source)
    SELECT gen_random_uuid(), actor, 2025, 120000000, 40000000, 1, 1, 'owner' FROM told WHERE i % 11 > 0 ORDER BY i;
INSERT INTO credit_declarations (id, actor_id, recorded_by, declared_on, has_arrears, has_barred_credit,
        has_excluded_occupation)
    SELECT gen_random_uuid(), actor, person, current_date - 9, i % 13 = 0, false, false FROM told WHERE i % 5 = 0;
INSERT INTO financing_plans (id, actor_id, recorded_by, amount_idr, tenor_months, principle, purpose, items,
        items_total_idr, version)
    SELECT gen_random_uuid(), actor, person, 20000000, 24, 'any', 'Contoh',
        '[{{{{"what": "Mesin", "amount_idr": 20000000}}}}]', 20000000,
        1 FROM told WHERE i % 5 = 0;
INSERT INTO book_months (id, actor_id, recorded_by, month, coverage, sales_idr, expenses_idr, proof)
    SELECT gen_random_uuid(), actor, person, date_trunc('month', current_date - m * interval '1 month'), 'full',
        10000000, 6000000, 'receipts' FROM told, generate_series(1, 6) m WHERE i % 5 = 0 AND m <= i % 7;
INSERT INTO programs (id, organization_id, title, aim, topics, level, starts_on, ends_on, seats, seats_taken,
        general_taken, seats_reserved, fund_source, attendance_percent, budget_idr, state, version)
    SELECT gen_random_uuid(), '{BANK}', 'Pelatihan ' || i, 'Contoh.', ARRAY['product.packaging'], 'basic',
        current_date - 60, current_date - 50, 25, 25, 25, 0, 'apbd', 80, 25000000, 'completed', 1
    FROM generate_series(1, 100) i;
INSERT INTO enrolments (id, program_id, person_id, actor_id, state, completed_at, enrolled_by, version)
    SELECT actor, (SELECT id FROM programs ORDER BY id LIMIT 1), person, actor, 'completed', now(), person, 1
    FROM told WHERE i % 5 = 0 ORDER BY i;
INSERT INTO outcomes (id, enrolment_id, actor_id, dimension, rubric_version, baseline_level, target_level,
        reached_level, reached_at, version)
    SELECT gen_random_uuid(), actor, actor, d, '1', 1, 2, 1 + i % 3, now(), 1
    FROM told, unnest(ARRAY['product', 'packaging', 'market']) d WHERE i % 5 = 0;
"""
CONFIRM = f"""
UPDATE readiness SET confirmed_at = now(), confirmed_by = '{BANK}', expires_at = now() + interval '90 days'
    WHERE status = 'ready'
"""
BARE = f"""
UPDATE readiness r SET rule_set = '{OLD}', status = n.status, score = n.score, results = n.results,
    computed_at = n.computed_at FROM bare n WHERE n.actor_id = r.actor_id
"""
_SETTLED = ("VACUUM ANALYZE", "CHECKPOINT")


async def readiness(running: Cluster, rows: int = LARGE) -> list[Ratio]:
    """Bringing rules into force, beside the floor; and a run that finds little to write."""
    name = "bench_readiness"
    running.ensure_database(name)
    url, app_url = running.url(name), running.app_url(name)
    await asyncio.to_thread(upgrade, url, app_url=app_url)
    engine = make_engine(app_url, settings_for(app_url))
    sessions = session_factory(engine)
    connection = await asyncpg.connect(url)
    async with unit_of_work(sessions) as db:
        await load_reference(db)
        await load_rule_sets(db)
        done = {"state": GenerationState.done, "finished_at": clock.now(), "day": date(2026, 1, 1)}
        db.add(Generation(subject=BUSINESS, rule_set=OLD, cause=GenerationCause.first, **done))
    await _fill(connection, rows)
    first = await _timed(sessions, GenerationCause.recompute, OLD)
    await connection.execute(CONFIRM, timeout=600)
    await _all(connection, "DELETE FROM readiness_changes", *_SETTLED)
    flip = await _timed(sessions, GenerationCause.rule_set, NEW)
    await _all(connection, "CREATE TABLE bare AS SELECT * FROM readiness", *_SETTLED)
    began = time.perf_counter()
    await connection.execute(BARE, timeout=900)
    bare = time.perf_counter() - began
    async with sessions() as db:
        told = (await db.scalars(select(Generation).order_by(Generation.id.desc()).limit(1))).one()
        width = await db.scalar(text("SELECT avg(pg_column_size(r)) FROM readiness r TABLESAMPLE SYSTEM (1)"))
    await connection.close()
    await engine.dispose()
    note = f"{flip:.0f} s of {rows:,}, {width:.0f} bytes; {told.changed:,} changed, {told.dropped:,} dropped"
    return [
        Ratio("rules come into force / bare UPDATE, rate", bare / flip, RATE, note=note),
        Ratio("judged for the first time / bare UPDATE, rate", bare / first, 0.2, note=f"{first:.0f} s, in place"),
    ]


async def _all(connection: asyncpg.Connection, *statements: str) -> None:
    for statement in statements:
        await connection.execute(statement, timeout=900)


async def _fill(connection: asyncpg.Connection, rows: int) -> None:
    businesses = _FILL.format(count=rows, bank=BANK).partition("INSERT INTO ready_rows")[0]
    await _all(connection, businesses, FACTS.format(), "SET session_replication_role = origin", "VACUUM ANALYZE")


async def _timed(sessions: async_sessionmaker[AsyncSession], cause: GenerationCause, version: str) -> float:
    began = time.perf_counter()
    async with unit_of_work(sessions) as db:
        await begin(db, BUSINESS, cause, await rule_set_called(db, version))
    await run(sessions, BUSINESS)
    return time.perf_counter() - began
