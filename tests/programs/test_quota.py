"""The quota after approval: it moves either way, and nobody who has a seat loses it."""

from asyncio import gather
from collections import Counter

import pytest

from plut_api.kit.caller import Role
from plut_api.programs.models import ProgramState, Segment
from tests.conftest import Api
from tests.factories import Make


async def test_an_organizer_raises_and_lowers_the_quota_of_a_published_programme(api: Api, make: Make) -> None:
    opd = await make.organization()
    program = await make.program(opd)
    await make.enrolment(program)
    me, path = api.as_(await make.staff(Role.opd, opd)), f"/v1/programs/{program.id}/quota"

    raised = await me.post(path, seats=40, reserved_seats=[{"segment": "youth", "seats": 8}])
    lowered = await me.post(path, seats=9)

    assert (raised.status_code, raised.json()["seats_left"]) == (200, 39)
    assert (lowered.json()["seats"], lowered.json()["reserved_seats"]) == (
        9,
        [{"segment": "youth", "seats": 8, "seats_taken": 0}],
    )
    assert raised.headers["etag"] != lowered.headers["etag"]


async def test_a_quota_below_the_seats_that_are_taken_says_how_many_there_must_be(api: Api, make: Make) -> None:
    program = await make.program(seats=10, reserved={"mothers": 4})
    for kind in (None, None, None, Segment.mothers, Segment.mothers):
        await make.enrolment(program, reserved_for=kind)
    me, path = api.as_(await make.staff(Role.dinas)), f"/v1/programs/{program.id}/quota"

    too_few = await me.post(path, seats=6)  # three have general seats, and four are reserved
    exactly = await me.post(path, seats=7)
    fewer = await me.post(
        path, headers={"Accept-Language": "en"}, seats=7, reserved_seats=[{"segment": "mothers", "seats": 1}]
    )
    none_left = await me.post(path, seats=5, reserved_seats=[{"segment": "mothers", "seats": 2}])

    assert (too_few.status_code, too_few.json()["code"]) == (409, "quota_below_enrolments")
    assert (too_few.json()["least_seats"], "7" in too_few.json()["detail"]) == (7, True)
    assert exactly.status_code == 200
    assert [(e["pointer"], e["code"]) for e in fewer.json()["errors"]] == [("#/reserved_seats", "reserved_below_taken")]
    assert "2 of the seats for mothers" in fewer.json()["errors"][0]["message"]
    assert (none_left.status_code, none_left.json()["seats_left"]) == (200, 0)


async def test_seats_are_reserved_neither_beyond_the_quota_nor_out_of_those_taken(api: Api, make: Make) -> None:
    program = await make.program(seats=10, seats_taken=6, general_taken=6)
    me, path = api.as_(await make.staff(Role.dinas)), f"/v1/programs/{program.id}/quota"

    over = await me.post(path, seats=10, reserved_seats=[{"segment": "women", "seats": 11}])
    twice = await me.post(path, seats=10, reserved_seats=[{"segment": "women", "seats": 1}] * 2)
    taken = await me.post(path, seats=10, reserved_seats=[{"segment": "women", "seats": 5}])

    assert [e["code"] for e in over.json()["errors"]] == ["reserved_over_quota"]
    assert [e["code"] for e in twice.json()["errors"]] == ["segment_named_twice"]
    assert (taken.json()["code"], taken.json()["least_seats"]) == ("quota_below_enrolments", 11)


@pytest.mark.parametrize("state", list(ProgramState))
async def test_the_quota_moves_until_the_end_and_under_review_by_the_dinas_alone(
    api: Api, make: Make, state: ProgramState
) -> None:
    opd = await make.organization()
    path = f"/v1/programs/{(await make.program(opd, state=state)).id}/quota"

    by_organizer = await api.as_(await make.staff(Role.opd, opd)).post(path, seats=31)
    by_dinas = await api.as_(await make.staff(Role.dinas)).post(path, seats=32)

    ended = state in (ProgramState.completed, ProgramState.cancelled)
    assert by_dinas.status_code == (409 if ended else 200)
    assert by_organizer.status_code == (409 if ended or state is ProgramState.submitted else 200)
    assert by_organizer.is_success or by_organizer.json()["code"] == "program_not_changeable"


async def test_others_do_not_touch_the_quota(api: Api, make: Make) -> None:
    program = await make.program()

    answers = [
        await api.as_(who).post(f"/v1/programs/{program.id}/quota", seats=31)
        for who in (await make.staff(Role.opd), await make.person(), await make.staff(Role.consultant))
    ]

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(403, "organizer_only")}


async def test_seats_that_are_taken_while_the_quota_shrinks_are_never_more_than_it(api: Api, make: Make) -> None:
    program = await make.program(seats=12)
    path, dinas = f"/v1/programs/{program.id}", api.as_(await make.staff(Role.dinas))
    people = [api.as_(await make.person()) for _ in range(10)]

    answers = await gather(
        *(person.post(f"{path}/enrolments") for person in people), *(dinas.post(f"{path}/quota", seats=4) for _ in "ab")
    )
    now = (await api.get(path)).json()

    taken = Counter(answer.status_code for answer in answers[:10])[201]
    assert now["seats_taken"] == taken <= now["seats"]
    assert {answer.status_code for answer in answers} <= {200, 201, 409}
    assert now["seats"] == (4 if any(answer.status_code == 200 for answer in answers[10:]) else 12)
