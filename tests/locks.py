"""Waiting until somebody stands in line for a lock."""

from asyncio import Task, sleep
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker


async def waiting_for_a_lock(sessions: async_sessionmaker[AsyncSession], task: Task[Any]) -> None:
    """Return once a statement stands in line behind the test's own transaction, or the task needed no lock."""
    async with sessions() as db:
        while not task.done() and not await db.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
            await sleep(0.01)
