"""Sessions, trainers, the calendar, and series of bookings."""

from datetime import timedelta
from typing import Any

from tests.access.calls.call import Call, etag, prepared
from tests.access.of_sessions import series_of
from tests.access.rows import Side
from tests.access.world import World
from tests.facilities.building import workday
from tests.programs import teaching


async def _fresh(world: World, side: Side) -> Any:
    return await teaching.session(world.make, await world.make.program(side.opd))


@prepared
async def list_calendar(world: World, side: Side, who: str) -> Call:
    return Call(query={"limit": 200})


@prepared
async def get_calendar_feed(world: World, side: Side, who: str) -> Call:
    return Call(query={"organization": str(side.opd.id)})


@prepared
async def get_session(world: World, side: Side, who: str) -> Call:
    return Call(path={"session_id": side.id("draft_session")}, about=side.id("draft_session"))


@prepared
async def create_session_series(world: World, side: Side, who: str) -> Call:
    first = workday()
    program = await world.make.program(side.opd, starts_on=first, ends_on=first + timedelta(days=7))
    body = {"rule": "FREQ=WEEKLY", "shift": "morning", "title": "Kelas mingguan", "take": "free"}
    return Call(path={"program_id": program.id}, body=body, about=program.id)


@prepared
async def change_session(world: World, side: Side, who: str) -> Call:
    session = await _fresh(world, side)
    headers = await etag(world, session)
    return Call(path={"session_id": session.id}, body={"title": "Lain"}, headers=headers, about=session.id)


@prepared
async def cancel_session(world: World, side: Side, who: str) -> Call:
    session = await _fresh(world, side)
    return Call(path={"session_id": session.id}, body={"reason": "Pengajar sakit."}, about=session.id)


@prepared
async def list_trainers(world: World, side: Side, who: str) -> Call:
    return Call(query={"limit": 200})


@prepared
async def get_trainer(world: World, side: Side, who: str) -> Call:
    return Call(path={"trainer_id": side.id("trainer")}, about=side.id("trainer"))


@prepared
async def create_trainer(world: World, side: Side, who: str) -> Call:
    return Call(body={"name": "Lalu Contoh"})


@prepared
async def change_trainer(world: World, side: Side, who: str) -> Call:
    trainer = await teaching.trainer(world.make, organization_id=side.opd.id)
    headers = await etag(world, trainer)
    return Call(path={"trainer_id": trainer.id}, body={"about": "Dosen."}, headers=headers, about=trainer.id)


@prepared
async def get_booking_series(world: World, side: Side, who: str) -> Call:
    return Call(path={"series_id": side.id("booking_series")}, about=side.id("booking_series"))


@prepared
async def cancel_booking_series(world: World, side: Side, who: str) -> Call:
    series = await series_of(world, side)
    return Call(path={"series_id": series.id}, body={"reason": "Acara pindah."}, about=series.id)
