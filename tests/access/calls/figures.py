"""Yearly figures of businesses one by one, their size history, and their timeline."""

from tests.access.calls.call import Call, prepared
from tests.access.rows import Side
from tests.access.world import World


@prepared
async def get_annual_figures(world: World, side: Side, who: str) -> Call:
    figure = side.id("figure")
    return Call(path={"actor_id": side.actor.id, "figure_id": figure}, about=figure)


@prepared
async def verify_annual_figures(world: World, side: Side, who: str) -> Call:
    figure = await world.make.figure(side.actor, year=2020, sales_idr=12_000_000)
    return Call(
        path={"actor_id": side.actor.id, "figure_id": figure.id}, body={"verification": "verified"}, about=figure.id
    )


@prepared
async def list_size_changes(world: World, side: Side, who: str) -> Call:
    return Call(path={"actor_id": side.actor.id}, about=side.actor.id)


@prepared
async def list_timeline(world: World, side: Side, who: str) -> Call:
    # What other calls did in the meantime would push the training off the first page.
    return Call(path={"actor_id": side.actor.id}, query={"kind": "enrolment.completed"}, about=side.actor.id)
