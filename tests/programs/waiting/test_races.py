"""Many at the same moment: seats are neither sold twice nor lost, and the list keeps its order."""

import random
from asyncio import gather, sleep
from collections import Counter

import httpx
import pytest
from fastapi import FastAPI

from plut_api.actors.models import Person, Sex
from plut_api.kit.caller import Role
from plut_api.kit.jobs import Runtime, enter_runtime
from plut_api.programs.waiting.jobs import pass_offers_on
from tests.conftest import Api
from tests.factories import Make
from tests.programs.teaching import session
from tests.programs.waiting.steps import Sessions, entry, full, in_step, overdue, seated, waits


@pytest.mark.parametrize("time", [1, *(pytest.param(time, marks=pytest.mark.soak) for time in range(2, 101))])
async def test_two_hundred_ask_for_thirty_seats_of_which_ten_are_reserved(
    api: Api, make: Make, sessions: Sessions, time: int
) -> None:
    opd = await make.organization()
    program = await make.program(opd, seats=30, reserved={"women": 10})
    people = [*await gather(*(make.person(sex=Sex.female if n < 60 else Sex.male) for n in range(200)))]
    random.Random(3).shuffle(people)
    women = {str(person.id) for person in people if person.sex is Sex.female}

    async def ask_for_a_seat(person: Person) -> list[int]:
        answer = await asked(person, f"/v1/programs/{program.id}/enrolments")
        if answer.status_code != 409:
            return [answer.status_code]
        return [409, (await asked(person, answer.json()["waiting_list"])).status_code]

    async def asked(person: Person, path: str) -> httpx.Response:
        """Ask until there is an answer: a house that is asked by all at once may say 503, and when to come again."""
        while (answer := await api.as_(person).post(path)).status_code == 503:
            await sleep(int(answer.headers["Retry-After"]))
        return answer

    answers = Counter(tuple(seen) for seen in await gather(*(ask_for_a_seat(person) for person in people)))
    organizer = api.as_(await make.staff(Role.opd, opd))
    seats = (await organizer.get(f"/v1/programs/{program.id}/enrolments", limit=200)).json()["data"]
    rows = (await organizer.get(f"/v1/programs/{program.id}/waiting-list", limit=200)).json()["data"]

    assert answers == {(201,): 30, (409, 201): 170}
    assert await seated(sessions, program) == {"women": 10, None: 20}
    assert {seat["person_id"] for seat in seats if seat["reserved_for"] == "women"} <= women
    assert await in_step(sessions, program) == 30
    assert [(row["rank"], row["waiting"], row["state"]) for row in rows] == [(n, 170, "waiting") for n in range(1, 171)]
    assert [row["person_id"] for row in rows] == [
        row["person_id"] for row in sorted(rows, key=lambda row: (row["person_id"] not in women, row["asked_at"]))
    ]
    assert {row["person_id"] for row in rows} | {seat["person_id"] for seat in seats} == {str(p.id) for p in people}


async def test_an_offer_is_accepted_or_passed_on_but_never_both(
    api: Api, app: FastAPI, make: Make, sessions: Sessions
) -> None:
    enter_runtime(Runtime(app.state.settings, app.state.engine))
    dinas = api.as_(await make.staff(Role.dinas))
    for late in (False, True):
        program, seat = await full(make)
        one, other = await make.person(), await make.person()
        mine, theirs = await waits(api, program, one), await waits(api, program, other)
        await dinas.post(f"/v1/enrolments/{seat.id}/withdraw")
        if late:
            await overdue(sessions, mine)

        answers = await gather(
            *(api.as_(one).post(f"/v1/waiting-entries/{mine}/accept") for _ in range(3)),
            api.as_(one).post(f"/v1/waiting-entries/{mine}/decline"),
            pass_offers_on(0),
            pass_offers_on(0),
        )
        statuses = Counter(answer.status_code for answer in answers if answer is not None)
        states = (await entry(api, one, mine))["state"], (await entry(api, other, theirs))["state"]

        assert statuses == ({409: 4} if late else {200: 1, 409: 3})
        assert states in ([("expired", "offered")] if late else [("accepted", "waiting"), ("declined", "offered")])
        assert await in_step(sessions, program) == 1


async def test_seats_given_back_at_once_go_to_those_who_wait_and_to_no_newcomer(
    api: Api, make: Make, sessions: Sessions
) -> None:
    program = await make.program(seats=4, reserved={"women": 1})
    people = [await make.person(sex=Sex.male) for _ in range(3)] + [await make.person()]
    path = f"/v1/programs/{program.id}/enrolments"
    seats = [(await api.as_(person).post(path)).json() for person in people]
    waiting = [await make.person(sex=Sex.male) for _ in range(3)]
    entries = [await waits(api, program, person) for person in waiting]
    newcomers = [await make.person() for _ in range(4)]
    assert [seat["reserved_for"] for seat in seats] == [None, None, None, "women"]

    answers = await gather(
        *(api.as_(p).post(f"/v1/enrolments/{s['id']}/withdraw") for p, s in zip(people, seats, strict=True)),
        *(api.as_(person).post(path) for person in newcomers),
    )
    given_back, asked = answers[:4], answers[4:]
    states = [(await entry(api, person, id_))["state"] for person, id_ in zip(waiting, entries, strict=True)]

    assert {answer.status_code for answer in given_back} == {200}
    assert states == ["offered"] * 3
    # The women's seat is nobody's who waits, so one newcomer may have it.
    assert sum(answer.status_code == 201 for answer in asked) <= 1
    assert {answer.json()["code"] for answer in asked if answer.is_error} <= {"program_full"}
    assert await in_step(sessions, program) == 3 + sum(answer.status_code == 201 for answer in asked)


async def test_one_person_does_not_take_two_seats_that_clash_also_at_once(api: Api, make: Make) -> None:
    person, programs = await make.person(), [await make.program() for _ in range(4)]
    for program in programs:
        await session(make, program)
    me = api.as_(person)

    answers = await gather(*(me.post(f"/v1/programs/{program.id}/enrolments") for program in programs))

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 3}
    assert {answer.json()["code"] for answer in answers if answer.is_error} == {"session_clash"}
