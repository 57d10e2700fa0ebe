"""What the feed costs those who write: their rate beside a bank that pulls changes all the time, and without it."""

import asyncio
import random
import statistics
import time
from collections.abc import Sequence
from uuid import UUID

import asyncpg
import orjson

from benchmarks.client import ask
from benchmarks.house import Database, Server, serving_plut
from benchmarks.measures import LIST, Ratio, stream_of

WRITERS, SECONDS, ROUNDS = 8, 2.0, 5
WORK = 0.005
"""Seconds of other work within a transaction, as services have it."""
PULLS_EVERY = 0.25
_CHANGE = """
UPDATE ready_rows SET change_xid = pg_current_xact_id(), any_change_xid = pg_current_xact_id() WHERE actor_id = $1
"""


async def feed(large: Database) -> list[Ratio]:
    """Eight writers, and one bank that asks four times a second for what changed."""
    connection = await asyncpg.connect(large.url)
    rows = await connection.fetch("SELECT actor_id FROM ready_rows TABLESAMPLE SYSTEM (1)")
    await connection.close()
    ids = [row[0] for row in rows]
    ratios = []
    with serving_plut(large) as server:
        for _ in range(ROUNDS):
            alone = await _written(large, ids)
            pulling = asyncio.create_task(_pull(server, large.token))
            ratios.append(await _written(large, ids) / alone)
            pulling.cancel()
    return [Ratio("writers beside the feed / alone", statistics.median(ratios), 0.75)]


async def _written(large: Database, ids: Sequence[UUID]) -> float:
    """Transactions a second."""
    pool = await asyncpg.create_pool(large.url, min_size=WRITERS, max_size=WRITERS)
    end, done = time.perf_counter() + SECONDS, 0

    async def write(seed: int) -> None:
        nonlocal done
        chance = random.Random(seed)
        while time.perf_counter() < end:
            async with pool.acquire() as connection, connection.transaction():
                await connection.execute(_CHANGE, chance.choice(ids))
                await asyncio.sleep(WORK)
            done += 1

    await asyncio.gather(*(write(seed) for seed in range(WRITERS)))
    await pool.close()
    return done / SECONDS


async def _pull(server: Server, token: str) -> None:
    """Follow the list by its changes, for ever."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1 << 24)
    seen = orjson.loads(await ask(reader, writer, f"{LIST}?limit=1", token))["sync_token"]
    writer.close()
    while True:
        seen, _ = await stream_of(server, token, f"{LIST}?changed_since={seen}")
        await asyncio.sleep(PULLS_EVERY)
