"""The workshop: the real application with routes made for these tests, on the database of the run."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.kit.outbox import Event
from plut_api.settings import Settings
from tests.conftest import Api
from tests.kit.workshop import ENTERED, GATES, workshop_app


@pytest.fixture(scope="session")
async def workshop_application(app: FastAPI, settings: Settings) -> AsyncIterator[FastAPI]:
    """An application of its own; `app` has migrated the database."""
    made = workshop_app(settings.model_copy(update={"body_limit_bytes": 20_000}))
    async with made.router.lifespan_context(made):
        yield made


@pytest.fixture
def workshop(workshop_application: FastAPI, sessions: async_sessionmaker[AsyncSession]) -> Api:
    """The workshop as anyone."""
    GATES.clear()
    ENTERED.clear()
    return Api(workshop_application)


async def effects(sessions: async_sessionmaker[AsyncSession]) -> int:
    """How often a workshop route had its effect."""
    async with sessions() as db:
        happened = select(func.count()).select_from(Event).where(Event.name == "workshop.happened")
        return await db.scalar(happened) or 0
