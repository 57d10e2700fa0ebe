"""A worker that is killed outright, in the middle of a run over all, leaves readers what they had, and others go on."""

import asyncio
import os
import signal
import subprocess
import sys
import time

import pytest
from fastapi import FastAPI
from sqlalchemy import insert, select

from plut_api.financing.generations import planning
from plut_api.financing.generations.building import run
from plut_api.financing.models import Generation, GenerationBlock, GenerationState, NextReadiness
from plut_api.kit import clock
from plut_api.kit.database import unit_of_work
from plut_api.kit.ids import new_id
from plut_api.kit.jobs import NAMESPACE, defer
from plut_api.settings import Settings
from tests.factories import Make
from tests.financing.generations.rules import (
    NEW,
    OLD,
    Sessions,
    begin_new,
    changes_of,
    crowd,
    judge_all,
    old_rules_serve,
    served,
)


async def done_blocks(sessions: Sessions) -> dict[int, object]:
    async with sessions() as db:
        rows = await db.execute(select(GenerationBlock.number, GenerationBlock.done_at))
        return {row.number: row.done_at for row in rows if row.done_at is not None}


async def state_of(sessions: Sessions, generation: Generation) -> GenerationState:
    async with sessions() as db:
        return (await db.get_one(Generation, generation.id)).state


async def test_a_killed_worker_leaves_the_old_results_and_another_one_goes_on(
    app: FastAPI, make: Make, sessions: Sessions, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "BLOCK", 1)
    await old_rules_serve(sessions)
    people = await crowd(make)
    for _ in range(6):
        await people.add(workers=2)
    await judge_all(sessions, people.actors)
    generation = await begin_new(sessions)
    stuck = people.actors[3]
    assert settings.database_url is not None
    async with sessions() as holding:  # A worker comes as far as the one business that this transaction keeps from it.
        row = {"generation_id": new_id(), "status": "ready", "score": 1, "results": [], "computed_at": clock.now()}
        await holding.execute(insert(NextReadiness).values(actor_id=stuck.id, **row))
        async with unit_of_work(sessions) as db:
            await defer(db, f"{NAMESPACE}:financing.generations", timestamp=0)
        worker = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "plut_api", "worker"),
            env=os.environ
            | {
                "PLUT_DATABASE_URL": settings.database_url.get_secret_value(),
                "PLUT_DATA_DIR": str(settings.data_dir),
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            deadline = time.monotonic() + 60
            while len(await done_blocks(sessions)) < generation.block_count - 1 and time.monotonic() < deadline:
                await asyncio.sleep(0.1)
        finally:
            worker.send_signal(signal.SIGKILL)
            await worker.wait()
        done_before = await done_blocks(sessions)
        shown = [await served(sessions, actor) for actor in people.actors]
        await holding.rollback()

    deadline = time.monotonic() + 30
    while await state_of(sessions, generation) is GenerationState.building and time.monotonic() < deadline:
        await run(sessions, "business")  # What the killed one held is free as soon as the database has noticed.

    assert len(done_before) == generation.block_count - 1
    assert set(shown) == {(OLD, "ready")}
    assert await state_of(sessions, generation) is GenerationState.done
    assert {await served(sessions, actor) for actor in people.actors} == {(NEW, "ready")}
    assert [len(await changes_of(sessions, actor)) for actor in people.actors] == [
        1
    ] * 6  # Nothing that both rule sets ask became another.
