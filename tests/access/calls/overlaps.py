"""What resembles what among programmes, what is decided about it, and what was merged."""

from datetime import timedelta

from plut_api.kit import clock
from plut_api.programs.models import ProgramState
from tests.access.calls.call import Call, prepared
from tests.access.of_overlaps import finding
from tests.access.rows import Side
from tests.access.world import World


@prepared
async def check_overlaps(world: World, side: Side, who: str) -> Call:
    first = (clock.today() + timedelta(days=14)).isoformat()
    draft = {"title": "Kemasan yang laku", "aim": "Peserta mampu mengemas.", "topics": ["product.packaging"]}
    return Call(body={"draft": draft | {"starts_on": first, "ends_on": first}})


@prepared
async def list_overlaps(world: World, side: Side, who: str) -> Call:
    return Call(path={"program_id": side.id("program")}, about=side.id("program"))


@prepared
async def resolve_overlap(world: World, side: Side, who: str) -> Call:
    program, other = [await world.make.program(side.opd, state=ProgramState.submitted) for _ in range(2)]
    row = await world.add(finding(program, other))
    body = {"kind": "differentiate", "reason": "Sasarannya berbeda."}
    return Call(path={"program_id": program.id, "overlap_id": row.id}, body=body, about=row.id)


@prepared
async def list_program_merges(world: World, side: Side, who: str) -> Call:
    return Call(path={"program_id": side.id("program")}, about=side.id("program"))
