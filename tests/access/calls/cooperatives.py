"""The register of cooperatives and those who keep them."""

import itertools
from typing import Any

from tests.access.calls.call import Call, etag, prepared
from tests.access.rows import Side
from tests.access.world import World

_NUMBERS = itertools.count(1)
CODE = "K7QF3MWP2A"


def _about(side: Side) -> Call:
    return Call(path={"cooperative_id": side.cooperative.id}, about=side.cooperative.id)


@prepared
async def create_cooperative(world: World, side: Side, who: str) -> Call:
    number = next(_NUMBERS)
    code = world.village()
    body = {"name": await world.cooperative_name(code), "village_code": code, "member_count": 40}
    legal = f"AHU-{900_000 + number:07d}.AH.01.29.TAHUN 2025"
    return Call(body=body | {"legal_number": legal, "established_on": "2025-06-02"})


@prepared
async def get_cooperative(world: World, side: Side, who: str) -> Call:
    return _about(side)


@prepared
async def change_cooperative(world: World, side: Side, who: str) -> Call:
    call = _about(side)
    call.body, call.headers = {"member_count": 41}, await etag(world, side.cooperative)
    return call


@prepared
async def get_cooperative_contact(world: World, side: Side, who: str) -> Call:
    return _about(side)


@prepared
async def change_cooperative_contact(world: World, side: Side, who: str) -> Call:
    call = _about(side)
    call.body, call.headers = {"address": "Jalan Contoh 1"}, await etag(world, side.cooperative)
    return call


@prepared
async def list_cooperative_managers(world: World, side: Side, who: str) -> Call:
    return _about(side)


@prepared
async def get_cooperative_manager(world: World, side: Side, who: str) -> Call:
    path = {"cooperative_id": side.cooperative.id, "manager_id": side.id("manager")}
    return Call(path=path, about=side.id("manager"))


@prepared
async def end_cooperative_manager(world: World, side: Side, who: str) -> Call:
    cooperative = await world.make.cooperative(village_code=world.village())
    manager = await world.make.manager(cooperative, side.keeper)
    path = {"cooperative_id": cooperative.id, "manager_id": manager.id}
    return Call(path=path, headers=await etag(world, manager), about=manager.id)


@prepared
async def list_cooperative_invitations(world: World, side: Side, who: str) -> Call:
    invited = side.rows["invitation"].cooperative_id  # type: ignore[attr-defined]
    return Call(path={"cooperative_id": invited}, about=invited)


@prepared
async def invite_cooperative_manager(world: World, side: Side, who: str) -> Call:
    call = _about(side)
    call.body = {"phone": "+6281277770009", "role_in_board": "treasurer"}
    return call


@prepared
async def get_cooperative_invitation(world: World, side: Side, who: str) -> Call:
    invited = side.rows["invitation"].cooperative_id  # type: ignore[attr-defined]
    return Call(path={"cooperative_id": invited, "invitation_id": side.id("invitation")}, about=side.id("invitation"))


@prepared
async def withdraw_cooperative_invitation(world: World, side: Side, who: str) -> Call:
    invitation = await world.invitation(side, await world.make.cooperative(village_code=world.village()))
    path = {"cooperative_id": invitation.cooperative_id, "invitation_id": invitation.id}
    return Call(path=path, headers=await etag(world, invitation), about=invitation.id)


@prepared
async def list_my_cooperative_invitations(world: World, side: Side, who: str) -> Call:
    return Call(query={"limit": 200})


@prepared
async def accept_cooperative_invitation(world: World, side: Side, who: str) -> Call:
    invitation = await world.invitation(side, await world.make.cooperative(village_code=world.village()), CODE)
    return Call(path={"invitation_id": invitation.id}, body={"code": CODE}, about=invitation.id)


@prepared
async def give_cooperative_consent(world: World, side: Side, who: str) -> Call:
    call = _about(side)
    call.body = {"organization_id": str((await world.make.bank()).id), "text_version": "1"}
    return call


@prepared
async def list_cooperative_consents(world: World, side: Side, who: str) -> Call:
    return _about(side)


@prepared
async def get_cooperative_consent(world: World, side: Side, who: str) -> Call:
    return _consent(side, side.rows["cooperative_consent"])


@prepared
async def confirm_cooperative_consent(world: World, side: Side, who: str) -> Call:
    return _consent(side, await world.cooperative_consent(side, await world.make.bank()))


@prepared
async def withdraw_cooperative_consent(world: World, side: Side, who: str) -> Call:
    call = _consent(side, await world.cooperative_consent(side, await world.make.bank()))
    call.headers = {"If-Match": '"1"'}
    return call


def _consent(side: Side, consent: Any) -> Call:
    return Call(path={"cooperative_id": side.cooperative.id, "consent_id": consent.id}, about=consent.id)
