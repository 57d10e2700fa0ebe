"""Whole lists in one answer at constant memory: the rows are rendered by PostgreSQL and passed on in blocks."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from sqlalchemy import TextClause
from sqlalchemy.ext.asyncio import AsyncEngine

NDJSON = "application/x-ndjson"
CSV = "text/csv"
BLOCK = 1000


async def lines(engine: AsyncEngine, query: TextClause, values: Mapping[str, Any]) -> AsyncIterator[bytes]:
    """The query's single text column, a line per row. The stream holds its own read-only transaction."""
    async with engine.connect() as connection:
        await connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        result = await connection.stream(query.execution_options(yield_per=BLOCK), values)
        async for block in result.scalars().partitions(BLOCK):
            yield ("\n".join(block) + "\n").encode()
