"""Follow-ups and cards."""

from typing import Any

from plut_api.kit import clock
from plut_api.outcomes.follow_ups.models import FollowUp
from plut_api.programs.models import Enrolment, EnrolmentState
from tests.access.asked import asked_of
from tests.access.calls.call import Call, is_person, prepared
from tests.access.rows import Side
from tests.access.world import World

ANSWERS = {"business": "running", "sales": "same", "still_in_use": []}


async def _completed(world: World, side: Side) -> Enrolment:
    program = await world.make.program(side.opd)
    return await world.make.enrolment(program, side.person, state=EnrolmentState.completed, completed_at=clock.now())


async def _asked(world: World, side: Side, **given: Any) -> FollowUp:
    row = asked_of(await _completed(world, side), **given)
    await world.make.add(row)
    return row


@prepared
async def list_my_follow_ups(world: World, side: Side, who: str) -> Call:
    return Call(query={"limit": 200})


@prepared
async def list_follow_ups(world: World, side: Side, who: str) -> Call:
    return Call(query={"limit": 200})


@prepared
async def list_enrolment_follow_ups(world: World, side: Side, who: str) -> Call:
    return Call(path={"enrolment_id": side.id("enrolment")}, about=side.id("enrolment"))


@prepared
async def create_follow_up(world: World, side: Side, who: str) -> Call:
    enrolment = await _completed(world, side)
    body = {"answers": ANSWERS, "channel": "visit"}
    return Call(path={"enrolment_id": enrolment.id}, body=body, about=enrolment.id)


@prepared
async def get_follow_up(world: World, side: Side, who: str) -> Call:
    return Call(path={"follow_up_id": side.id("follow_up")}, about=side.id("follow_up"))


@prepared
async def answer_follow_up(world: World, side: Side, who: str) -> Call:
    row = await _asked(world, side)
    body: dict[str, Any] = {"answers": ANSWERS} | ({} if is_person(who) else {"channel": "phone"})
    return Call(path={"follow_up_id": row.id}, body=body, about=row.id)


@prepared
async def correct_follow_up(world: World, side: Side, who: str) -> Call:
    said = {"state": "answered", "business": "paused", "sales": "less", "uses": {}, "channel": "app"}
    row = await _asked(world, side, **said, answered_at=clock.now(), answered_by=side.person.account_id)
    return Call(path={"follow_up_id": row.id}, body={"answers": ANSWERS, "reason": "Salah pencet."}, about=row.id)


@prepared
async def get_my_card(world: World, side: Side, who: str) -> Call:
    return Call()


@prepared
async def get_card(world: World, side: Side, who: str) -> Call:
    return Call(path={"enrolment_id": side.id("enrolment")}, about=side.id("enrolment"))
