"""What some businesses of the sample make, hold and sell at, and who owns them together. Everything is invented."""

import random
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.models import Actor, ChannelKind, OwnerRole, Ownership, owns
from plut_api.actors.schemas.certifications import CertificationCreate
from plut_api.actors.schemas.channels import ChannelCreate
from plut_api.actors.schemas.owners import OwnerCreate
from plut_api.actors.schemas.products import ProductCreate
from plut_api.actors.service.certifications import add_certification, verify_certification
from plut_api.actors.service.channels import add_channel
from plut_api.actors.service.owners import add_owner
from plut_api.actors.service.products import add_product
from plut_api.kit import clock
from plut_api.kit.caller import Caller

TRADING = 120
"""Businesses with products."""
CATEGORIES = {
    "10": "preserved_food",
    "11": "drink",
    "13": "weaving",
    "14": "fashion",
    "16": "basketry_wood",
    "20": "cosmetics",
    "23": "pottery",
    "31": "furniture",
    "47": "trade",
    "56": "cooked_food",
}


async def trade(db: AsyncSession, dinas: Caller, chance: random.Random) -> str:
    """Products for some businesses, certificates and channels for part of them; how many, in words."""
    chosen = select(Actor).where(Actor.nib_index.is_not(None)).order_by(Actor.row_key, Actor.id).limit(TRADING)
    actors = list(await db.scalars(chosen))
    certificates = 0
    for number, actor in enumerate(actors):
        category = CATEGORIES.get((actor.kbli_code or "")[:2], "other")
        for size, price in (("kecil", 15_000), ("besar", 40_000))[: 1 + number % 2]:
            given = ProductCreate(
                name=f"{actor.name} {size}",
                category=category,
                description="Produk contoh.",
                unit="kemasan",
                price_idr=price + 1_000 * chance.randrange(10),
            )
            await add_product(db, dinas, actor.id, given)
        await _sell(db, dinas, actor, number)
        if category in ("preserved_food", "drink", "cooked_food") and number % 3 == 0:
            await _permit(db, dinas, actor, number)
            certificates += 1
    joint = await _join(db, dinas, actors)
    return f"{len(actors)} businesses with products, {certificates} with a food permit, {joint} with two owners"


async def _permit(db: AsyncSession, dinas: Caller, actor: Actor, number: int) -> None:
    """A food permit that ends between this month and some years on; every other one was compared by staff."""
    issued_on = clock.today() - timedelta(days=1826 - 30 - 41 * (number % 40))
    given = CertificationCreate(kind="pirt", number=f"2065271{number:08d}", issued_on=issued_on)
    permit = await add_certification(db, dinas, actor.id, given)
    if number % 2:
        await verify_certification(db, dinas, actor.id, permit.id)


async def _sell(db: AsyncSession, dinas: Caller, actor: Actor, number: int) -> None:
    kinds = (ChannelKind.market, ChannelKind.marketplace, ChannelKind.cooperative_outlet, ChannelKind.social)
    kind = kinds[number % len(kinds)]
    url = f"https://toko.contoh.example/{number}" if kind is ChannelKind.marketplace else None
    await add_channel(db, dinas, actor.id, ChannelCreate(kind=kind, name=f"Tempat jualan contoh {number}", url=url))


async def _join(db: AsyncSession, dinas: Caller, actors: list[Actor]) -> int:
    """Every tenth business gets the owner of the next one as a second owner with a third of it."""
    pairs = list(zip(actors[::10], actors[1::10], strict=False))
    for actor, neighbour in pairs:
        person_id = await db.scalar(select(Ownership.person_id).where(Ownership.actor_id == neighbour.id, owns()))
        present = select(Ownership.id).where(Ownership.actor_id == actor.id, Ownership.person_id == person_id)
        if await db.scalar(present) is None:
            given = OwnerCreate(person_id=person_id, role=OwnerRole.owner, share_percent=33.33)
            await add_owner(db, dinas, actor.id, given)
    return len(pairs)
