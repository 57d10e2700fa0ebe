"""Committing a file that was tried, as it was reported and within its time, or not at all."""

from uuid import UUID

from sqlalchemy import exists, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.integration.models import Import, ImportFile, ImportMode, ImportState
from plut_api.integration.problems import ImportAlreadyCommitted, ImportExpired, ImportNotChecked, RegisterMovedOn
from plut_api.integration.service import RUN, get_import
from plut_api.kit import clock
from plut_api.kit.caller import Caller
from plut_api.kit.jobs import defer

# What shows without reading the file again; the run itself compares the whole report once more.
_MOVED_ON = text(
    """
    SELECT EXISTS (
        SELECT FROM import_differences d
        LEFT JOIN people p ON p.id = d.person_id LEFT JOIN actors a ON a.id = d.actor_id
        WHERE d.import_id = :id AND d.seen_version IS NOT NULL
            AND d.seen_version IS DISTINCT FROM CASE WHEN d.person_id IS NULL THEN a.version ELSE p.version END
    ) OR EXISTS (
        SELECT FROM import_differences d JOIN actors a ON a.nib_index = d.nib_index WHERE d.import_id = :id
    ) OR EXISTS (
        SELECT FROM import_differences d JOIN actors a ON a.row_key = d.row_key WHERE d.import_id = :id
    ) OR EXISTS (
        SELECT FROM import_differences d JOIN annual_figures f ON f.actor_id = d.actor_id
        WHERE d.import_id = :id AND d.field LIKE 'figures.%' AND f.created_at > :checked_at
    )
    """
)


async def commit_import(db: AsyncSession, caller: Caller, import_id: UUID) -> Import:
    """Queue what was reported of a file to be done. Two at once: one does it, the other learns so.

    Raises ImportNotFound, ImportNotChecked, ImportAlreadyCommitted, ImportExpired, RegisterMovedOn.
    """
    row = await get_import(db, caller, import_id, for_update=True)
    if row.mode is ImportMode.commit:
        raise ImportAlreadyCommitted()
    if row.state is not ImportState.done:
        raise ImportNotChecked()
    is_kept = await db.scalar(select(exists().where(ImportFile.import_id == row.id)))
    if row.commit_until is None or row.commit_until <= clock.now() or not is_kept:
        raise ImportExpired()
    if await db.scalar(_MOVED_ON, {"id": row.id, "checked_at": row.finished_at}):
        raise RegisterMovedOn()
    row.mode, row.state, row.committed_by = ImportMode.commit, ImportState.queued, caller.id
    row.started_at = row.finished_at = None
    await db.flush()
    await db.refresh(row)
    await defer(db, RUN, lock="imports", import_id=row.id)
    return row


async def forget_files(db: AsyncSession) -> int:
    """Remove the files that nobody committed in time; how many."""
    gone = await db.execute(
        text(
            "DELETE FROM import_files f USING imports i WHERE i.id = f.import_id AND i.mode = 'validate' "
            "AND i.state = 'done' AND i.commit_until <= :now RETURNING f.import_id"
        ),
        {"now": clock.now()},
    )
    return len(gone.all())
