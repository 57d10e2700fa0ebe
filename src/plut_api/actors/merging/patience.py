"""Many rows of many rooms are locked by one merge: whoever it meets on the way goes first.

Others lock in their own order (a seat before its person, say). A merge therefore waits for a lock only briefly, then
lets go of all it holds and begins again, so that it never makes anybody fail by a deadlock.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.merging.problems import MergeBusy

T = TypeVar("T")
TRIES = 20
WAIT_MILLISECONDS = 300
"""Shorter than PostgreSQL's `deadlock_timeout`, which would make the other one fail."""
_LOCKED_OR_DEADLOCKED = frozenset({"55P03", "40P01"})
_OVERTAKEN = frozenset({"23505", "23503"})
"""Somebody committed between two statements of the merge, such as another merge of what these two own."""
_OVERTAKEN_AT_MOST = 3  # What still collides then, no rule settles: an error of ours.


async def patiently(db: AsyncSession, work: Callable[[], Awaitable[T]], *, keep: bool = True) -> T:
    """Do work in a savepoint, again from its begin where a lock could not be had; `keep` says whether its changes stay.

    Raises MergeBusy.
    """
    overtaken = 0
    for _ in range(TRIES):
        savepoint = await db.begin_nested()
        try:
            await db.execute(text(f"SET LOCAL lock_timeout = '{WAIT_MILLISECONDS}ms'"))
            done = await work()
            await db.flush()
        except DBAPIError as error:
            await savepoint.rollback()
            state = getattr(error.orig, "sqlstate", None)
            overtaken += state in _OVERTAKEN
            if state not in _LOCKED_OR_DEADLOCKED | _OVERTAKEN or overtaken > _OVERTAKEN_AT_MOST:
                raise
            await asyncio.sleep(random.uniform(0.02, 0.1))  # noqa: S311 (who waits how long is no secret)
            continue
        except BaseException:
            await savepoint.rollback()
            raise
        if keep:
            await savepoint.commit()
        else:
            await savepoint.rollback()
        return done
    raise MergeBusy(headers={"Retry-After": "2"})
