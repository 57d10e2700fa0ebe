"""Whole lists in one answer."""

import json
from typing import Any

import pytest
from asyncpg import ReadOnlySQLTransactionError
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.kit.streams import BLOCK, lines
from tests.conftest import Api

NUMBERS = text("SELECT CAST(n AS text) FROM generate_series(1, :last) n")


async def blocks(app: FastAPI, query: Any, **values: Any) -> list[bytes]:
    return [block async for block in lines(app.state.reading_engine, query, values)]


async def test_every_row_is_a_line_and_blocks_are_bounded(app: FastAPI) -> None:
    sent = await blocks(app, NUMBERS, last=300_000)

    assert all(block.endswith(b"\n") and len(block) < 2 * BLOCK for block in sent)
    assert all(len(block) >= BLOCK for block in sent[:-1])
    assert b"".join(sent).decode().splitlines() == [str(n) for n in range(1, 300_001)]


async def test_json_text_passes_unchanged(app: FastAPI) -> None:
    spoken = json.dumps({"text": 'a "quoted" \\ backslash, a comma, a\nline, Lombok – ñ'}, ensure_ascii=False)

    assert await blocks(app, text("SELECT CAST(:spoken AS text)"), spoken=spoken) == [f"{spoken}\n".encode()]


async def test_no_rows_are_no_bytes(app: FastAPI) -> None:
    assert await blocks(app, NUMBERS, last=0) == []


async def test_a_stream_can_change_nothing(app: FastAPI, sessions: async_sessionmaker[AsyncSession]) -> None:
    writing = text("WITH gone AS (DELETE FROM holidays RETURNING day) SELECT CAST(day AS text) FROM gone")

    with pytest.raises(ReadOnlySQLTransactionError):
        await blocks(app, writing)


async def test_a_stream_sees_one_moment_of_the_table_and_gives_its_connection_back(
    app: FastAPI, sessions: async_sessionmaker[AsyncSession]
) -> None:
    for _ in range(app.state.settings.database_pool + 2):
        stream = lines(app.state.reading_engine, NUMBERS, {"last": 300_000})
        await anext(stream)
        await stream.aclose()  # type: ignore[attr-defined]

    assert len(b"".join(await blocks(app, NUMBERS, last=10)).split()) == 10


async def test_a_streamed_answer_is_ndjson_that_nobody_keeps(workshop: Api) -> None:
    answer = await workshop.request("GET", "/v1/workshop/stream", checked=False)

    assert answer.headers["content-type"].startswith("application/x-ndjson")
    assert answer.headers["cache-control"] == "no-store"
    assert sum(json.loads(line) for line in answer.text.splitlines()) == 2500 * 2501 // 2
