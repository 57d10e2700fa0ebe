"""What the worker does about size classes: follow the law on the day it changes."""

import structlog

from plut_api.actors.size_law import follow_law
from plut_api.kit.jobs import jobs, runtime

log = structlog.get_logger()


@jobs.periodic(cron="5 16 * * *")  # Five past midnight in WITA.
@jobs.task(name="actors.follow_size_law", queueing_lock="actors.follow_size_law")
async def follow_size_law(timestamp: int) -> None:
    """Apply thresholds that came into force to every business; on all other days there is nothing to do."""
    done = await follow_law(runtime().sessions)
    log.info("size_law", seen=done.seen, changed=done.changed)
