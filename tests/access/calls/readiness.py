"""The history of readiness, runs over all, and what other rules would change."""

from tests.access.calls.call import Call, prepared
from tests.access.rows import Side
from tests.access.world import World


@prepared
async def list_readiness_changes(world: World, side: Side, who: str) -> Call:
    return Call(path={"actor_id": side.actor.id}, about=side.actor.id)


@prepared
async def list_cooperative_readiness_changes(world: World, side: Side, who: str) -> Call:
    return Call(path={"cooperative_id": side.cooperative.id}, about=side.cooperative.id)


@prepared
async def list_generations(world: World, side: Side, who: str) -> Call:
    return Call()


@prepared
async def get_rule_set_diff(world: World, side: Side, who: str) -> Call:
    return Call(path={"old": "umkm-v0", "new": "umkm-v1"})
