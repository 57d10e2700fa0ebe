"""Files that are gone, removed from the store as well. They could not be opened any more before that."""

from datetime import UTC, timedelta
from uuid import UUID

import structlog
from sqlalchemy import select, text

from plut_api.kit import audit, clock
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


_HOLDING = text(
    """
    SELECT c.conrelid::regclass::text AS referring, a.attname AS named
    FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
    WHERE c.contype = 'f' AND c.confrelid = 'files'::regclass
    """
)


@jobs.periodic(cron="50 17 * * *")  # Ahead of retention.
@jobs.task(name="files.release", queueing_lock="files.release")
async def release_unheld(timestamp: int) -> None:
    """Say of files whose rows have had their time that nothing holds them, so that they go by the rules of files.

    Rows that rooms remove are released there; this is for what retention and cascades removed.
    """
    async with unit_of_work(runtime().sessions) as db:
        holding = (await db.execute(_HOLDING)).all()
        held = " OR ".join(f"EXISTS (SELECT FROM {row.referring} h WHERE h.{row.named} = files.id)" for row in holding)
        freed = text(
            "UPDATE files SET attached_at = NULL, stored_at = :now "  # noqa: S608 (names come from the catalogue)
            f"WHERE attached_at < :before AND erased_at IS NULL AND NOT ({held or 'false'}) RETURNING id"
        )
        now = clock.now()
        ids = (await db.scalars(freed, {"now": now, "before": now - timedelta(days=1)})).all()
        audit.record(db, audit.Action.changed, "files", ids, after={"attached_at": None})


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
