"""Readiness, the ready list, referrals; imports."""

from typing import Any

from plut_api.financing.models import Readiness
from plut_api.kit import clock
from plut_api.kit.database import unit_of_work
from tests.access.calls.call import Call, etag, prepared
from tests.access.rows import Side
from tests.access.world import World

CSV = b"name,village_code,legal_number,established_on,member_count\n"


@prepared
async def get_readiness(world: World, side: Side, who: str) -> Call:
    return Call(path={"actor_id": side.actor.id}, about=side.actor.id)


@prepared
async def confirm_readiness(world: World, side: Side, who: str) -> Call:
    return Call(path={"actor_id": side.actor.id}, body={"note": "Berkas lengkap."}, about=side.actor.id)


@prepared
async def withdraw_readiness_confirmation(world: World, side: Side, who: str) -> Call:
    actor = await world.make.actor(side.person)
    async with unit_of_work(world.sessions) as db:
        confirmed: dict[str, Any] = {"confirmed_at": clock.now(), "confirmed_by": side.consultant.id}
        kept = await db.get_one(Readiness, side.actor.id)
        values = {name: getattr(kept, name) for name in Readiness.__table__.c.keys() if name != "actor_id"}  # noqa: SIM118
        db.add(Readiness(actor_id=actor.id, **values | confirmed))
    return Call(path={"actor_id": actor.id}, body={"reason": "Ada berkas baru."}, about=actor.id)


@prepared
async def list_ready_businesses(world: World, side: Side, who: str) -> Call:
    return Call()


@prepared
async def list_referrals(world: World, side: Side, who: str) -> Call:
    return Call(query={"limit": 200})


@prepared
async def create_referral(world: World, side: Side, who: str) -> Call:
    bank = await world.make.bank()
    await world.make.consent(side.actor, bank, given_by=side.person.account_id)
    # A draft: another of its scheme lies with a bank already.
    asked = {"amount_idr": 10_000_000, "tenor_months": 12, "purpose": "Bahan baku", "submit": False}
    return Call(body={"actor_id": str(side.actor.id), "bank_id": str(bank.id)} | asked, about=side.actor.id)


@prepared
async def get_referral(world: World, side: Side, who: str) -> Call:
    return Call(path={"referral_id": side.id("referral")}, about=side.id("referral"))


@prepared
async def list_referral_transitions(world: World, side: Side, who: str) -> Call:
    return Call(path={"referral_id": side.id("referral")}, about=side.id("referral"))


@prepared
async def move_referral(world: World, side: Side, who: str) -> Call:
    referral = await world.referral(side, await world.make.actor(side.person))
    body = {"to": "received" if who.startswith("bank") else "withdrawn"}
    return Call(path={"referral_id": referral.id}, body=body, headers=await etag(world, referral), about=referral.id)


@prepared
async def list_imports(world: World, side: Side, who: str) -> Call:
    return Call()


@prepared
async def create_import(world: World, side: Side, who: str) -> Call:
    return Call(query={"kind": "cooperatives", "mode": "validate"}, files={"file": ("contoh.csv", CSV, "text/csv")})


@prepared
async def get_import(world: World, side: Side, who: str) -> Call:
    return Call(path={"import_id": side.id("import")}, about=side.id("import"))


@prepared
async def list_import_faults(world: World, side: Side, who: str) -> Call:
    return Call(path={"import_id": side.id("import")}, about=side.id("import"))
