"""Products of banks, schemes, facts, matching."""

from typing import Any

from plut_api.financing.products.models import Contract, PricingKind, Principle, ProductState
from tests.access.calls.call import Call, etag, prepared
from tests.access.rows import Side
from tests.access.world import World
from tests.financing.products.offering import murabahah, product_row

SHARIA = {"principle": Principle.sharia, "contract": Contract.murabahah, "pricing_kind": PricingKind.margin}
"""What any bank may offer, whatever another call made of it."""


async def _about(world: World, side: Side, state: ProductState, **given: Any) -> Call:
    fresh = await product_row(world.make, side.bank, state=state, **SHARIA)
    return Call(path={"product_id": fresh.id}, about=fresh.id, headers=await etag(world, fresh), **given)


@prepared
async def get_financing_schemes(world: World, side: Side, who: str) -> Call:
    return Call()


@prepared
async def get_financing_facts(world: World, side: Side, who: str) -> Call:
    return Call()


@prepared
async def list_financing_products(world: World, side: Side, who: str) -> Call:
    return Call(query={"limit": 200})


@prepared
async def get_financing_product(world: World, side: Side, who: str) -> Call:
    draft = side.id("draft_financing_product")
    return Call(path={"product_id": draft}, about=draft)


@prepared
async def create_financing_product(world: World, side: Side, who: str) -> Call:
    return Call(body=murabahah())


@prepared
async def change_financing_product(world: World, side: Side, who: str) -> Call:
    return await _about(world, side, ProductState.draft, body={"max_tenor_months": 24})


@prepared
async def delete_financing_product(world: World, side: Side, who: str) -> Call:
    return await _about(world, side, ProductState.draft)


@prepared
async def create_financing_product_edition(world: World, side: Side, who: str) -> Call:
    return await _about(world, side, ProductState.published)


@prepared
async def publish_financing_product(world: World, side: Side, who: str) -> Call:
    return await _about(world, side, ProductState.draft)


@prepared
async def pause_financing_product(world: World, side: Side, who: str) -> Call:
    return await _about(world, side, ProductState.published)


@prepared
async def resume_financing_product(world: World, side: Side, who: str) -> Call:
    return await _about(world, side, ProductState.paused)


@prepared
async def close_financing_product(world: World, side: Side, who: str) -> Call:
    return await _about(world, side, ProductState.published)


@prepared
async def match_financing_products(world: World, side: Side, who: str) -> Call:
    return Call(body={"actor_id": str(side.actor.id)}, about=side.actor.id)
