"""Merges of people and of businesses."""

from typing import Any

from tests.access.calls.call import Call, prepared
from tests.access.rows import Side
from tests.access.world import World


@prepared
async def preview_person_merge(world: World, side: Side, who: str) -> Call:
    other = await world.make.person(disabilities=[side.markers["disability"]])
    return Call(path={"person_id": side.person.id}, body={"merged_id": str(other.id)}, about=side.person.id)


@prepared
async def preview_actor_merge(world: World, side: Side, who: str) -> Call:
    other = await world.make.actor(address="Jl. Contoh 9", legal_form="cv")
    return Call(path={"actor_id": side.actor.id}, body={"merged_id": str(other.id)}, about=side.actor.id)


@prepared
async def merge_people(world: World, side: Side, who: str) -> Call:
    one, other = await world.make.person(), await world.make.person()
    return await _merge(world, "people", "person_id", one, other)


@prepared
async def merge_actors(world: World, side: Side, who: str) -> Call:
    one, other = await world.make.actor(), await world.make.actor()
    return await _merge(world, "actors", "actor_id", one, other)


@prepared
async def list_merges(world: World, side: Side, who: str) -> Call:
    return Call(query={"limit": 200})


@prepared
async def get_merge(world: World, side: Side, who: str) -> Call:
    return Call(path={"merge_id": side.id("merge")}, about=side.id("merge"))


@prepared
async def undo_merge(world: World, side: Side, who: str) -> Call:
    one, other = await world.make.person(), await world.make.person()
    call = await _merge(world, "people", "person_id", one, other)
    done = await world.api.as_(world.dinas).post(f"/v1/people/{one.id}/merge", **(call.body or {}))
    return Call(path={"merge_id": done.json()["id"]}, about=None)


async def _merge(world: World, kind: str, parameter: str, one: Any, other: Any) -> Call:
    path = f"/v1/{kind}/{one.id}/merge-preview"
    looked = await world.api.as_(world.dinas).post(path, merged_id=str(other.id))
    body = {"merged_id": str(other.id), "preview_token": looked.json()["preview_token"]}
    return Call(path={parameter: one.id}, body=body, about=one.id)
