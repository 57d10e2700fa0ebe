"""Waiting until somebody stands in line for a lock."""

from asyncio import Task, sleep, timeout
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker


async def waiting_for_a_lock(sessions: async_sessionmaker[AsyncSession], task: Task[Any]) -> None:
    """Return once a statement stands in line behind the test's own transaction, or the task needed no lock."""
    async with sessions() as db:
        while not task.done() and not await db.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
            await sleep(0.01)


async def standing_in_line(sessions: async_sessionmaker[AsyncSession], count: int) -> None:
    """Return once so many statements stand in line behind the test's own transaction."""
    async with timeout(30), sessions() as db:
        while await db.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")) < count:
            await sleep(0.01)
