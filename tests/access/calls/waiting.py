"""Waiting lists, and one's own schedule."""

from datetime import timedelta

from plut_api.kit import clock
from plut_api.kit.database import unit_of_work
from plut_api.programs import seats
from plut_api.programs.waiting.models import WaitingEntry, WaitingState
from tests.access.calls.call import Call, is_person, prepared
from tests.access.rows import Side
from tests.access.world import World


@prepared
async def get_waiting_rule(world: World, side: Side, who: str) -> Call:
    return Call()


@prepared
async def join_waiting_list(world: World, side: Side, who: str) -> Call:
    program = await world.make.program(seats=1)
    await world.make.enrolment(program)
    if is_person(who):
        return Call(path={"program_id": program.id}, body={})
    return Call(path={"program_id": program.id}, body={"person_id": str(side.person.id)}, about=side.person.id)


@prepared
async def list_waiting_entries(world: World, side: Side, who: str) -> Call:
    return Call(path={"program_id": side.id("waited_program")}, about=side.id("waited_program"))


@prepared
async def list_my_waiting_entries(world: World, side: Side, who: str) -> Call:
    return Call(query={"limit": 200})


@prepared
async def list_my_schedule(world: World, side: Side, who: str) -> Call:
    return Call(query={"limit": 200})


@prepared
async def get_waiting_entry(world: World, side: Side, who: str) -> Call:
    return Call(path={"entry_id": side.id("waiting_entry")}, about=side.id("waiting_entry"))


@prepared
async def accept_waiting_offer(world: World, side: Side, who: str) -> Call:
    return await _offered(world, side)


@prepared
async def decline_waiting_offer(world: World, side: Side, who: str) -> Call:
    return await _offered(world, side)


@prepared
async def leave_waiting_list(world: World, side: Side, who: str) -> Call:
    return await _offered(world, side)


async def _offered(world: World, side: Side) -> Call:
    """A seat is held for the side's person."""
    program = await world.make.program(side.opd, seats=1)
    entry = WaitingEntry(
        program_id=program.id,
        person_id=side.person.id,
        asked_by=side.person.account_id,
        state=WaitingState.offered,
        offered_at=clock.now(),
        offer_expires_at=clock.now() + timedelta(hours=1),
    )
    async with unit_of_work(world.sessions) as db:
        db.add(entry)
        await seats.count(db, program.id, {None: 1})
    return Call(path={"entry_id": entry.id}, about=entry.id)
