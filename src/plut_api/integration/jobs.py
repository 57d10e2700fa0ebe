"""Imports in the worker. A run that was killed starts again from the beginning; what is done is not done twice."""

from uuid import UUID

from plut_api.integration import service
from plut_api.integration.files import FileFault
from plut_api.kit.database import unit_of_work
from plut_api.kit.jobs import RETRY, jobs, runtime


@jobs.task(name="imports.run", retry=RETRY)
async def run_import(import_id: str) -> None:
    """Work through one file."""
    sessions = runtime().sessions
    async with unit_of_work(sessions) as db:
        await service.begin(db, UUID(import_id))
    try:
        async with unit_of_work(sessions) as db:
            await service.work(db, UUID(import_id))
    except FileFault as fault:
        async with unit_of_work(sessions) as db:
            await service.fail(db, UUID(import_id), fault)
