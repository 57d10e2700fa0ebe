"""People: registered by themselves or on their behalf, found by staff, seen by nobody else."""

from asyncio import gather
from datetime import date, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.identity.policy import scopes_of
from plut_api.identity.service import find_or_create_person_account
from plut_api.kit import clock
from plut_api.kit.caller import Caller, Kind, Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.outbox import Event
from tests.conftest import Api
from tests.factories import Make

NIK = "5271015705900003"  # A woman born on 17 May 1990, first registered in 52.71.01.


async def newcomer(app: FastAPI, phone: str = "+6281234567890") -> Caller:
    """Somebody who has signed in but not registered."""
    async with unit_of_work(app.state.sessions) as db:
        account = await find_or_create_person_account(db, phone)
    return Caller(account.id, Kind.person, Role.person, scopes_of(Role.person))


async def test_a_person_registers_alone_with_a_name(api: Api, app: FastAPI) -> None:
    me = api.as_(await newcomer(app))

    answer = await me.post("/v1/people", full_name="  Baiq   Contoh ")
    person = answer.json()

    assert answer.status_code == 201
    assert (person["full_name"], person["phone"], person["registered_on_behalf"]) == (
        "Baiq Contoh",
        "+6281234567890",
        False,
    )
    assert (await me.get(answer.headers["location"])).json().items() <= person.items()


async def test_registering_twice_is_refused_also_at_once(api: Api, app: FastAPI) -> None:
    me = api.as_(await newcomer(app))

    answers = await gather(*(me.post("/v1/people", full_name="Baiq Contoh") for _ in range(4)))

    assert sorted(a.status_code for a in answers) == [201, 409, 409, 409]
    assert {a.json()["code"] for a in answers if a.is_error} == {"already_registered"}


async def test_staff_register_on_behalf_and_the_record_says_so(api: Api, make: Make) -> None:
    officer = api.as_(await make.staff(Role.consultant))
    code = await make.own_code("+6281200000001")

    answer = await officer.post(
        "/v1/people", full_name="Inaq Contoh", phone="0812-0000-0001", village_code="52.71.01.1004", on_behalf=code
    )

    assert answer.status_code == 201
    assert (answer.json()["registered_on_behalf"], answer.json()["has_account"]) == (True, False)
    assert answer.json()["registration_proof"] == "own_code"


async def test_a_nik_that_disagrees_is_accepted_with_warnings(api: Api, make: Make) -> None:
    dinas = await make.staff(Role.dinas)
    officer = api.as_(dinas)

    answer = await officer.post(
        "/v1/people",
        on_behalf=await make.signed_paper(dinas),
        full_name="Lalu Contoh",
        nik=NIK,
        sex="male",
        birth_date="1990-05-18",
        village_code="52.03.01.2001",
    )

    assert answer.status_code == 201
    assert [w["code"] for w in answer.json()["warnings"]] == [
        "nik_birth_date_differs",
        "nik_sex_differs",
        "nik_region_differs",
    ]


@pytest.mark.parametrize(
    "nik",
    [
        "527101570590000",
        "5271010005900003",
        "5271013205900003",
        "5271014005900003",
        "5271017205900003",
        "5271018105900003",  # The 1st, with 40 added twice.
        "5271015713900003",
        "5271015705900000",
        "52710157059000AB",
        "٥٢٧١٠١٥٧٠٥٩٠٠٠٠٣",  # Digits, but of another script.
    ],
)
async def test_what_is_no_nik_is_refused(api: Api, make: Make, nik: str) -> None:
    answer = await api.as_(await make.staff(Role.dinas)).post("/v1/people", full_name="Contoh", nik=nik)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "#/nik"


async def test_every_fault_is_named_at_once(api: Api, make: Make) -> None:
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()

    answer = await api.as_(await make.staff(Role.dinas)).post(
        "/v1/people", full_name="", birth_date=tomorrow, sex="x", surprise=1, nik="1"
    )

    assert {e["pointer"] for e in answer.json()["errors"]} == {
        "#/full_name",
        "#/birth_date",
        "#/sex",
        "#/surprise",
        "#/nik",
    }


