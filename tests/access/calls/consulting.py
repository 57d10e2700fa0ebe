"""Consultations of a person, and what follows them."""

import itertools
from datetime import timedelta
from typing import Any

from plut_api.kit import clock
from tests.access.calls.call import Call, prepared
from tests.access.rows import Side
from tests.access.world import World
from tests.consulting import visits

_DAYS = itertools.count(1)
"""Each appointment has a day of its own, since a consultant is nowhere twice."""


async def _fresh(world: World, side: Side, body: dict[str, Any] | None = None, **given: Any) -> Call:
    row = await visits.consultation(world.make, side.person, side.consultant, **given)
    return Call(path={"consultation_id": row.id}, body=body, about=row.id)


def _past() -> Any:
    return clock.today() - timedelta(days=next(_DAYS))


def _own(side: Side) -> Call:
    return Call(path={"consultation_id": side.id("consultation")}, about=side.id("consultation"))


@prepared
async def create_consultation(world: World, side: Side, who: str) -> Call:
    return Call(body=visits.ASKED | {"person_id": str(side.person.id)}, about=side.person.id)


@prepared
async def list_consultations(world: World, side: Side, who: str) -> Call:
    return Call(query={"limit": 200})


@prepared
async def list_my_consultations(world: World, side: Side, who: str) -> Call:
    return Call(query={"limit": 200})


@prepared
async def list_actor_consultations(world: World, side: Side, who: str) -> Call:
    return Call(path={"actor_id": side.actor.id}, query={"limit": 200}, about=side.actor.id)


@prepared
async def get_consultation(world: World, side: Side, who: str) -> Call:
    return _own(side)


@prepared
async def change_consultation(world: World, side: Side, who: str) -> Call:
    call = await _fresh(world, side, {"channel": "phone"})
    call.headers = {"If-Match": '"1"'}
    return call


@prepared
async def list_consultation_transitions(world: World, side: Side, who: str) -> Call:
    return _own(side)


@prepared
async def assign_consultation(world: World, side: Side, who: str) -> Call:
    return await _fresh(world, side, {"consultant_id": str(side.consultant.id)})


@prepared
async def schedule_consultation(world: World, side: Side, who: str) -> Call:
    day = clock.today() + timedelta(days=next(_DAYS) % 80 + 1)
    return await _fresh(world, side, {"on_date": day.isoformat(), "starts": "08:00"})


@prepared
async def hold_consultation(world: World, side: Side, who: str) -> Call:
    return await _fresh(world, side, dict(visits.RECORD), on_date=_past())


@prepared
async def miss_consultation(world: World, side: Side, who: str) -> Call:
    return await _fresh(world, side, {}, on_date=_past())


@prepared
async def cancel_consultation(world: World, side: Side, who: str) -> Call:
    return await _fresh(world, side, {"reason": "Berhalangan."})


@prepared
async def tick_agreed_action(world: World, side: Side, who: str) -> Call:
    held = await visits.held(world.make, side.person, side.consultant)
    action = await visits.action(world.make, held)
    return Call(path={"action_id": action.id}, about=action.id)


@prepared
async def attach_consultation_file(world: World, side: Side, who: str) -> Call:
    uploader: Any = world.caller(who, frozenset({"consultations:write"})) or side.consultant
    file = await world.make.paper(uploader)
    return await _fresh(world, side, {"file_id": str(file.id)})


@prepared
async def create_private_note(world: World, side: Side, who: str) -> Call:
    return await _fresh(world, side, {"text": "Untuk saya sendiri."})


@prepared
async def list_private_notes(world: World, side: Side, who: str) -> Call:
    return _own(side)


@prepared
async def list_case_loads(world: World, side: Side, who: str) -> Call:
    return Call(query={"limit": 200})


@prepared
async def get_case_load(world: World, side: Side, who: str) -> Call:
    return Call(path={"consultant_id": side.consultant.id}, about=side.consultant.id)


@prepared
async def get_consulting_report(world: World, side: Side, who: str) -> Call:
    return Call(query={"month": f"{clock.today():%Y-%m}"})
