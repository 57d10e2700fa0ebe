"""The floors: what the bare driver does with the same rows, without a web server."""

import asyncio
import time

import asyncpg
import orjson

from benchmarks.client import CONNECTIONS
from benchmarks.house import SIZES

COLUMNS = (
    "id",
    "regency_code",
    "size_class",
    "kbli_code",
    "removed",
    "masked",
    "name",
    "owner_name",
    "village_code",
    "kbli_version",
    "sector",
    "segments",
    "amount_band",
    "amount_idr",
    "tenor_months",
    "principle",
    "started_year",
    "figures_year",
    "sales_idr",
    "capital_idr",
    "workers",
    "outcomes",
    "gates",
    "rule_set",
    "confirmed_at",
    "expires_at",
)
PAGE = f"SELECT {', '.join(COLUMNS)} FROM bench_list WHERE regency_code = $1 AND size_class = $2 ORDER BY id LIMIT 200"
REGENCIES = ("52.01", "52.02", "52.03", "52.04", "52.06")


async def pages_per_second(url: str, seconds: float) -> float:
    """Pages of 200 by bare asyncpg, records rendered by orjson, 16 at once."""
    pool = await asyncpg.create_pool(url, min_size=CONNECTIONS, max_size=CONNECTIONS)
    done = 0
    end = time.perf_counter() + seconds

    async def work(number: int) -> None:
        nonlocal done
        while time.perf_counter() < end:
            rows = await pool.fetch(PAGE, REGENCIES[number % len(REGENCIES)], SIZES[number % len(SIZES)])
            shaped = [dict(row) for row in rows]
            for row in shaped:
                row["id"] = str(row["id"])
                for document in ("outcomes", "gates", "segments"):
                    row[document] = orjson.Fragment(row[document])
            orjson.dumps({"data": shaped, "next_cursor": shaped[-1]["id"]})
            done += 1
            number += 1

    started = time.perf_counter()
    await asyncio.gather(*(work(number) for number in range(CONNECTIONS)))
    elapsed = time.perf_counter() - started
    await pool.close()
    return done / elapsed


async def copy_seconds(url: str) -> float:
    """Seconds to COPY all rows out as JSON, to nowhere."""
    connection = await asyncpg.connect(url)

    async def nowhere(_: bytes) -> None:
        return

    started = time.perf_counter()
    query = f"SELECT row_to_json(r) FROM (SELECT {', '.join(COLUMNS)} FROM bench_list) r"
    await connection.copy_from_query(query, output=nowhere, format="csv", delimiter="\x02", quote="\x01")
    elapsed = time.perf_counter() - started
    await connection.close()
    return elapsed
