"""The history of results of two businesses that are one, and what is on its way for them."""

from sqlalchemy import delete

from plut_api.financing.models import NextReadiness
from plut_api.kit.merging import Merge, Of, merging, moves, stays

moves("readiness_changes.actor_id", of=Of.actors)
stays("readiness_due.actor_id", of=Of.actors, why="a merged business is passed over; its survivor is judged at once")


@merging(of=Of.actors, columns=("readiness_next.actor_id",), order=121)
async def forget_what_is_coming(merge: Merge) -> None:
    """What coming rules say of the merged one goes; the survivor was judged by them as it was joined."""
    gone = delete(NextReadiness).where(NextReadiness.actor_id == merge.merged)
    await merge.db.execute(gone.execution_options(synchronize_session=False))
