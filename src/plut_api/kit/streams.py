"""Whole lists in one answer at constant memory: PostgreSQL renders the rows and COPY brings them as they are.

COPY is what is fastest (benchmarks), since nothing is decoded on the way; its CSV form, with a delimiter and a quote
that JSON text cannot hold, hands out a line a row unchanged.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, QueuePool, TextClause
from sqlalchemy.ext.asyncio import AsyncEngine

from plut_api.kit.caller import Caller
from plut_api.kit.walls import walled

NDJSON = "application/x-ndjson"
CSV = "text/csv"
BLOCK = 524_288  # Bytes, at least; a block ends with a whole line.
_WAITING = 2  # Blocks read ahead of a slow reader.

_TURNS: WeakKeyDictionary[Engine, asyncio.Semaphore] = WeakKeyDictionary()


def last_line(token: str) -> bytes:
    """The line that ends a list which can be followed: who has read it has read everything before it."""
    return json.dumps({"sync_token": token}, separators=(",", ":")).encode() + b"\n"


async def lines(
    engine: AsyncEngine, query: TextClause, values: Mapping[str, Any], caller: Caller | None = None
) -> AsyncIterator[bytes]:
    """Blocks of whole lines: the query's single text column, a line per row, in a read-only transaction of its own,
    behind the caller's wall. The engine commits by itself.

    A reader who goes away ends the COPY with its connection.
    """
    compiled = query.compile(dialect=engine.sync_engine.dialect)
    given = [values[name] for name in compiled.positiontup or ()]
    blocks: asyncio.Queue[bytes | Exception | None] = asyncio.Queue(_WAITING)
    async with _turn(engine), walled(engine, caller, read_only=True) as connection:
        raw = (await connection.get_raw_connection()).driver_connection
        copying = asyncio.create_task(_copy(raw, str(compiled), given, blocks))
        try:
            while isinstance(block := await blocks.get(), bytes):
                yield block
        finally:
            if not copying.done():
                copying.cancel()
                await connection.invalidate()
        if block is not None:
            raise block


def _turn(engine: AsyncEngine) -> asyncio.Semaphore:
    """Streams hold a connection for long: half of them are left to everybody else, also to what streams note down."""
    if engine.sync_engine not in _TURNS:
        _TURNS[engine.sync_engine] = asyncio.Semaphore(max(cast("QueuePool", engine.sync_engine.pool).size() // 2, 1))
    return _TURNS[engine.sync_engine]


async def _copy(raw: Any, query: str, given: Sequence[Any], blocks: "asyncio.Queue[bytes | Exception | None]") -> None:
    """Fill the queue with blocks, then with what ended the COPY: nothing, or an error."""
    parts: list[bytes] = []
    size = 0

    async def gather(part: bytes) -> None:
        nonlocal size
        parts.append(part)
        size += len(part)
        if size >= BLOCK:
            await blocks.put(b"".join(parts))
            parts.clear()
            size = 0

    end: Exception | None = None
    try:
        await raw.copy_from_query(query, *given, output=gather, format="csv", delimiter="\x02", quote="\x01")
        if parts:
            await blocks.put(b"".join(parts))
    except Exception as error:
        end = error
    await blocks.put(end)
