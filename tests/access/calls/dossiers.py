"""Dossiers of referrals."""

from sqlalchemy import select

from plut_api.financing.dossiers.models import Dossier
from plut_api.financing.dossiers.service import freeze
from plut_api.financing.models import Referral
from plut_api.kit.database import unit_of_work
from tests.access.calls.call import Call, prepared
from tests.access.rows import Side
from tests.access.world import World


@prepared
async def get_referral_dossier(world: World, side: Side, who: str) -> Call:
    await _frozen(world, side)
    return Call(path={"referral_id": side.id("referral")}, about=side.id("referral"))


@prepared
async def check_dossier(world: World, side: Side, who: str) -> Call:
    return Call(path={"code": await _frozen(world, side)})


async def _frozen(world: World, side: Side) -> str:
    async with unit_of_work(world.sessions) as db:
        await freeze(db, await db.get_one(Referral, side.id("referral")))
        query = select(Dossier.code).where(Dossier.referral_id == side.id("referral"))
        return str(await db.scalar(query))
