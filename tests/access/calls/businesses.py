"""Businesses, their figures, consents, and who saw them."""

import itertools

from tests.access.calls.call import Call, etag, is_person, prepared
from tests.access.rows import Side
from tests.access.world import World

_NUMBERS = itertools.count(1)


def _about(side: Side) -> Call:
    return Call(path={"actor_id": side.actor.id}, about=side.actor.id)


@prepared
async def list_actors(world: World, side: Side, who: str) -> Call:
    return Call()


@prepared
async def create_actor(world: World, side: Side, who: str) -> Call:
    body = {"name": f"Warung Baru {next(_NUMBERS)}", "village_code": world.village()}
    if is_person(who):
        return Call(body=body)
    return Call(body=body | {"owner_id": str(side.person.id)}, about=side.person.id)


@prepared
async def get_actor(world: World, side: Side, who: str) -> Call:
    return _about(side)


@prepared
async def change_actor(world: World, side: Side, who: str) -> Call:
    call = _about(side)
    call.body, call.headers = {"legal_form": "individual"}, await etag(world, side.actor)
    return call


@prepared
async def get_owners(world: World, side: Side, who: str) -> Call:
    return _about(side)


@prepared
async def list_annual_figures(world: World, side: Side, who: str) -> Call:
    return _about(side)


@prepared
async def record_annual_figures(world: World, side: Side, who: str) -> Call:
    call = _about(side)
    call.body = {"year": 2021, "sales_idr": 11_000_000}
    return call


@prepared
async def list_consents(world: World, side: Side, who: str) -> Call:
    return _about(side)


@prepared
async def give_consent(world: World, side: Side, who: str) -> Call:
    bank, call = await world.make.bank(), _about(side)
    call.body = {"organization_id": str(bank.id), "text_version": "1"}
    if not is_person(who):
        paper = {"paper_reference": "files/persetujuan.pdf", "paper_sha256": "ab" * 32}
        call.body |= {"channel": "paper", "signed_by": str(side.person.id)} | paper
    return call


@prepared
async def get_one_consent(world: World, side: Side, who: str) -> Call:
    return Call(path={"actor_id": side.actor.id, "consent_id": side.id("consent")}, about=side.id("consent"))


@prepared
async def withdraw_consent(world: World, side: Side, who: str) -> Call:
    consent = await world.make.consent(side.actor, await world.make.bank(), given_by=side.person.account_id)
    return Call(
        path={"actor_id": side.actor.id, "consent_id": consent.id}, headers={"If-Match": '"1"'}, about=consent.id
    )


@prepared
async def list_disclosures(world: World, side: Side, who: str) -> Call:
    return _about(side)
