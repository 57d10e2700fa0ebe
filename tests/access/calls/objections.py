"""Objections to results of readiness."""

from typing import Any

from plut_api.kit import clock
from tests.access.calls.call import Call, prepared
from tests.access.of_objections import objection
from tests.access.rows import Side
from tests.access.world import World

REASON = "Data yang dibaca keliru."


@prepared
async def create_readiness_objection(world: World, side: Side, who: str) -> Call:
    actor = await world.make.actor(side.person)
    return Call(path={"actor_id": actor.id}, body={"rule": "U-G03", "reason": REASON}, about=actor.id)


@prepared
async def create_cooperative_readiness_objection(world: World, side: Side, who: str) -> Call:
    cooperative = await world.make.cooperative(village_code=world.village())
    await world.make.manager(cooperative, side.keeper)
    path = {"cooperative_id": cooperative.id}
    return Call(path=path, body={"rule": "C-G01", "reason": REASON}, about=cooperative.id)


@prepared
async def list_business_objections(world: World, side: Side, who: str) -> Call:
    return Call(path={"actor_id": side.actor.id}, about=side.actor.id)


@prepared
async def list_cooperative_objections(world: World, side: Side, who: str) -> Call:
    return Call(path={"cooperative_id": side.cooperative.id}, about=side.cooperative.id)


@prepared
async def list_readiness_objections(world: World, side: Side, who: str) -> Call:
    return Call(query={"limit": 200})


@prepared
async def get_readiness_objection(world: World, side: Side, who: str) -> Call:
    return Call(path={"objection_id": side.id("objection")}, about=side.id("objection"))


@prepared
async def uphold_readiness_objection(world: World, side: Side, who: str) -> Call:
    return await _fresh(world, side, {"fact": "has_nib"})


@prepared
async def dismiss_readiness_objection(world: World, side: Side, who: str) -> Call:
    return await _fresh(world, side, {"answer": "NIB itu milik usaha lain."})


@prepared
async def withdraw_readiness_objection(world: World, side: Side, who: str) -> Call:
    return await _fresh(world, side, None)


@prepared
async def correct_readiness_objection(world: World, side: Side, who: str) -> Call:
    answered = {"state": "upheld", "fact": "has_nib", "ended_at": clock.now(), "answered_by": side.consultant.id}
    return await _fresh(world, side, None, **answered)


async def _fresh(world: World, side: Side, body: dict[str, Any] | None, **given: Any) -> Call:
    row = await objection(world, side, (await world.make.actor(side.person)).id, **given)
    return Call(path={"objection_id": row.id}, body=body, about=row.id)
