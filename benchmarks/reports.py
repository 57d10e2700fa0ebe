"""Reports over 125,000 seats and 625,000 outcomes beside 650,000 businesses, against the same figures in bare SQL."""

import statistics
import time

import asyncpg

from benchmarks.client import one
from benchmarks.house import Database, serving_plut, settings_for
from benchmarks.measures import Ratio
from plut_api.identity.tokens import issue_access_token
from plut_api.kit.caller import Caller, Kind, Role
from plut_api.kit.database import make_engine, session_factory, unit_of_work
from plut_api.kit.ids import new_id

ROUNDS = 5
NEAR_BARE = 1.5
"""A report does more than its bare figures: rows of the caller, evidence, what is open behind each."""
_PROGRAMS, _SEATS = 5_000, 25
_FILL = f"""
SET session_replication_role = replica;
INSERT INTO organizations (id, code, name, kind, is_sharia, is_active, version)
    SELECT gen_random_uuid(), 'OPD_' || chr(64 + i), 'Dinas', 'opd', false, true, 1 FROM generate_series(1, 20) i;
INSERT INTO programs (id, organization_id, title, aim, topics, level, starts_on, ends_on, seats, seats_taken,
        general_taken, seats_reserved, fund_source, attendance_percent, budget_idr, state, version)
    SELECT gen_random_uuid(), (ARRAY(SELECT id FROM organizations WHERE kind = 'opd'))[1 + i % 20], 'Pelatihan ' || i,
        'Contoh.', ARRAY['product.packaging'], 'basic', date '2025-01-01' + i % 700, date '2025-01-05' + i % 700,
        {_SEATS}, {_SEATS}, {_SEATS}, 0, 'apbd', 80, 25000000, 'completed', 1 FROM generate_series(1, {_PROGRAMS}) i;
CREATE TEMPORARY TABLE taken AS SELECT gen_random_uuid() AS seat, gen_random_uuid() AS person, p.id AS program,
        a.id AS actor, a.village_code, a.i
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM programs) p
    JOIN (SELECT id, village_code, row_number() OVER (ORDER BY id) AS i FROM actors ORDER BY id
        LIMIT {_PROGRAMS * _SEATS}) a ON p.n = 1 + a.i % {_PROGRAMS};
INSERT INTO people (id, full_name, sex, birth_date, disabilities, village_code, version)
    SELECT person, 'Peserta ' || i, CASE WHEN i % 3 = 0 THEN 'male' ELSE 'female' END,
        date '1970-01-01' + (i % 14000)::int, '{{}}', village_code, 1 FROM taken;
INSERT INTO enrolments (id, program_id, person_id, actor_id, state, completed_at, enrolled_by, version)
    SELECT seat, program, person, actor, CASE WHEN i % 7 = 0 THEN 'incomplete' ELSE 'completed' END,
        CASE WHEN i % 7 > 0 THEN now() END, person, 1 FROM taken;
INSERT INTO outcomes (id, enrolment_id, actor_id, dimension, rubric_version, baseline_level, target_level,
        reached_level, reached_at, version)
    SELECT gen_random_uuid(), seat, actor, d, '1', 1, 3, CASE WHEN (i + n) % 3 > 0 THEN 2 + (i + n) % 2 END,
        CASE WHEN (i + n) % 3 > 0 THEN now() END, 1
    FROM taken, unnest(ARRAY['product', 'packaging', 'branding', 'market', 'finance']) WITH ORDINALITY AS d (d, n);
"""
_PROOF = """
INSERT INTO evidence (id, outcome_id, claimed_level, note, kind, state, submitted_by, verified_level, decided_by,
        decided_at, version)
    SELECT gen_random_uuid(), id, 3, 'Contoh.', 'photo', 'verified', id, reached_level, enrolment_id, now(), 1
    FROM outcomes WHERE reached_level IS NOT NULL;
"""
_BARE = """
WITH seats AS (
    SELECT e.id, left(p.village_code, 5) AS key, e.state FROM enrolments e
    JOIN programs g ON g.id = e.program_id JOIN people p ON p.id = e.person_id WHERE e.state <> 'withdrawn'
), proven AS (
    SELECT enrolment_id, count(*) AS proven FROM outcomes
    WHERE reached_level >= target_level AND reached_level > baseline_level GROUP BY enrolment_id
), evident AS (SELECT outcome_id, max(verified_level) AS best FROM evidence GROUP BY outcome_id)
SELECT s.key, o.dimension, count(*), count(*) FILTER (WHERE proven = 5), avg(o.reached_level), avg(o.baseline_level),
    count(*) FILTER (WHERE best IS NULL)
FROM seats s JOIN outcomes o ON o.enrolment_id = s.id LEFT JOIN proven ON proven.enrolment_id = s.id
LEFT JOIN evident ON evident.outcome_id = o.id GROUP BY 1, 2
"""
_GROUPINGS = ("everything", "program", "organization", "regency", "segment")


async def reports(large: Database) -> list[Ratio]:
    """The slowest of the reports on everything ever held, and that of one year, against bare SQL of the same rows."""
    connection = await asyncpg.connect(large.url)
    for statement in (
        _FILL,
        _PROOF,
        "VACUUM ANALYZE people",
        "VACUUM ANALYZE enrolments, outcomes, evidence, programs",
    ):
        await connection.execute(statement, timeout=600)
    engine = make_engine(large.app_url, settings_for(large.app_url))
    caller = Caller(new_id(), Kind.staff, Role.dinas, frozenset({"reports:read", "disability:read"}))
    async with unit_of_work(session_factory(engine)) as db:
        token = await issue_access_token(db, settings_for(large.app_url), caller)
    await engine.dispose()
    bare = await _bare(connection)
    await connection.close()
    with serving_plut(large) as server:
        took = {by: await one(server.port, f"/v1/reports/outcomes?by={by}", token, ROUNDS) for by in _GROUPINGS}
        year = await one(server.port, "/v1/reports/outcomes?by=regency&from=2026-01-01&to=2026-12-31", token, ROUNDS)
    note = ", ".join(f"{by} {seconds * 1000:.0f} ms" for by, seconds in took.items())
    return [
        Ratio("report on all years by regency / bare SQL", took["regency"] / bare, NEAR_BARE, low=True, note=note),
        Ratio("report on one year / bare SQL of all", year / bare, 1.0, low=True, note=f"{year * 1000:.0f} ms"),
    ]


async def _bare(connection: asyncpg.Connection) -> float:
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        await connection.fetch(_BARE)
        took.append(time.perf_counter() - began)
    return statistics.median(took)
