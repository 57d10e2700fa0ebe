"""Taking over a record that somebody else made: by phone, by NIK, by a code; nothing of it is lost, nobody guesses."""

from asyncio import create_task, gather
from datetime import timedelta
from uuid import UUID

from fastapi import FastAPI
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Person, TakeoverCode
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.ids import new_id
from plut_api.kit.outbox import Event
from tests.actors.counter import NIK, PHONE, later, newcomer, pointers, registered
from tests.conftest import Api
from tests.factories import Make
from tests.locks import standing_in_line

OTHER_PHONE = "+6281234567891"
Sessions = async_sessionmaker[AsyncSession]


async def test_a_record_with_ones_phone_is_told_masked_and_to_nobody_else(api: Api, app: FastAPI, make: Make) -> None:
    made = (await registered(api, make, await make.staff(Role.dinas), PHONE, village_code="52.71.01.1004")).json()
    me, other = api.as_(await newcomer(app)), api.as_(await newcomer(app, OTHER_PHONE))

    (row,) = (await me.get("/v1/me/records")).json()["data"]
    nothing = (await other.get("/v1/me/records")).json()["data"]

    assert (row["id"], row["full_name"], row["village_code"]) == (made["id"], "I•••• C•••• S••••", "52.71.01.1004")
    assert row["phone_is_proven"] is True
    assert nothing == []


async def test_a_proven_phone_takes_the_record_over_by_itself(
    api: Api, app: FastAPI, make: Make, sessions: Sessions
) -> None:
    officer = await make.staff(Role.consultant)
    made = (await registered(api, make, officer, PHONE)).json()
    business = await api.as_(officer).post("/v1/actors", name="Kopi", village_code="52.71.01.1004", owner_id=made["id"])
    seat = await api.as_(officer).post(
        f"/v1/programs/{(await make.program()).id}/enrolments", person_id=made["id"], actor_id=business.json()["id"]
    )
    me = api.as_(await newcomer(app))

    taken = await me.post("/v1/me/takeover", record_id=made["id"])

    assert (taken.status_code, taken.json()["id"], taken.json()["has_account"]) == (200, made["id"], True)
    assert taken.json()["registered_on_behalf"] is True
    assert (await me.get(f"/v1/actors/{business.json()['id']}")).status_code == 200
    assert (await me.get(f"/v1/enrolments/{seat.json()['id']}")).status_code == 200
    assert (await api.as_(officer).get(f"/v1/people/{made['id']}")).status_code == 200  # Still assigned.
    assert (await me.get("/v1/me/records")).json()["data"] == []
    async with sessions() as db:
        (event,) = await db.scalars(select(Event).where(Event.name == "person.taken_over"))
    assert event.facts == {"how": "phone"}


async def test_a_phone_that_no_code_proved_needs_the_nik(api: Api, app: FastAPI, make: Make) -> None:
    officer = await make.staff(Role.dinas)
    paper = await make.signed_paper(officer)
    made = (await api.as_(officer).post("/v1/people", full_name="I", phone=PHONE, nik=NIK, on_behalf=paper)).json()
    me, other = api.as_(await newcomer(app)), api.as_(await newcomer(app, OTHER_PHONE))

    alone = await me.post("/v1/me/takeover", record_id=made["id"])
    wrong = await me.post("/v1/me/takeover", record_id=made["id"], nik="5271015705900004")
    by_stranger = await other.post("/v1/me/takeover", record_id=made["id"], nik=NIK)
    right = await me.post("/v1/me/takeover", record_id=made["id"], nik=NIK)

    assert (await me.get("/v1/me/records")).json()["data"] == []
    assert {a.json()["code"] for a in (alone, wrong, by_stranger)} == {"record_not_found"}
    assert (right.status_code, right.json()["id"]) == (200, made["id"])


