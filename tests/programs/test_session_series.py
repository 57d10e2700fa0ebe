"""Sessions on many days by one rule: all of them, or those that nothing stands in the way of."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.kit.caller import Role
from plut_api.programs.models import Program, ProgramState
from plut_api.reference.models import Holiday, HolidayKind
from tests.conftest import Api
from tests.facilities.building import booked, facility, room, workday
from tests.factories import Make
from tests.programs.teaching import session, trainer

WEEKS = 4


async def program_of_weeks(make: Make, first: date, weeks: int = WEEKS, **given: Any) -> Program:
    return await make.program(starts_on=first, ends_on=first + timedelta(days=7 * (weeks - 1)), **given)


def weekly(**given: Any) -> dict[str, Any]:
    return {"rule": "FREQ=WEEKLY;BYDAY=WE", "shift": "morning", "title": "Kelas mingguan"} | given


async def test_every_week_of_the_programme_gets_a_session_with_room_and_trainer(api: Api, make: Make) -> None:
    classroom, lalu, day = await room(make, await facility(make, automatic=40)), await trainer(make), workday()
    opd = await make.organization()
    program = await program_of_weeks(make, day, organization=opd)
    me, path = api.as_(await make.staff(Role.opd, opd)), f"/v1/programs/{program.id}"
    given = weekly(room_id=str(classroom.id), trainer_ids=[str(lalu.id)])

    looked = await me.post(f"{path}/session-series", **given, dry_run=True)
    nothing = (await api.get(f"{path}/sessions")).json()["data"]
    made = (await me.post(f"{path}/session-series", **given)).json()["days"]
    listed = (await api.get(f"{path}/sessions")).json()["data"]

    assert (looked.status_code, [each["faults"] for each in looked.json()["days"]], nothing) == (200, [[]] * WEEKS, [])
    assert [each["session_id"] for each in made] == [each["id"] for each in listed]
    assert {(each["room_id"], each["place"], len(each["trainers"])) for each in listed} == {
        (str(classroom.id), "Kelas Contoh", 1)
    }
    bookings = (await me.get("/v1/bookings")).json()["data"]
    assert {each["session_id"] for each in bookings} == {each["id"] for each in listed}
    assert {each["state"] for each in bookings} == {"approved"}


async def test_all_or_the_free_days_and_each_says_what_stands_in_its_way(api: Api, make: Make) -> None:
    classroom, lalu, day = await room(make, await facility(make, automatic=40)), await trainer(make), workday()
    program = await program_of_weeks(make, day)
    weeks = [day + timedelta(days=7 * number) for number in range(WEEKS)]
    await session(make, program, held_on=weeks[0])
    await session(make, await make.program(), lalu, held_on=weeks[1])
    await booked(api, await make.person(), classroom, on_date=weeks[2].isoformat())
    me, path = api.as_(await make.staff(Role.dinas)), f"/v1/programs/{program.id}/session-series"
    given = weekly(room_id=str(classroom.id), trainer_ids=[str(lalu.id)])

    refused = await me.post(path, **given)
    taken = (await me.post(path, **given, take="free")).json()["days"]

    assert (refused.status_code, refused.json()["code"]) == (409, "session_days_not_free")
    assert [(fault["pointer"], fault["code"]) for fault in refused.json()["errors"]] == [
        (f"#/days/{weeks[0]}", "session_taken"),
        (f"#/days/{weeks[1]}", "trainer_taken"),
        (f"#/days/{weeks[2]}", "room_taken"),
    ]
    assert [each["session_id"] is not None for each in taken] == [False, False, False, True]


async def test_a_holiday_is_left_out(api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]) -> None:
    async with sessions() as db:
        feast = await db.scalar(
            select(Holiday.day).where(Holiday.kind == HolidayKind.national, Holiday.day > workday()).limit(1)
        )
    assert feast is not None
    program = await make.program(starts_on=feast, ends_on=feast)
    path = f"/v1/programs/{program.id}/session-series"

    days = (await api.as_(await make.staff(Role.dinas)).post(path, **weekly(rule="FREQ=DAILY", take="free"))).json()

    assert [[fault["code"] for fault in each["faults"]] for each in days["days"]] == [["national_holiday"]]


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        pytest.param({"first_on": "2020-01-01"}, ["outside_period"], id="before the programme begins"),
        pytest.param({"rule": "FREQ=WEEKLY;BYDAY=XX"}, ["rule_invalid"], id="a day that is none"),
        pytest.param({"rule": "FREQ=DAILY;COUNT=2"}, ["string_pattern_mismatch"], id="the period ends it"),
        pytest.param(
            {"trainer_ids": ["01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"]}, ["trainer_unknown"], id="nobody's trainer"
        ),
    ],
)
async def test_a_series_that_cannot_be_followed_is_refused(
    api: Api, make: Make, given: dict[str, Any], codes: list[str]
) -> None:
    program = await program_of_weeks(make, workday())

    answer = await api.as_(await make.staff(Role.dinas)).post(
        f"/v1/programs/{program.id}/session-series", **weekly(**given)
    )

    assert (answer.status_code, [fault["code"] for fault in answer.json()["errors"]]) == (422, codes)


async def test_who_does_not_run_it_or_comes_too_late_adds_none(api: Api, make: Make) -> None:
    running = await program_of_weeks(make, workday())
    over = await program_of_weeks(make, workday(), state=ProgramState.completed)

    foreign = await api.as_(await make.staff(Role.opd)).post(f"/v1/programs/{running.id}/session-series", **weekly())
    late = await api.as_(await make.staff(Role.dinas)).post(f"/v1/programs/{over.id}/session-series", **weekly())

    assert [(answer.status_code, answer.json()["code"]) for answer in (foreign, late)] == [
        (403, "organizer_only"),
        (409, "program_over"),
    ]


async def test_twenty_days_take_as_many_statements_as_two(api: Api, make: Make, statements: list[str]) -> None:
    classroom, lalu = await room(make, await facility(make, automatic=40)), await trainer(make)
    me, counts = api.as_(await make.staff(Role.dinas)), []
    for weeks, day in ((2, workday()), (20, workday(60))):
        program = await program_of_weeks(make, day, weeks)
        given = weekly(room_id=str(classroom.id), trainer_ids=[str(lalu.id)])
        path = f"/v1/programs/{program.id}/session-series"
        await me.post(path, **given, dry_run=True)  # Takes the hour's share of the quota.
        statements.clear()
        answer = await me.post(path, **given, take="free")
        counts.append(len(statements))
        assert sum(each["session_id"] is not None for each in answer.json()["days"]) > weeks // 2

    assert counts[0] == counts[1]
