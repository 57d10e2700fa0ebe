"""The size of a business when two of them are one: both histories stand side by side, and the class follows anew."""

from plut_api.actors.models import SizeCause
from plut_api.actors.size_changes import derive_sizes
from plut_api.kit.merging import Merge, Of, merging, moves
from plut_api.kit.parting import Parting, after_parting

moves("size_changes.actor_id", of=Of.actors)


@merging(of=Of.actors, order=110)
async def derive_survivor(merge: Merge) -> None:
    """Of the figures of both those decide that `deciding_figures` says; a change of class has the cause `merge`."""
    await derive_sizes(merge.db, [merge.survivor], SizeCause.merge, by=merge.caller)


@after_parting(Of.actors)
async def derive_both(parting: Parting) -> None:
    """Each has its own figures again."""
    await derive_sizes(parting.db, [parting.survivor, parting.merged], SizeCause.merge, by=parting.caller)