async def test_a_code_from_plut_works_from_any_phone_once(api: Api, app: FastAPI, make: Make) -> None:
    officer = api.as_(await make.staff(Role.dinas))
    made = (await registered(api, make, await make.staff(Role.dinas))).json()
    given = (await officer.post(f"/v1/people/{made['id']}/takeover-codes")).json()
    me, other = api.as_(await newcomer(app, OTHER_PHONE)), api.as_(await newcomer(app))

    taken = await me.post("/v1/me/takeover", code=given["code"].lower().replace("-", " "))
    again = await other.post("/v1/me/takeover", code=given["code"])
    more = await officer.post(f"/v1/people/{made['id']}/takeover-codes")

    assert (taken.json()["id"], taken.json()["phone"]) == (made["id"], OTHER_PHONE)
    assert (again.status_code, again.json()["code"]) == (409, "record_taken")
    assert (more.status_code, more.json()["code"]) == (409, "has_account")


async def test_one_code_lives_at_a_time_for_thirty_days_and_lies_in_no_table(
    api: Api, app: FastAPI, make: Make, sessions: Sessions
) -> None:
    officer = await make.staff(Role.dinas)
    person = (await registered(api, make, officer)).json()["id"]
    path = f"/v1/people/{person}/takeover-codes"
    first, second = [(await api.as_(officer).post(path)).json() for _ in range(2)]
    caller = await newcomer(app)
    me = api.as_(caller)

    replaced = await me.post("/v1/me/takeover", code=first["code"])
    with clock.clock_at(clock.now() + timedelta(days=30, seconds=1)):
        expired = await api.as_(later(caller)).post("/v1/me/takeover", code=second["code"])
    taken = await me.post("/v1/me/takeover", code=second["code"])

    assert [a.json()["code"] for a in (replaced, expired)] == ["record_not_found"] * 2
    assert taken.status_code == 200
    plain = second["code"].replace("-", "")
    async with sessions() as db:
        codes = list(await db.scalars(select(TakeoverCode).order_by(TakeoverCode.id)))
        answers = str((await db.execute(text("SELECT * FROM takeover_codes"))).all())
    assert [(code.ended_at is not None, code.used_at is not None) for code in codes] == [(True, False), (False, True)]
    assert plain not in answers


async def test_two_codes_made_at_once_leave_one_living(api: Api, make: Make, sessions: Sessions) -> None:
    officer = await make.staff(Role.dinas)
    person = (await registered(api, make, officer)).json()["id"]

    answers = await gather(*(api.as_(officer).post(f"/v1/people/{person}/takeover-codes") for _ in range(4)))

    assert {answer.status_code for answer in answers} == {201}
    async with sessions() as db:
        living = select(TakeoverCode).where(TakeoverCode.ended_at.is_(None))
        assert len((await db.scalars(living)).all()) == 1


async def test_of_two_accounts_at_once_one_wins_and_the_other_learns_it(
    api: Api, app: FastAPI, make: Make, sessions: Sessions
) -> None:
    officer = await make.staff(Role.dinas)
    person = (await registered(api, make, officer, PHONE)).json()["id"]
    code = (await api.as_(officer).post(f"/v1/people/{person}/takeover-codes")).json()["code"]
    by_code = [api.as_(await newcomer(app, f"+62812000000{n}0")) for n in range(3)]
    by_phone = api.as_(await newcomer(app))

    async with sessions() as db:  # All of them have found the record before one of them gets it.
        await db.execute(select(Person).where(Person.id == UUID(person)).with_for_update())
        asked = [create_task(me.post("/v1/me/takeover", code=code)) for me in by_code]
        asked.append(create_task(by_phone.post("/v1/me/takeover", record_id=person)))
        await standing_in_line(sessions, len(asked))
        await db.rollback()
    answers = await gather(*asked)

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert {answer.json()["code"] for answer in answers if answer.is_error} == {"record_taken"}


async def test_who_is_registered_already_is_told_to_ask_for_a_merge(api: Api, app: FastAPI, make: Make) -> None:
    made = (await registered(api, make, await make.staff(Role.dinas), PHONE)).json()
    me = api.as_(await newcomer(app))
    await me.post("/v1/people", full_name="Sendiri")

    refused = await me.post("/v1/me/takeover", record_id=made["id"])

    assert (refused.status_code, refused.json()["code"]) == (409, "already_registered")
    assert "menggabungkan" in refused.json()["detail"]


