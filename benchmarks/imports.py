"""A validated import of 100,000 rows, encryption included, against COPY of the clean rows into the same tables."""

import asyncio
import statistics
import time

import asyncpg
from sqlalchemy import text

from benchmarks.house import settings_for
from benchmarks.measures import Ratio
from plut_api.integration.files import Table
from plut_api.integration.files.table import Row
from plut_api.integration.loads import actors
from plut_api.integration.loads.actors import COLUMNS
from plut_api.kit import clock
from plut_api.kit.database import make_engine, session_factory, unit_of_work
from plut_api.kit.ids import new_id
from plut_api.kit.migrations import upgrade
from plut_api.kit.postgres import Cluster
from plut_api.reference.loading import load_reference
from plut_api.sample.records import Inventor, village_codes

ROWS, ROUNDS = 100_000, 3
TABLES = ("people", "actors", "ownerships", "annual_figures", "size_changes")
_SPOILT = (("nib", "12AB"), ("village_code", "99.99.99.9999"), ("sales_idr", "-5"), ("owner_name", "  "))


def rows() -> list[Row]:
    """The file: every fiftieth row has a fault."""
    made: list[Row] = []
    for number, values in enumerate(Inventor(village_codes(), clock.today(), seed=5).businesses(ROWS)):
        if number % 50 == 7:
            column, wrong = _SPOILT[number // 50 % len(_SPOILT)]
            values[column] = wrong
        made.append((number + 2, [values[name] for name in COLUMNS]))
    return made


async def imports(running: Cluster) -> list[Ratio]:
    """The ratio of the rates, by rows loaded; median of the rounds."""
    running.ensure_database("bench_imports")
    url = running.url("bench_imports")
    await asyncio.to_thread(upgrade, url)
    engine = make_engine(url, settings_for(url))
    sessions = session_factory(engine)
    async with unit_of_work(sessions) as db:
        await load_reference(db)
    file, ratios, loaded = rows(), [], 0
    for _ in range(ROUNDS):
        await _empty(url)
        began = time.perf_counter()
        async with unit_of_work(sessions) as db:
            import_id = new_id()
            await db.execute(
                text(
                    "INSERT INTO imports (id, kind, mode, state, file_name, file_hash, caller_id) "
                    "VALUES (:id, 'actors', 'commit', 'running', 'x', '', :id)"
                ),
                {"id": import_id},
            )
            table = Table(list(COLUMNS), 1, iter(file))
            loaded = (await actors.load(db, table, import_id, commit=True, scope="bench")).created
        ours = time.perf_counter() - began
        ratios.append(await _copied_back(url) / ours)
    await engine.dispose()
    return [
        Ratio("validated import, 100,000 rows / COPY", statistics.median(ratios), 0.6, note=f"{loaded} rows loaded")
    ]


async def _copied_back(url: str) -> float:
    """Seconds to COPY what was loaded back into the emptied tables."""
    connection = await asyncpg.connect(url)
    kept = {}
    for table in TABLES:
        records = await connection.fetch(f"SELECT * FROM {table}")
        kept[table] = (list(records[0].keys()), [tuple(record) for record in records])
    await _empty(url)
    began = time.perf_counter()
    async with connection.transaction():
        for table in TABLES:
            columns, records = kept[table]
            await connection.copy_records_to_table(table, records=records, columns=columns)
    elapsed = time.perf_counter() - began
    await connection.close()
    return elapsed


async def _empty(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
    await connection.execute("CHECKPOINT")
    await connection.close()
