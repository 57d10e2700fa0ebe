"""Minors and their guardians: who acts for whom, until when, and what needs a guardian on record."""

from asyncio import gather
from datetime import date, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Guardianship, Person, Relation
from plut_api.kit import clock
from plut_api.kit.audit.models import AuditEntry
from plut_api.kit.caller import Role
from plut_api.kit.clock import clock_at
from plut_api.kit.ids import new_id
from tests.actors.counter import pointers
from tests.conftest import Api
from tests.factories import Make, caller_for

Sessions = async_sessionmaker[AsyncSession]


def born(years: int, days: int = 0) -> date:
    """The birth date of somebody who is so many years and days old today."""
    today = clock.today()
    return today.replace(year=today.year - years) - timedelta(days=days)


async def guarded(api: Api, make: Make, ward: Person, guardian: Person, **given: Any) -> dict[str, Any]:
    """A guardian on record, by the Dinas."""
    dinas = api.as_(await make.staff(Role.dinas))
    body: dict[str, Any] = {"guardian_id": str(guardian.id), "relation": "mother"} | given
    answer = await dinas.post(f"/v1/people/{ward.id}/guardians", **body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_guardian_acts_for_the_ward_and_their_business(api: Api, make: Make, sessions: Sessions) -> None:
    mother, child, bank = await make.person(), await make.person(birth_date=born(15)), await make.bank()
    business, program = await make.actor(child), await make.program()
    me = api.as_(mother)
    before = [(await me.get(path)).status_code for path in (f"/v1/people/{child.id}", f"/v1/actors/{business.id}")]

    made = await guarded(api, make, child, mother)

    read = await me.get(f"/v1/people/{child.id}")
    changed = await me.patch(f"/v1/people/{child.id}", etag=read.headers["etag"], full_name="Nama Anak")
    seat = await me.post(f"/v1/programs/{program.id}/enrolments", person_id=str(child.id), actor_id=str(business.id))
    consent = await me.post(f"/v1/actors/{business.id}/consents", organization_id=str(bank.id), text_version="1")
    listed = {row["id"] for row in (await me.get("/v1/people")).json()["data"]}
    assert before == [404, 404]
    assert (made["acts"], made["guardian_name"]) == (True, mother.full_name)
    assert [a.status_code for a in (read, changed, seat, consent)] == [200, 200, 201, 201]
    assert (await me.get(f"/v1/enrolments/{seat.json()['id']}")).status_code == 200
    assert listed == {str(mother.id), str(child.id)}
    async with sessions() as db:
        query = select(AuditEntry).where(AuditEntry.operation == "changePerson")
        (entry,) = await db.scalars(query)
    assert (entry.caller_id, entry.on_behalf_of) == (mother.account_id, child.id)


async def test_a_ward_reaches_nothing_of_the_guardian(api: Api, make: Make) -> None:
    mother, child = await make.person(), await make.person(birth_date=born(15))
    business = await make.actor(mother)
    await guarded(api, make, child, mother)
    me = api.as_(child)

    assert (await me.get(f"/v1/people/{mother.id}")).status_code == 404
    assert (await me.get(f"/v1/actors/{business.id}")).status_code == 404
    assert [row["guardian_name"] for row in (await me.get(f"/v1/people/{child.id}/guardians")).json()["data"]] == [
        mother.full_name
    ]


async def test_it_ends_on_the_day_the_ward_comes_of_age_without_anybody_doing_anything(api: Api, make: Make) -> None:
    mother, child = await make.person(), await make.person(birth_date=born(17, 360))
    await guarded(api, make, child, mother)
    birthday = child.birth_date.replace(year=child.birth_date.year + 18) if child.birth_date else clock.today()
    noon = clock.now().replace(hour=4, minute=0)

    async def on(day: date) -> int:
        moment = noon + (day - noon.astimezone(clock.WITA).date())
        with clock_at(moment):
            caller = caller_for(mother)
            signed_in = type(caller)(caller.id, caller.kind, caller.role, caller.scopes, sign_in_id=new_id())
            return (await api.as_(signed_in).get(f"/v1/people/{child.id}")).status_code

    assert (await on(birthday - timedelta(days=1)), await on(birthday)) == (200, 404)


async def test_an_ended_guardian_reaches_nothing_from_the_next_request(api: Api, make: Make) -> None:
    mother, child = await make.person(), await make.person(birth_date=born(15))
    made = await guarded(api, make, child, mother)
    officer, me = api.as_(await make.consultant_of(child)), api.as_(mother)
    path = f"/v1/people/{child.id}/guardians"

    by_herself = await me.post(f"{path}/{made['id']}/end")
    ended = await officer.post(f"{path}/{made['id']}/end")
    again = await officer.post(f"{path}/{made['id']}/end")
    unknown = await officer.post(f"{path}/{new_id()}/end")

    assert (by_herself.status_code, by_herself.json()["code"]) == (403, "staff_only")
    assert (ended.json()["acts"], ended.json()["until"]) == (False, clock.today().isoformat())
    assert (again.json()["code"], unknown.json()["code"]) == ("guardianship_ended", "guardianship_not_found")
    assert (await me.get(f"/v1/people/{child.id}")).status_code == 404
    assert len((await officer.get(path)).json()["data"]) == 1


@pytest.mark.parametrize(
    ("guardian", "code"),
    [
        ({"birth_date": born(17, 364)}, "guardian_not_of_age"),
        ({"birth_date": None}, "guardian_not_of_age"),
    ],
)
async def test_who_is_not_known_to_be_of_age_is_no_guardian(
    api: Api, make: Make, guardian: dict[str, Any], code: str
) -> None:
    child, other = await make.person(birth_date=born(15)), await make.person(**guardian)
    dinas = api.as_(await make.staff(Role.dinas))

    refused = await dinas.post(f"/v1/people/{child.id}/guardians", guardian_id=str(other.id), relation="sibling")

    assert pointers(refused) == {"#/guardian_id": code}


async def test_a_guardian_is_somebody_else_whom_the_officer_serves(api: Api, make: Make) -> None:
    child, stranger = await make.person(birth_date=born(15)), await make.person()
    officer = api.as_(await make.consultant_of(child))
    path = f"/v1/people/{child.id}/guardians"

    oneself = await officer.post(path, guardian_id=str(child.id), relation="other")
    foreign = await officer.post(path, guardian_id=str(stranger.id), relation="other")
    nobody = await officer.post(path, guardian_id=str(new_id()), relation="other")

    assert pointers(oneself) == {"#/guardian_id": "guardian_is_oneself"}
    assert pointers(foreign) == pointers(nobody) == {"#/guardian_id": "guardian_unknown"}


async def test_who_is_of_age_needs_none(api: Api, make: Make) -> None:
    mother, dinas = await make.person(), api.as_(await make.staff(Role.dinas))
    body: dict[str, Any] = {"guardian_id": str(mother.id), "relation": "mother"}

    answers = [
        await dinas.post(f"/v1/people/{person.id}/guardians", **body)
        for person in (await make.person(birth_date=born(18)), await make.person(birth_date=None))
    ]

    assert [answer.json()["code"] for answer in answers] == ["not_a_minor"] * 2


async def test_guardians_do_not_go_in_circles_even_when_birth_dates_were_corrected(api: Api, make: Make) -> None:
    child, other, third = await make.person(birth_date=born(15)), await make.person(), await make.person()
    for ward, guardian in ((other, third), (third, child)):
        care = {"relation": Relation.other, "since": date(2020, 1, 1), "recorded_by": new_id()}
        await make.add(Guardianship(ward_id=ward.id, guardian_id=guardian.id, **care))
    dinas = api.as_(await make.staff(Role.dinas))

    refused = await dinas.post(f"/v1/people/{child.id}/guardians", guardian_id=str(other.id), relation="other")

    assert pointers(refused) == {"#/guardian_id": "guardian_circle"}


async def test_one_guardian_is_recorded_once_also_at_once(api: Api, make: Make) -> None:
    mother, child = await make.person(), await make.person(birth_date=born(15))
    dinas = api.as_(await make.staff(Role.dinas))
    body: dict[str, Any] = {"guardian_id": str(mother.id), "relation": "mother"}

    answers = await gather(*(dinas.post(f"/v1/people/{child.id}/guardians", **body) for _ in range(4)))

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert {answer.json()["code"] for answer in answers if answer.is_error} == {"guardian_already"}


async def test_staff_register_a_minor_together_with_a_guardian(api: Api, make: Make) -> None:
    dinas, mother = await make.staff(Role.dinas), await make.person()
    given: dict[str, Any] = {
        "full_name": "Anak",
        "birth_date": born(12).isoformat(),
        "on_behalf": await make.signed_paper(dinas),
    }
    guardian = {"guardian_id": str(mother.id), "relation": "mother"}
    officer = api.as_(dinas)

    alone = await officer.post("/v1/people", **given)
    unknown = await officer.post("/v1/people", **given, guardian=guardian | {"guardian_id": str(new_id())})
    made = await officer.post("/v1/people", **given, guardian=guardian)
    adult = await officer.post("/v1/people", **given | {"birth_date": born(18).isoformat()}, guardian=guardian)

    assert (alone.status_code, alone.json()["code"]) == (409, "guardian_needed")
    assert pointers(unknown) == {"#/guardian/guardian_id": "guardian_unknown"}
    assert made.status_code == 201
    assert (await api.as_(mother).get(made.headers["location"])).status_code == 200
    assert (adult.status_code, adult.json()["code"]) == (409, "not_a_minor")


async def test_a_minors_consent_to_a_bank_needs_a_guardian_on_record(api: Api, app: FastAPI, make: Make) -> None:
    child, mother, bank = await make.person(birth_date=born(16)), await make.person(), await make.bank()
    business = await make.actor(child)
    dinas = await make.staff(Role.dinas)
    path = f"/v1/actors/{business.id}/consents"
    given: dict[str, Any] = {"organization_id": str(bank.id), "text_version": "1"}
    paper: dict[str, Any] = given | {"channel": "paper", "paper_reference": "Map 1", "paper_sha256": "ab" * 32}

    alone = await api.as_(child).post(path, **given)
    on_paper = await api.as_(dinas).post(path, **paper, signed_by=str(child.id))
    not_yet = await api.as_(dinas).post(path, **paper, signed_by=str(mother.id))
    await guarded(api, make, child, mother)
    by_mother = await api.as_(dinas).post(path, **paper, signed_by=str(mother.id))

    assert {a.json()["code"] for a in (alone, on_paper)} == {"guardian_needed"}
    assert pointers(not_yet) == {"#/signed_by": "not_an_owner"}
    assert by_mother.status_code == 201, by_mother.text


async def test_a_list_of_guardians_asks_as_often_for_many_as_for_few(
    api: Api, make: Make, statements: list[str]
) -> None:
    child, dinas = await make.person(birth_date=born(15)), api.as_(await make.staff(Role.dinas))
    path = f"/v1/people/{child.id}/guardians"
    await dinas.get(path)

    counts = []
    for _ in range(2):
        for _ in range(3):
            await guarded(api, make, child, await make.person())
        statements.clear()
        assert (await dinas.get(path)).status_code == 200
        counts.append(len(statements))

    assert counts[0] == counts[1]