async def test_one_nik_belongs_to_one_person_also_at_once(api: Api, make: Make) -> None:
    dinas = await make.staff(Role.dinas)
    officer, paper = api.as_(dinas), await make.signed_paper(dinas)
    given: dict[str, Any] = {"nik": NIK, "on_behalf": paper}

    answers = await gather(*(officer.post("/v1/people", full_name=f"Contoh {n}", **given) for n in range(3)))

    assert sorted(a.status_code for a in answers) == [201, 409, 409]
    refused = next(a for a in answers if a.is_error)
    assert refused.json()["code"] == "nik_taken"
    assert NIK not in refused.text


async def test_another_person_sees_nothing_and_strangers_are_told_apart_from_nobody(api: Api, make: Make) -> None:
    mother, other = await make.person(), await make.person()

    foreign = await api.as_(other).get(f"/v1/people/{mother.id}")
    unknown = await api.as_(other).get("/v1/people/01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11")
    listed = await api.as_(other).get("/v1/people")

    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert foreign.json()["code"] == unknown.json()["code"] == "person_not_found"
    assert [p["id"] for p in listed.json()["data"]] == [str(other.id)]


@pytest.mark.parametrize("role", [Role.bank, Role.ojk, Role.partner])
async def test_banks_and_partners_have_no_way_to_people(api: Api, make: Make, role: Role) -> None:
    assert (await api.as_(await make.staff(role)).get("/v1/people")).status_code == 403


async def test_lists_mask_what_the_record_shows(api: Api, make: Make) -> None:
    person = await make.person(nik=NIK, phone="+6281234567890")
    officer = api.as_(await make.consultant_of(person))

    (row,) = (await officer.get("/v1/people")).json()["data"]
    full = (await officer.get(f"/v1/people/{person.id}")).json()

    assert (row["nik"], row["phone"]) == ("527101••••••0003", "+62812••••••90")
    assert (full["nik"], full["phone"]) == (NIK, "+6281234567890")


async def test_staff_find_a_person_by_exact_nik_or_phone_and_fuzzy_name(api: Api, make: Make) -> None:
    person = await make.person(nik=NIK, phone="+6281234567890", full_name="Nurjanah Kurniati")
    await make.person()
    officer = api.as_(await make.staff(Role.dinas))

    by_nik = await officer.post("/v1/people/search", nik=NIK)
    by_phone = await officer.post("/v1/people/search", phone="081234567890")
    by_name = await officer.get("/v1/people", q="nurjannah")
    nothing = await officer.post("/v1/people/search")

    for answer in (by_nik, by_phone, by_name):
        assert [p["id"] for p in answer.json()["data"]] == [str(person.id)]
    assert nothing.status_code == 422


async def test_segments_are_computed_on_the_day_asked(api: Api, make: Make) -> None:
    today = clock.today()
    ages = {16: True, 30: True, 31: False, 15: False}
    officer = api.as_(await make.staff(Role.dinas))

    for age, is_youth in ages.items():
        person = await make.person(birth_date=date(today.year - age, today.month, today.day))
        segments = (await officer.get(f"/v1/people/{person.id}")).json()["segments"]
        assert segments == (["women", "youth"] if is_youth else ["women"])


async def test_a_change_needs_the_version_it_was_made_from(api: Api, make: Make) -> None:
    person = await make.person()
    me = api.as_(person)
    etag = (await me.get(f"/v1/people/{person.id}")).headers["etag"]

    changed = await me.patch(f"/v1/people/{person.id}", etag=etag, full_name="Nama Baru", birth_date=None)
    stale = await me.patch(f"/v1/people/{person.id}", etag=etag, full_name="Lain")
    missing = await me.patch(f"/v1/people/{person.id}", etag=None, full_name="Lain")

    assert (changed.json()["full_name"], changed.json()["birth_date"]) == ("Nama Baru", None)
    assert (stale.status_code, missing.status_code) == (412, 428)


