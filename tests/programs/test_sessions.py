"""Sessions: one a day and shift, within the period, never on a national holiday."""

from asyncio import Task, create_task, gather, sleep
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.kit.caller import Role
from plut_api.kit.ids import new_id
from plut_api.programs import service
from plut_api.programs.models import Program, ProgramState
from plut_api.reference.models import Holiday, HolidayKind
from tests.conftest import Api
from tests.factories import Make, caller_for

FIRST = date(2026, 3, 2)  # A Monday in a year whose holidays are known.
SESSION: dict[str, Any] = {"held_on": "2026-03-02", "shift": "morning", "title": "Pembukaan"}


async def program_of_march(make: Make, **given: Any) -> Program:
    return await make.program(starts_on=FIRST, ends_on=FIRST + timedelta(days=4), **given)


async def test_anyone_reads_when_and_where_a_programme_meets_the_morning_first(api: Api, make: Make) -> None:
    opd = await make.organization()
    program = await program_of_march(make, organization=opd)
    me, path = api.as_(await make.staff(Role.opd, opd)), f"/v1/programs/{program.id}/sessions"

    await me.post(path, held_on="2026-03-03", shift="morning", title="Hari kedua")
    await me.post(
        path, held_on="2026-03-02", shift="afternoon", title="Praktik", place="Ruang 1", trainer="Lalu Contoh"
    )
    last = await me.post(path, **SESSION)
    listed = (await api.get(path)).json()["data"]

    assert last.status_code == 201
    assert [(row["held_on"], row["shift"]) for row in listed] == [
        ("2026-03-02", "morning"),
        ("2026-03-02", "afternoon"),
        ("2026-03-03", "morning"),
    ]
    assert listed[0] == last.json()
    assert (listed[1]["place"], listed[1]["trainer"]) == ("Ruang 1", "Lalu Contoh")


async def test_pages_of_sessions_go_through_both_shifts(api: Api, make: Make) -> None:
    program = await program_of_march(make)
    me, path = api.as_(await make.staff(Role.dinas)), f"/v1/programs/{program.id}/sessions"
    for shift in ("afternoon", "morning"):
        await me.post(path, **SESSION | {"shift": shift})

    first = (await api.get(path, limit=1)).json()
    second = (await api.get(path, limit=1, cursor=first["next_cursor"])).json()

    assert [page["data"][0]["shift"] for page in (first, second)] == ["morning", "afternoon"]
    assert second["next_cursor"] is None


async def test_sessions_of_a_draft_are_not_found_by_anyone(api: Api, make: Make) -> None:
    program = await program_of_march(make, state=ProgramState.draft)

    assert (await api.get(f"/v1/programs/{program.id}/sessions")).json()["code"] == "program_not_found"


async def test_a_national_holiday_is_refused_by_its_name_and_joint_leave_is_not(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    async with sessions() as db:
        days = (await db.scalars(select(Holiday).where(Holiday.day >= FIRST).order_by(Holiday.day))).all()
    national = {row.day: row for row in days if row.kind is HolidayKind.national}
    leave = next(row for row in days if row.kind is HolidayKind.joint_leave and row.day not in national)
    feast = next(iter(national.values()))
    program = await make.program(starts_on=FIRST, ends_on=days[-1].day)
    me, path = api.as_(await make.staff(Role.dinas)), f"/v1/programs/{program.id}/sessions"

    refused = await me.post(path, **SESSION | {"held_on": feast.day.isoformat()})
    welcome = await me.post(path, **SESSION | {"held_on": leave.day.isoformat()})

    assert (refused.status_code, refused.json()["code"]) == (422, "session_on_holiday")
    assert feast.name_id in refused.json()["detail"]
    assert refused.json()["errors"][0]["pointer"] == "#/held_on"
    assert welcome.status_code == 201


async def test_day_and_trainer_are_checked_together(api: Api, make: Make) -> None:
    program = await program_of_march(make)
    late = {"held_on": "2026-03-09", "trainer_id": str(new_id())}

    answer = await api.as_(await make.staff(Role.dinas)).post(f"/v1/programs/{program.id}/sessions", **SESSION | late)

    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [
        ("#/held_on", "outside_period"),
        ("#/trainer_id", "trainer_unknown"),
    ]


@pytest.mark.parametrize("state", list(ProgramState))
async def test_sessions_are_added_until_the_end(api: Api, make: Make, state: ProgramState) -> None:
    program = await program_of_march(make, state=state)

    answer = await api.as_(await make.staff(Role.dinas)).post(f"/v1/programs/{program.id}/sessions", **SESSION)

    over = state in ("completed", "cancelled")
    assert (answer.status_code, answer.json().get("code")) == ((409, "program_over") if over else (201, None))


async def test_others_add_no_sessions(api: Api, make: Make) -> None:
    program = await program_of_march(make)

    for who in (await make.staff(Role.opd), await make.person()):
        answer = await api.as_(who).post(f"/v1/programs/{program.id}/sessions", **SESSION)
        assert (answer.status_code, answer.json()["code"]) == (403, "organizer_only")


async def test_a_day_and_shift_has_one_session_also_at_once(api: Api, make: Make) -> None:
    program = await program_of_march(make)
    me = api.as_(await make.staff(Role.dinas))

    answers = await gather(*(me.post(f"/v1/programs/{program.id}/sessions", **SESSION) for _ in range(4)))

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 3}
    assert {answer.json()["code"] for answer in answers if answer.is_error} == {"session_taken"}


async def test_a_session_waits_for_a_change_of_the_period_and_is_held_against_it(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    program, officer = await program_of_march(make, state=ProgramState.draft), await make.staff(Role.dinas)
    later = {"starts_on": FIRST + timedelta(days=30), "ends_on": FIRST + timedelta(days=34)}

    async with sessions() as db, db.begin():
        await service.change_program(db, caller_for(officer), program.id, '"1"', later)
        adding = create_task(api.as_(officer).post(f"/v1/programs/{program.id}/sessions", **SESSION))
        await waiting_for_a_lock(sessions, adding)
    answer = await adding

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "outside_period")


async def waiting_for_a_lock(sessions: async_sessionmaker[AsyncSession], task: Task[Any]) -> None:
    """Return once a statement stands in line behind the test's own transaction, or the task needed no lock."""
    async with sessions() as db:
        while not task.done() and not await db.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
            await sleep(0.01)
