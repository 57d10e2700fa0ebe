"""Seats: never given twice and given back once, however many ask at the same moment."""

import random
from asyncio import gather
from collections import Counter

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.programs.models import Enrolment, EnrolmentState, Program
from tests.conftest import Api
from tests.factories import Make

Sessions = async_sessionmaker[AsyncSession]


async def test_the_last_seats_go_to_no_more_people_than_there_are_seats(api: Api, make: Make) -> None:
    program = await make.program(seats=3)
    people = [await make.person() for _ in range(12)]

    answers = await gather(
        *(api.as_(p).post(f"/v1/programs/{program.id}/enrolments", person_id=str(p.id)) for p in people)
    )

    assert Counter(answer.status_code for answer in answers) == {201: 3, 409: 9}
    assert {answer.json()["code"] for answer in answers if answer.is_error} == {"program_full"}


async def test_a_person_has_one_seat_also_when_asking_at_once(api: Api, make: Make, sessions: Sessions) -> None:
    program, person = await make.program(), await make.person()
    me = api.as_(person)

    answers = await gather(*(me.post(f"/v1/programs/{program.id}/enrolments") for _ in range(6)))

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 5}
    assert {answer.json()["code"] for answer in answers if answer.is_error} == {"already_enrolled"}
    assert await counted(sessions, program) == (1, 1)


async def test_who_sits_in_a_full_programme_is_told_so(api: Api, make: Make) -> None:
    program, person = await make.program(seats=1), await make.person()
    await api.as_(person).post(f"/v1/programs/{program.id}/enrolments")

    again = await api.as_(person).post(f"/v1/programs/{program.id}/enrolments")
    other = await api.as_(await make.person()).post(f"/v1/programs/{program.id}/enrolments")

    assert (again.json()["code"], other.json()["code"]) == ("already_enrolled", "program_full")


async def test_a_seat_is_given_back_once_also_at_once_and_can_be_taken_again(
    api: Api, make: Make, sessions: Sessions
) -> None:
    program, person = await make.program(seats=1), await make.person()
    me, path = api.as_(person), f"/v1/programs/{program.id}/enrolments"
    enrolment = (await me.post(path)).json()

    answers = await gather(*(me.post(f"/v1/enrolments/{enrolment['id']}/withdraw") for _ in range(5)))
    freed = await counted(sessions, program)
    again = await me.post(path)

    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 4}
    assert {answer.json()["code"] for answer in answers if answer.is_error} == {"enrolment_not_open"}
    assert freed == (0, 0)
    assert again.status_code == 201
    assert again.json()["id"] != enrolment["id"]


async def test_the_counter_equals_the_rows_however_sixty_people_come_and_go(
    api: Api, make: Make, sessions: Sessions
) -> None:
    program = await make.program(seats=20)
    people = [await make.person() for _ in range(60)]
    choose = random.Random(7)

    async def come_and_go(who: Api, leaves: bool) -> list[int]:
        taken = await who.post(f"/v1/programs/{program.id}/enrolments")
        if taken.is_error or not leaves:
            return [taken.status_code]
        path = f"/v1/enrolments/{taken.json()['id']}/withdraw"
        left = await gather(who.post(path), who.post(f"/v1/programs/{program.id}/enrolments"), who.post(path))
        return [taken.status_code, *(answer.status_code for answer in left)]

    seen = await gather(*(come_and_go(api.as_(person), choose.random() < 0.5) for person in people))
    taken, rows = await counted(sessions, program)
    late = await gather(*(api.as_(p).post(f"/v1/programs/{program.id}/enrolments") for p in people))
    full = await counted(sessions, program)

    assert {status for statuses in seen for status in statuses} <= {200, 201, 409}
    assert taken == rows <= 20
    assert sum(answer.status_code == 201 for answer in late) == 20 - taken
    assert full == (20, 20)


async def counted(sessions: Sessions, program: Program) -> tuple[int, int]:
    """The counter of seats, and the rows it counts."""
    async with sessions() as db:
        rows = select(func.count()).where(
            Enrolment.program_id == program.id, Enrolment.state != EnrolmentState.withdrawn
        )
        taken = await db.scalar(select(Program.seats_taken).where(Program.id == program.id))
        return taken or 0, await db.scalar(rows) or 0
