"""Searching people and businesses at once, exact look-ups of businesses, what waits for staff, and reports."""

from tests.access.calls.call import Call, prepared
from tests.access.rows import Side
from tests.access.world import World


@prepared
async def search_registry(world: World, side: Side, who: str) -> Call:
    return Call(body={"q": side.markers["nik"]})


@prepared
async def search_actors(world: World, side: Side, who: str) -> Call:
    return Call(body={"nib": side.markers["nib"]})


@prepared
async def list_work(world: World, side: Side, who: str) -> Call:
    return Call(query={"limit": 200} if who.startswith("consultant") else {"kind": "person.unassigned", "limit": 200})


@prepared
async def get_work_summary(world: World, side: Side, who: str) -> Call:
    return Call()


@prepared
async def get_outcome_report(world: World, side: Side, who: str) -> Call:
    return Call(query={"by": "program"})


@prepared
async def list_report_participants(world: World, side: Side, who: str) -> Call:
    return Call(query={"limit": 200, "to": "2099-12-31"})
