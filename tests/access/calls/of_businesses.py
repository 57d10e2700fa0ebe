"""Whose a business is, its status, what it makes, holds and sells at."""

import itertools
from typing import Any
from uuid import UUID

from sqlalchemy import select

from plut_api.actors.models import Actor, Ownership
from plut_api.kit.database import Model
from plut_api.kit.ids import new_id
from tests.access.calls.call import Call, etag, prepared
from tests.access.of_businesses import certification, channel, offer, product
from tests.access.rows import Side
from tests.access.world import World

_NUMBERS = itertools.count(100)


def _about(side: Side) -> Call:
    return Call(path={"actor_id": side.actor.id}, about=side.actor.id)


async def _fresh(world: World, side: Side, **given: Any) -> Actor:
    """Another business of the side's person, to be used up."""
    return await world.make.actor(side.person, **given)


async def _part(world: World, actor: Actor) -> Ownership:
    async with world.sessions() as db:
        return (await db.scalars(select(Ownership).where(Ownership.actor_id == actor.id))).one()


async def _one(world: World, actor_id: UUID, name: str, row: Model) -> Call:
    """A call about a row of a business, with its ETag."""
    row_id: UUID = row.id  # type: ignore[attr-defined]
    return Call(path={"actor_id": actor_id, name: row_id}, headers=await etag(world, row), about=row_id)


@prepared
async def get_status_reasons(world: World, side: Side, who: str) -> Call:
    return Call()


@prepared
async def get_product_categories(world: World, side: Side, who: str) -> Call:
    return Call()


@prepared
async def get_certification_kinds(world: World, side: Side, who: str) -> Call:
    return Call()


@prepared
async def create_owner(world: World, side: Side, who: str) -> Call:
    actor = await _fresh(world, side)
    body = {"phone": f"+62813{next(_NUMBERS):08d}", "share_percent": 10}
    return Call(path={"actor_id": actor.id}, body=body, about=actor.id)


@prepared
async def get_owner(world: World, side: Side, who: str) -> Call:
    return Call(path={"actor_id": side.actor.id, "ownership_id": side.id("ownership")}, about=side.id("ownership"))


@prepared
async def change_owner(world: World, side: Side, who: str) -> Call:
    actor = await _fresh(world, side)
    call = await _one(world, actor.id, "ownership_id", await _part(world, actor))
    call.body = {"share_percent": 60}
    return call


@prepared
async def end_owner(world: World, side: Side, who: str) -> Call:
    actor = await _fresh(world, side)
    part = await _part(world, actor)
    await world.add(Ownership(id=new_id(), actor_id=actor.id, person_id=(await world.make.person()).id))
    return Call(path={"actor_id": actor.id, "ownership_id": part.id}, body={}, about=part.id)


@prepared
async def list_my_ownerships(world: World, side: Side, who: str) -> Call:
    return Call(query={"limit": 200})


@prepared
async def accept_ownership(world: World, side: Side, who: str) -> Call:
    asked = await world.add(offer(side, (await world.make.actor()).id))
    return Call(path={"ownership_id": asked.id}, about=asked.id)


@prepared
async def decline_ownership(world: World, side: Side, who: str) -> Call:
    asked = await world.add(offer(side, (await world.make.actor()).id))
    return Call(path={"ownership_id": asked.id}, about=asked.id)


@prepared
async def pause_actor(world: World, side: Side, who: str) -> Call:
    actor = await _fresh(world, side)
    return Call(path={"actor_id": actor.id}, body={"reason_code": "season"}, about=actor.id)


@prepared
async def close_actor(world: World, side: Side, who: str) -> Call:
    actor = await _fresh(world, side)
    return Call(path={"actor_id": actor.id}, body={"reason_code": "insolvent"}, about=actor.id)


@prepared
async def reopen_actor(world: World, side: Side, who: str) -> Call:
    actor = await _fresh(world, side, status="dormant")
    return Call(path={"actor_id": actor.id}, body={"reason_code": "trading_again"}, about=actor.id)


@prepared
async def list_status_changes(world: World, side: Side, who: str) -> Call:
    return _about(side)


@prepared
async def list_legal_forms(world: World, side: Side, who: str) -> Call:
    return _about(side)


@prepared
async def verify_qris(world: World, side: Side, who: str) -> Call:
    actor = await _fresh(world, side, qris_nmid="ID1020012345678")
    return Call(path={"actor_id": actor.id}, body={"scanned_nmid": "ID1020012345678"}, about=actor.id)


@prepared
async def list_products(world: World, side: Side, who: str) -> Call:
    return _about(side)


@prepared
async def create_product(world: World, side: Side, who: str) -> Call:
    call = _about(side)
    call.body = {"name": "Kopi", "category": "coffee_tea"}
    return call


@prepared
async def get_product(world: World, side: Side, who: str) -> Call:
    return Call(path={"actor_id": side.actor.id, "product_id": side.id("product")}, about=side.id("product"))


@prepared
async def change_product(world: World, side: Side, who: str) -> Call:
    call = await _one(world, side.actor.id, "product_id", await world.add(product(side.actor)))
    call.body = {"price_idr": 5_000}
    return call


@prepared
async def remove_product(world: World, side: Side, who: str) -> Call:
    return await _one(world, side.actor.id, "product_id", await world.add(product(side.actor)))


@prepared
async def list_certifications(world: World, side: Side, who: str) -> Call:
    return Call(query={"limit": 200})


@prepared
async def list_actor_certifications(world: World, side: Side, who: str) -> Call:
    return _about(side)


@prepared
async def create_certification(world: World, side: Side, who: str) -> Call:
    call = _about(side)
    call.body = {"kind": "pirt", "number": _number(), "issued_on": "2025-01-05"}
    return call


@prepared
async def get_certification(world: World, side: Side, who: str) -> Call:
    path = {"actor_id": side.actor.id, "certification_id": side.id("certification")}
    return Call(path=path, about=side.id("certification"))


@prepared
async def change_certification(world: World, side: Side, who: str) -> Call:
    call = await _certificate(world, side)
    call.body = {"number": _number()}
    return call


@prepared
async def verify_certification(world: World, side: Side, who: str) -> Call:
    return await _certificate(world, side)


@prepared
async def remove_certification(world: World, side: Side, who: str) -> Call:
    return await _certificate(world, side)


@prepared
async def list_sales_channels(world: World, side: Side, who: str) -> Call:
    return _about(side)


@prepared
async def create_sales_channel(world: World, side: Side, who: str) -> Call:
    call = _about(side)
    call.body = {"kind": "market", "name": "Pasar"}
    return call


@prepared
async def get_sales_channel(world: World, side: Side, who: str) -> Call:
    return Call(path={"actor_id": side.actor.id, "channel_id": side.id("channel")}, about=side.id("channel"))


@prepared
async def change_sales_channel(world: World, side: Side, who: str) -> Call:
    call = await _one(world, side.actor.id, "channel_id", await world.add(channel(side.actor)))
    call.body = {"name": "Pasar Mandalika"}
    return call


@prepared
async def end_sales_channel(world: World, side: Side, who: str) -> Call:
    return await _one(world, side.actor.id, "channel_id", await world.add(channel(side.actor)))


async def _certificate(world: World, side: Side) -> Call:
    row = await world.add(certification(side.actor, _number()))
    return await _one(world, side.actor.id, "certification_id", row)


def _number() -> str:
    return f"2065271{next(_NUMBERS):08d}"