async def test_of_many_changes_at_once_one_wins(api: Api, make: Make) -> None:
    person = await make.person()
    me = api.as_(person)
    etag = (await me.get(f"/v1/people/{person.id}")).headers["etag"]

    answers = await gather(*(me.patch(f"/v1/people/{person.id}", etag=etag, full_name=f"N {n}") for n in range(5)))

    assert sorted(a.status_code for a in answers) == [200, 412, 412, 412, 412]


@pytest.mark.parametrize(
    "change", [{"nik": "5271015705900004"}, {"full_name": "Nama Lain"}, {"birth_date": "1990-05-18"}]
)
async def test_identity_is_verified_by_staff_and_undone_by_what_is_on_the_card(
    api: Api, make: Make, change: dict[str, str]
) -> None:
    person = await make.person(nik=NIK)
    officer = api.as_(await make.consultant_of(person))

    by_herself = await api.as_(person).post(f"/v1/people/{person.id}/verify-identity")
    verified = await officer.post(f"/v1/people/{person.id}/verify-identity")
    etag = verified.headers["etag"]
    same = await officer.patch(f"/v1/people/{person.id}", etag=etag, village_code=None, full_name=person.full_name)
    changed = await officer.patch(f"/v1/people/{person.id}", etag=same.headers["etag"], **change)

    assert same.json()["identity_verified_at"] is not None
    assert (by_herself.status_code, by_herself.json()["code"]) == (403, "staff_only")
    assert verified.json()["identity_verified_at"] is not None
    assert changed.json()["identity_verified_at"] is None


async def test_without_a_nik_there_is_nothing_to_verify(api: Api, make: Make) -> None:
    person = await make.person()

    answer = await api.as_(await make.staff(Role.dinas)).post(f"/v1/people/{person.id}/verify-identity")

    assert (answer.status_code, answer.json()["code"]) == (409, "nik_missing")


async def test_the_events_of_a_person_tell_who_and_nothing_personal(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    officer = api.as_(await make.staff(Role.dinas))

    given: dict[str, Any] = {"full_name": "Inaq Contoh", "nik": NIK, "phone": "081200000001"}
    registered = await officer.post("/v1/people", **given, on_behalf=await make.own_code("+6281200000001"))
    path = registered.headers["location"]
    changed = await officer.patch(path, etag=registered.headers["etag"], full_name="Inaq Contoh Dua")
    await officer.post(f"{path}/verify-identity")

    async with sessions() as db:
        events = (await db.scalars(select(Event).order_by(Event.id))).all()
    assert [e.name for e in events] == ["person.registered", "person.changed", "person.changed"]
    assert {str(e.subject_id) for e in events} == {changed.json()["id"]}
    assert [e.facts for e in events] == [{}, {}, {}]


async def test_a_nik_of_somebody_else_is_refused_in_a_change_too(api: Api, make: Make) -> None:
    await make.person(nik=NIK)
    person = await make.person()
    officer = api.as_(await make.consultant_of(person))
    etag = (await officer.get(f"/v1/people/{person.id}")).headers["etag"]

    answer = await officer.patch(f"/v1/people/{person.id}", etag=etag, nik=NIK)

    assert (answer.status_code, answer.json()["code"]) == (409, "nik_taken")


async def test_an_unknown_village_is_refused_in_a_change_too(api: Api, make: Make) -> None:
    person = await make.person()
    me = api.as_(person)
    etag = (await me.get(f"/v1/people/{person.id}")).headers["etag"]

    answer = await me.patch(f"/v1/people/{person.id}", etag=etag, village_code="52.71.01.9999")

    assert answer.status_code == 422
    assert [e["pointer"] for e in answer.json()["errors"]] == ["#/village_code"]


async def test_a_list_asks_the_database_as_often_for_many_rows_as_for_few(
    api: Api, make: Make, statements: list[str]
) -> None:
    officer = api.as_(await make.staff(Role.dinas))
    await officer.get("/v1/people")  # The first call of a caller also counts it.

    counts = []
    for _ in range(2):
        for _ in range(3):
            await make.person()
        statements.clear()
        assert (await officer.get("/v1/people")).status_code == 200
        counts.append(len(statements))

    assert counts[0] == counts[1]
