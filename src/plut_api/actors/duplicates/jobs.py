"""Looking for duplicates in the worker: after an import, and every night."""

from uuid import UUID

import structlog

from plut_api.actors.duplicates.models import FoundBy, Kind
from plut_api.actors.duplicates.sweeping import sweep, sweep_district
from plut_api.kit.database import unit_of_work
from plut_api.kit.jobs import RETRY, jobs, runtime

log = structlog.get_logger()


@jobs.task(name="duplicates.of_import", retry=RETRY)
async def look_through_import(import_id: str, kind: str, district: str) -> None:
    """Find the pairs of what an import brought to one district; again finds nothing new."""
    async with unit_of_work(runtime().sessions) as db:
        await sweep_district(db, Kind(kind), district, import_id=UUID(import_id), found_by=FoundBy.import_)


@jobs.periodic(cron="20 18 * * *")  # Twenty past two at night in WITA.
@jobs.task(name="duplicates.sweep", queueing_lock="duplicates.sweep", lock="duplicates.sweep")
async def sweep_tonight(timestamp: int) -> None:
    """Look through the districts that are due, for as long as a night allows."""
    swept = await sweep(runtime().sessions)
    log.info("duplicates_swept", districts=swept)
