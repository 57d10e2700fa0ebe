"""Attendance, scores, no-shows and certificates."""

from typing import Any

from plut_api.kit import clock
from plut_api.kit.crypto import vault
from plut_api.kit.database import unit_of_work
from plut_api.programs.attendance.models import NoShowState
from plut_api.programs.attendance.service.no_shows import APPEAL
from plut_api.programs.models import Enrolment, EnrolmentState, ProgramState, TrainingSession
from tests.access.calls.call import Call, prepared
from tests.access.of_training import certificate_of, no_show_of
from tests.access.rows import Side
from tests.access.world import World
from tests.programs import teaching
from tests.programs.attendance.door import room_all_day, row, shown


async def _taught(world: World, side: Side) -> tuple[TrainingSession, Enrolment]:
    """A session of today, and the seat of the side's person."""
    program = await world.make.program(side.opd, state=ProgramState.running, has_post_test=True)
    room = await room_all_day(world.make)
    session = await teaching.session(world.make, program, held_on=clock.today(), room_id=room.id)
    return session, await world.make.enrolment(program, side.person)


async def _certified(world: World, side: Side) -> Call:
    program = await world.make.program(side.opd, state=ProgramState.running)
    enrolment = await world.make.enrolment(
        program, side.person, state=EnrolmentState.completed, completed_at=clock.now()
    )
    return Call(path={"code": (await certificate_of(world, enrolment)).code})


async def _appealed(world: World, side: Side) -> Call:
    no_show = await no_show_of(world, side)
    async with unit_of_work(world.sessions) as db:
        kept = await db.merge(no_show)
        kept.state, kept.appealed_at = NoShowState.appealed, clock.now()
        kept.appeal_sealed = vault().seal(APPEAL, "Anak sakit.")
    return Call(path={"no_show_id": no_show.id}, body={"reason": "Diperiksa."}, about=no_show.id)


def _about(side: Side, kind: str, name: str, **path: Any) -> Call:
    return Call(path={name: side.id(kind), **path}, about=side.id(kind))


@prepared
async def get_check_in_code(world: World, side: Side, who: str) -> Call:
    return _about(side, "session", "session_id")


@prepared
async def check_in(world: World, side: Side, who: str) -> Call:
    session, enrolment = await _taught(world, side)
    body = {"code": shown(session), "enrolment_id": str(enrolment.id)}
    return Call(path={"session_id": session.id}, body=body, about=enrolment.id)


@prepared
async def upload_attendance(world: World, side: Side, who: str) -> Call:
    session, enrolment = await _taught(world, side)
    return Call(path={"session_id": session.id}, body={"rows": [row(enrolment)]}, about=session.id)


@prepared
async def list_attendance(world: World, side: Side, who: str) -> Call:
    return _about(side, "session", "session_id")


@prepared
async def get_enrolment_attendance(world: World, side: Side, who: str) -> Call:
    return _about(side, "enrolment", "enrolment_id")


@prepared
async def get_test_score(world: World, side: Side, who: str) -> Call:
    return _about(side, "enrolment", "enrolment_id", test="post")


@prepared
async def set_test_score(world: World, side: Side, who: str) -> Call:
    _, enrolment = await _taught(world, side)
    path = {"enrolment_id": enrolment.id, "test": "post"}
    return Call(path=path, body={"score": 80}, headers={"If-Match": '"0"'}, about=enrolment.id)


@prepared
async def upload_test_scores(world: World, side: Side, who: str) -> Call:
    session, enrolment = await _taught(world, side)
    rows = [{"enrolment_id": str(enrolment.id), "test": "post", "score": 70}]
    return Call(path={"program_id": session.program_id}, body={"rows": rows}, about=session.program_id)


@prepared
async def list_my_no_shows(world: World, side: Side, who: str) -> Call:
    return Call(query={"limit": 200})


@prepared
async def appeal_no_show(world: World, side: Side, who: str) -> Call:
    no_show = await no_show_of(world, side)
    return Call(path={"no_show_id": no_show.id}, body={"reason": "Anak sakit."}, about=no_show.id)


@prepared
async def list_no_shows(world: World, side: Side, who: str) -> Call:
    return Call(query={"limit": 200})


@prepared
async def get_no_show(world: World, side: Side, who: str) -> Call:
    return _about(side, "no_show", "no_show_id")


@prepared
async def excuse_no_show(world: World, side: Side, who: str) -> Call:
    return await _appealed(world, side)


@prepared
async def uphold_no_show(world: World, side: Side, who: str) -> Call:
    return await _appealed(world, side)


@prepared
async def verify_certificate(world: World, side: Side, who: str) -> Call:
    return await _certified(world, side)


@prepared
async def get_certificate_pdf(world: World, side: Side, who: str) -> Call:
    return await _certified(world, side)


@prepared
async def get_enrolment_certificate(world: World, side: Side, who: str) -> Call:
    return _about(side, "enrolment", "enrolment_id")


@prepared
async def revoke_certificate(world: World, side: Side, who: str) -> Call:
    call = await _certified(world, side)
    call.body = {"reason": "wrong_details"}
    return call


@prepared
async def reissue_certificate(world: World, side: Side, who: str) -> Call:
    return await _certified(world, side)
