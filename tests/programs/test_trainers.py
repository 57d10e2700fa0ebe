"""Trainers: noted by who plans programmes, and nowhere twice at a time."""

from asyncio import gather
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.kit.caller import Role
from plut_api.kit.database import constraint_of, unit_of_work
from plut_api.programs.models import SessionTrainer, TrainingSession
from tests.conftest import Api
from tests.facilities.building import workday
from tests.factories import Make
from tests.programs.teaching import cancelled, session, trainer, wanted


async def test_an_opd_notes_an_expert_from_outside_and_staff_of_another_house(api: Api, make: Make) -> None:
    opd, consultant = await make.organization(), await make.staff(Role.consultant)
    me = api.as_(await make.staff(Role.opd, opd))

    expert = await me.post("/v1/trainers", name="Lalu Contoh", about="Dosen Universitas Contoh.")
    staff = await me.post("/v1/trainers", name="Petugas Contoh", account_id=str(consultant.id))
    again = await me.post("/v1/trainers", name="Petugas", account_id=str(consultant.id))
    listed = (await me.get("/v1/trainers", organization=str(opd.id))).json()["data"]

    assert (expert.status_code, expert.json()["organization_id"], expert.json()["account_id"]) == (
        201,
        str(opd.id),
        None,
    )
    assert listed == [expert.json(), staff.json()]
    assert (again.status_code, again.json()["code"]) == (409, "trainer_noted")
    assert (await me.get("/v1/trainers", q="lalu contho")).json()["data"] == [expert.json()]
    assert (await me.get(expert.headers["Location"])).headers["ETag"] == expert.headers["ETag"]


async def test_faults_of_a_new_trainer_are_told_together(api: Api, make: Make) -> None:
    person, other = await make.person(), await make.organization()
    given: dict[str, Any] = {"account_id": str(person.account_id), "organization_id": str(other.id)}

    answer = await api.as_(await make.staff(Role.opd)).post("/v1/trainers", name="Lalu Contoh", **given)

    assert answer.status_code == 422
    assert [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]] == [
        ("#/account_id", "account_unknown"),
        ("#/organization_id", "not_your_organization"),
    ]


async def test_an_opd_changes_its_own_trainers_and_the_dinas_all(api: Api, make: Make) -> None:
    opd = await make.organization()
    lalu = await trainer(make, organization_id=opd.id)
    path = f"/v1/trainers/{lalu.id}"

    own = await api.as_(await make.staff(Role.opd, opd)).patch(path, etag='"1"', name="Lalu Contoh Jaya")
    foreign = await api.as_(await make.staff(Role.opd)).patch(path, etag='"2"', name="Lain")
    stale = await api.as_(await make.staff(Role.dinas)).patch(path, etag='"1"', is_active=False)
    retired = await api.as_(await make.staff(Role.dinas)).patch(path, etag='"2"', is_active=False)

    assert (own.status_code, own.json()["name"]) == (200, "Lalu Contoh Jaya")
    assert (foreign.status_code, foreign.json()["code"]) == (404, "trainer_not_found")
    assert (stale.status_code, retired.status_code, retired.json()["is_active"]) == (412, 200, False)


async def test_who_plans_nothing_reads_no_trainers(api: Api, make: Make) -> None:
    lalu = await trainer(make)

    for who in (await make.person(), await make.staff(Role.bank), await make.staff(Role.partner)):
        for path in ("/v1/trainers", f"/v1/trainers/{lalu.id}"):
            answer = await api.as_(who).get(path)
            assert (answer.status_code, answer.json()["code"]) == (403, "planners_only")
    noted = await api.as_(await make.staff(Role.consultant)).post("/v1/trainers", name="Lalu Contoh")
    assert (noted.status_code, noted.json()["code"]) == (403, "planners_only")


async def test_a_bank_reads_who_teaches_in_public(api: Api, make: Make) -> None:
    program = await make.program()
    await session(make, program, await trainer(make))

    listed = (await api.as_(await make.staff(Role.bank)).get(f"/v1/programs/{program.id}/sessions")).json()["data"]

    assert [each["name"] for each in listed[0]["trainers"]] == ["Lalu Contoh"]