async def test_five_wrong_tries_end_it_for_a_day_also_at_once(api: Api, app: FastAPI, make: Make) -> None:
    officer = await make.staff(Role.dinas)
    person = (await registered(api, make, officer)).json()["id"]
    code = (await api.as_(officer).post(f"/v1/people/{person}/takeover-codes")).json()["code"]
    caller = await newcomer(app)
    me = api.as_(caller)

    guesses = await gather(*(me.post("/v1/me/takeover", code=f"23456789A{n}") for n in "BCDEFGHJ"))
    right = await me.post("/v1/me/takeover", code=code)
    with clock.clock_at(clock.now() + timedelta(days=1, seconds=1)):
        tomorrow = await api.as_(later(caller)).post("/v1/me/takeover", code=code)

    assert sorted(answer.status_code for answer in guesses) == [404] * 5 + [429] * 3
    assert (right.status_code, right.json()["code"]) == (429, "takeover_paused")
    assert 86_000 < int(right.headers["retry-after"]) <= 86_400
    assert tomorrow.status_code == 200


async def test_what_is_wrong_looks_like_what_is_not_there(api: Api, app: FastAPI, make: Make) -> None:
    somebody = await make.person(phone=OTHER_PHONE, nik=NIK)
    waiting = (await registered(api, make, await make.staff(Role.dinas), "+6281234567892")).json()["id"]
    me = api.as_(await newcomer(app))

    async def told(record_id: str | UUID) -> dict[str, object]:
        body = (await me.post("/v1/me/takeover", record_id=str(record_id))).json()
        return {name: value for name, value in body.items() if name != "request_id"}

    assert await told(somebody.id) == await told(waiting) == await told(new_id())


async def test_a_takeover_names_its_proof_and_is_for_people(api: Api, app: FastAPI, make: Make) -> None:
    me, officer = api.as_(await newcomer(app)), api.as_(await make.staff(Role.dinas))

    nothing = await me.post("/v1/me/takeover")
    both = await me.post("/v1/me/takeover", code="7KQ4M-XW29P", record_id=str(new_id()), nik=NIK)
    by_staff = await officer.post("/v1/me/takeover", code="7KQ4M-XW29P")
    listed = await officer.get("/v1/me/records")

    assert pointers(nothing) == {"#": "nothing_to_prove_it"}
    assert pointers(both) == {"#/record_id": "code_alone", "#/nik": "code_alone"}
    assert {answer.json()["code"] for answer in (by_staff, listed)} == {"people_only"}


async def test_a_consultant_makes_codes_for_the_people_assigned_to_them_alone(api: Api, make: Make) -> None:
    mine, other = await make.staff(Role.consultant), await make.staff(Role.consultant)
    person = (await registered(api, make, mine)).json()["id"]

    assert (await api.as_(mine).post(f"/v1/people/{person}/takeover-codes")).status_code == 201
    assert (await api.as_(other).post(f"/v1/people/{person}/takeover-codes")).status_code == 404


async def test_a_list_of_records_asks_as_often_for_many_as_for_few(
    api: Api, app: FastAPI, make: Make, statements: list[str]
) -> None:
    officer, me = await make.staff(Role.dinas), api.as_(await newcomer(app))
    paper = await make.signed_paper(officer)
    await me.get("/v1/me/records")

    counts = []
    for round_ in (1, 2):
        for _ in range(3):
            await api.as_(officer).post("/v1/people", full_name="Inaq", phone=PHONE, on_behalf=paper)
        statements.clear()
        rows = (await me.get("/v1/me/records")).json()["data"]
        assert ([row["phone_is_proven"] for row in rows], len(rows)) == ([False] * len(rows), 3 * round_)
        counts.append(len(statements))

    assert counts[0] == counts[1]
