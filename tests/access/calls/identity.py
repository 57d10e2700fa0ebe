"""Codes, tokens and the own account; organizations."""

import itertools

from tests.access.calls.call import Call, etag, prepared
from tests.access.rows import Side
from tests.access.world import World
from tests.factories import CLIENT_SECRET

_NUMBERS = itertools.count(1)


@prepared
async def request_code(world: World, side: Side, who: str) -> Call:
    return Call(body={"phone": f"+62866{next(_NUMBERS):08d}"})


@prepared
async def create_token(world: World, side: Side, who: str) -> Call:
    return Call(form=_machine(world) | {"grant_type": "client_credentials"})


@prepared
async def introspect_token(world: World, side: Side, who: str) -> Call:
    return Call(form=_machine(world) | {"token": "a.b.c"})


@prepared
async def revoke_token(world: World, side: Side, who: str) -> Call:
    return Call(form={"token": "a-token-that-nobody-holds"})


@prepared
async def get_me(world: World, side: Side, who: str) -> Call:
    return Call()


@prepared
async def change_me(world: World, side: Side, who: str) -> Call:
    caller, _ = await world.newcomer()
    return Call(body={"language": "en"}, headers={"If-Match": '"1"'}, who=caller if who.startswith("person") else None)


@prepared
async def create_organization(world: World, side: Side, who: str) -> Call:
    number = next(_NUMBERS)
    return Call(body={"code": f"CONTOH_{number}", "name": f"Dinas Contoh {number}", "kind": "opd"})


@prepared
async def change_organization(world: World, side: Side, who: str) -> Call:
    return Call(path={"organization_id": side.bank.id}, body={"is_sharia": True}, headers=await etag(world, side.bank))


def _machine(world: World) -> dict[str, str]:
    return {"client_id": str(world.machine.id), "client_secret": CLIENT_SECRET}