async def test_a_trainer_who_teaches_elsewhere_is_refused_with_day_and_shift(api: Api, make: Make) -> None:
    lalu, free, day = await trainer(make), await trainer(make), workday()
    await session(make, await make.program(), lalu, held_on=day)
    await session(make, await make.program(), free, held_on=day, **cancelled())
    program = await make.program(starts_on=day, ends_on=day + timedelta(days=1))
    me, path = api.as_(await make.staff(Role.dinas)), f"/v1/programs/{program.id}/sessions"
    both = [str(free.id), str(lalu.id)]

    refused = await me.post(path, **wanted(day, trainer_ids=both))
    afternoon = await me.post(path, **wanted(day, shift="afternoon", trainer_ids=both))
    moved = await me.patch(f"/v1/sessions/{afternoon.json()['id']}", etag='"1"', shift="morning")
    alone = await me.patch(
        f"/v1/sessions/{afternoon.json()['id']}", etag='"1"', shift="morning", trainer_ids=[str(free.id)]
    )

    assert (refused.status_code, refused.json()["code"]) == (409, "trainer_taken")
    assert [fault["pointer"] for fault in refused.json()["errors"]] == ["#/trainer_ids/1"]
    assert day.isoformat() in refused.json()["detail"]
    assert "pagi" in refused.json()["detail"]
    assert (afternoon.status_code, moved.json()["code"], alone.status_code) == (201, "trainer_taken", 200)
    assert [each["id"] for each in alone.json()["trainers"]] == [str(free.id)]


async def test_a_trainer_who_retired_is_named_no_more_but_stays_where_they_teach(api: Api, make: Make) -> None:
    retired = await trainer(make, is_active=False)
    program = await make.program()
    held = await session(make, program, retired)
    me = api.as_(await make.staff(Role.dinas))
    day = (program.starts_on + timedelta(days=1)).isoformat()

    kept = await me.patch(f"/v1/sessions/{held.id}", etag='"1"', title="Lain", trainer_ids=[str(retired.id)])
    fresh = await me.post(f"/v1/programs/{program.id}/sessions", **wanted(day, trainer_ids=[str(retired.id)]))

    assert (kept.status_code, kept.json()["trainers"][0]["id"]) == (200, str(retired.id))
    assert [fault["code"] for fault in fresh.json()["errors"]] == ["trainer_unknown"]


async def test_of_many_programmes_that_want_one_trainer_at_once_one_gets_them(api: Api, make: Make) -> None:
    lalu, day = await trainer(make), workday()
    programs = [await make.program(starts_on=day, ends_on=day) for _ in range(6)]
    officers = [await make.staff(Role.dinas) for _ in programs]
    given = wanted(day, trainer_ids=[str(lalu.id)])

    answers = await gather(
        *(
            api.as_(who).post(f"/v1/programs/{program.id}/sessions", **given)
            for who, program in zip(officers, programs, strict=True)
        )
    )

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 5}
    assert {answer.json()["code"] for answer in answers if answer.is_error} == {"trainer_taken"}


async def test_the_database_itself_holds_a_trainer_in_one_place(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    """Whoever moves sessions by SQL, as a merge of programmes does, takes their trainers along or is refused."""
    lalu, day = await trainer(make), workday()
    here = await session(make, await make.program(), lalu, held_on=day)
    there = await session(make, await make.program(), lalu, held_on=day + timedelta(days=7))
    of_it = update(TrainingSession).where(TrainingSession.id == here.id)

    with pytest.raises(IntegrityError) as refused:
        async with unit_of_work(sessions) as db:
            await db.execute(of_it.values(held_on=there.held_on))
    async with unit_of_work(sessions) as db:
        await db.execute(of_it.values(held_on=there.held_on, **cancelled()))
        taught = await db.scalar(select(SessionTrainer).where(SessionTrainer.session_id == here.id))

    assert constraint_of(refused.value) == "uq_session_trainers_one_place"
    assert taught is not None
    assert (taught.held_on, taught.is_held) == (there.held_on, False)
