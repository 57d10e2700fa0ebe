"""Agreements with partners, their commitments, sponsors of programmes."""

from datetime import timedelta
from typing import Any

from plut_api.kit import clock
from plut_api.organizations.agreements.models import AgreementState
from plut_api.organizations.models import OrganizationKind
from tests.access.calls.call import Call, etag, prepared
from tests.access.of_partners import sponsoring
from tests.access.rows import Side
from tests.access.world import World
from tests.organizations.agreements import papers


def _agreement(side: Side) -> Call:
    return Call(path={"agreement_id": side.id("agreement")}, about=side.id("agreement"))


async def _fresh(world: World, side: Side, state: AgreementState = AgreementState.draft) -> Any:
    paper = await world.make.paper(world.dinas)
    return await papers.agreement(world.make, side.bank, state=state, paper_file_id=paper.id)


async def _moved(world: World, side: Side, state: AgreementState = AgreementState.active) -> Call:
    fresh = await _fresh(world, side, state)
    return Call(path={"agreement_id": fresh.id}, body={"reason": "Sesuai kesepakatan."}, about=fresh.id)


async def _commitment(world: World, side: Side) -> Any:
    return await papers.commitment(world.make, await _fresh(world, side))


@prepared
async def list_agreements(world: World, side: Side, who: str) -> Call:
    return Call(query={"limit": 200})


@prepared
async def create_agreement(world: World, side: Side, who: str) -> Call:
    return Call(body=papers.draft(await world.make.organization(OrganizationKind.private)))


@prepared
async def get_agreement(world: World, side: Side, who: str) -> Call:
    return _agreement(side)


@prepared
async def change_agreement(world: World, side: Side, who: str) -> Call:
    fresh = await _fresh(world, side)
    path = {"agreement_id": fresh.id}
    return Call(path=path, body={"title": "Judul baru"}, headers=await etag(world, fresh), about=fresh.id)


@prepared
async def activate_agreement(world: World, side: Side, who: str) -> Call:
    return await _moved(world, side, AgreementState.draft)


@prepared
async def end_agreement(world: World, side: Side, who: str) -> Call:
    return await _moved(world, side)


@prepared
async def terminate_agreement(world: World, side: Side, who: str) -> Call:
    return await _moved(world, side)


@prepared
async def list_agreement_transitions(world: World, side: Side, who: str) -> Call:
    return _agreement(side)


@prepared
async def list_agreement_commitments(world: World, side: Side, who: str) -> Call:
    return _agreement(side)


@prepared
async def list_agreement_progress(world: World, side: Side, who: str) -> Call:
    return _agreement(side)


@prepared
async def create_commitment(world: World, side: Side, who: str) -> Call:
    fresh = await _fresh(world, side)
    body = {"kind": "seats", "seats": 5, "due_on": (clock.today() + timedelta(days=9)).isoformat()}
    return Call(path={"agreement_id": fresh.id}, body=body, about=fresh.id)


@prepared
async def get_commitment(world: World, side: Side, who: str) -> Call:
    return Call(path={"commitment_id": side.id("commitment")}, about=side.id("commitment"))


@prepared
async def change_commitment(world: World, side: Side, who: str) -> Call:
    fresh = await _commitment(world, side)
    path = {"commitment_id": fresh.id}
    return Call(path=path, body={"seats": 9}, headers=await etag(world, fresh), about=fresh.id)


@prepared
async def remove_commitment(world: World, side: Side, who: str) -> Call:
    fresh = await _commitment(world, side)
    return Call(path={"commitment_id": fresh.id}, headers=await etag(world, fresh), about=fresh.id)


@prepared
async def list_commitments(world: World, side: Side, who: str) -> Call:
    return Call(query={"limit": 200})


@prepared
async def create_sponsor(world: World, side: Side, who: str) -> Call:
    program = await world.make.program(side.opd)
    fresh = await papers.commitment(world.make, await _fresh(world, side, AgreementState.active))
    return Call(path={"program_id": program.id}, body={"commitment_id": str(fresh.id), "seats": 5}, about=program.id)


@prepared
async def list_sponsors(world: World, side: Side, who: str) -> Call:
    return Call(path={"program_id": side.id("program")}, about=side.id("program"))


@prepared
async def remove_sponsor(world: World, side: Side, who: str) -> Call:
    program = await world.make.program(side.opd)
    row = sponsoring(side, side.id("commitment"), program.id)
    await world.make.add(row)
    return Call(path={"program_id": program.id, "sponsor_id": row.id}, about=program.id)
