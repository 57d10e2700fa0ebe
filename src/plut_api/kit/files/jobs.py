"""Files that are gone, removed from the store as well. They could not be opened any more before that."""

from datetime import UTC, timedelta
from uuid import UUID

import structlog
from sqlalchemy import select

from plut_api.kit import clock
from plut_api.kit.database import unit_of_work
from plut_api.kit.files.models import FileRow
from plut_api.kit.files.store import file_store
from plut_api.kit.jobs import RETRY, jobs, runtime

log = structlog.get_logger()
DAYS_BACK = range(2, 9)
"""Days whose files are looked through: what has no row by then never will. A week, in case the worker stood still."""


@jobs.task(name="files.remove", retry=RETRY)
async def remove_files(file_ids: list[str]) -> None:
    """Remove files whose keys were destroyed."""
    await file_store(runtime().settings).remove([UUID(file_id) for file_id in file_ids])


@jobs.periodic(cron="20 18 * * *")  # Behind retention, which removes the rows of files that nothing was attached to.
@jobs.task(name="files.sweep", queueing_lock="files.sweep")
async def sweep_files(timestamp: int) -> None:
    """Remove what lies in the store without a row: its row was removed, or never committed."""
    store = file_store(runtime().settings)
    for days in DAYS_BACK:
        async for ids in store.of_day((clock.now().astimezone(UTC) - timedelta(days=days)).date()):
            async with unit_of_work(runtime().sessions) as db:
                known = await db.scalars(select(FileRow.id).where(FileRow.id.in_(ids), FileRow.key_sealed.is_not(None)))
                orphans = sorted(set(ids) - set(known))
            await store.remove(orphans)
            if orphans:
                log.info("files_swept", files=len(orphans))
