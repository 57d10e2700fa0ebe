"""Fuzzy search."""

import pytest
from fastapi import FastAPI
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.kit.search import alike, distance, tolerate_misspelling
from plut_api.reference.models import Kbli, Region

Sessions = async_sessionmaker[AsyncSession]


@pytest.mark.parametrize("asked", ["pringgarata", "pringgrata", "pringarata", "Pringgaratta", "PRINGGARATA"])
async def test_one_wrong_letter_still_finds_the_word(sessions: Sessions, asked: str) -> None:
    async with sessions() as db:
        await tolerate_misspelling(db)
        query = select(Region.name).where(alike(Region.name, asked)).order_by(distance(Region.name, asked)).limit(1)
        found = await db.scalar(query)

    assert found == "Pringgarata"


async def test_what_is_not_alike_is_not_found(sessions: Sessions) -> None:
    async with sessions() as db:
        await tolerate_misspelling(db)
        found = list(await db.scalars(select(Region.name).where(alike(Region.name, "xylofon"))))

    assert found == []


async def test_tolerance_ends_with_its_transaction(sessions: Sessions) -> None:
    query = select(Region.name).where(alike(Region.name, "semblun")).limit(1)
    async with sessions() as db:
        await tolerate_misspelling(db)
        within = await db.scalar(query)
        await db.rollback()
        after = await db.scalar(query)

    assert within is not None
    assert after is None


@pytest.mark.usefixtures("unmeasured")
async def test_a_search_leans_on_the_trigram_index(app: FastAPI, sessions: Sessions) -> None:
    async with sessions() as db:
        await db.execute(text("SET LOCAL enable_seqscan = off"))
        await tolerate_misspelling(db)
        query = select(Kbli.code).where(alike(Kbli.title, "kedelai"))
        compiled = query.compile(dialect=app.state.engine.dialect, compile_kwargs={"literal_binds": True})
        plan = "\n".join(await db.scalars(text(f"EXPLAIN {compiled}".replace("%%", "%"))))

    assert "ix_kbli_title_trgm" in plan
