"""Pairs that may be the same, and checks before something is saved."""

from typing import Any

from plut_api.actors.duplicates.models import DuplicatePair
from tests.access.calls.call import Call, prepared
from tests.access.rows import Side, suspicion
from tests.access.world import World


@prepared
async def check_person_duplicates(world: World, side: Side, who: str) -> Call:
    return Call(body={"full_name": side.markers["name"].upper(), "nik": side.markers["nik"]})


@prepared
async def check_actor_duplicates(world: World, side: Side, who: str) -> Call:
    return Call(body={"name": f"UD {side.markers['business']}", "village_code": side.actor.village_code})


@prepared
async def list_duplicates(world: World, side: Side, who: str) -> Call:
    return Call(query={"limit": 200})


@prepared
async def get_duplicate(world: World, side: Side, who: str) -> Call:
    return Call(path={"duplicate_id": side.id("duplicate")}, about=side.id("duplicate"))


@prepared
async def dismiss_duplicate(world: World, side: Side, who: str) -> Call:
    pair, _ = await _newcomers(world)
    call = Call(path={"duplicate_id": pair.id}, body={"note": "Dua orang."}, about=pair.id)
    call.headers = {"If-Match": '"1"'}
    return call


@prepared
async def merge_duplicate(world: World, side: Side, who: str) -> Call:
    pair, survivor = await _newcomers(world)
    call = Call(path={"duplicate_id": pair.id}, body={"survivor_id": str(survivor.id)}, about=pair.id)
    call.headers = {"If-Match": '"1"'}
    return call


async def _newcomers(world: World) -> tuple[DuplicatePair, Any]:
    """Two people of neither side, suspected to be one."""
    one, other = await world.make.person(), await world.make.person()
    return await world.add(suspicion(one, other)), one
