"""What programmes are described by, their quota, their co-hosts, and what they ask of people."""

from plut_api.programs.models import FundSource, ProgramHost
from tests.access.calls.call import Call, prepared
from tests.access.rows import Side
from tests.access.world import World


@prepared
async def get_topics(world: World, side: Side, who: str) -> Call:
    return Call()


@prepared
async def get_fund_sources(world: World, side: Side, who: str) -> Call:
    return Call()


@prepared
async def change_quota(world: World, side: Side, who: str) -> Call:
    program = await world.make.program(side.opd)
    return Call(path={"program_id": program.id}, body={"seats": 40}, about=program.id)


@prepared
async def get_requirements(world: World, side: Side, who: str) -> Call:
    program = await world.make.program(fund_source=FundSource.dak_nonfisik, required_documents=["nib"])
    return Call(path={"program_id": program.id}, query={"person": str(side.person.id)})


@prepared
async def list_program_hosts(world: World, side: Side, who: str) -> Call:
    return Call(path={"program_id": side.id("program")}, about=side.id("program"))


@prepared
async def invite_program_host(world: World, side: Side, who: str) -> Call:
    program, guest = await world.make.program(side.opd), await world.make.organization()
    return Call(path={"program_id": program.id}, body={"organization_id": str(guest.id)}, about=program.id)


@prepared
async def accept_program_host(world: World, side: Side, who: str) -> Call:
    return await _invited(world, side)


@prepared
async def remove_program_host(world: World, side: Side, who: str) -> Call:
    return await _invited(world, side)


async def _invited(world: World, side: Side) -> Call:
    program = await world.make.program()
    await world.add(ProgramHost(program_id=program.id, organization_id=side.opd.id, added_by=world.dinas.id))
    return Call(path={"program_id": program.id, "organization_id": side.opd.id}, about=side.opd.id)
