"""Who may be the same is shown as a record is entered: all candidates within the caller's rows, why, and how sure."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors import identifiers
from plut_api.actors.duplicates.entry import Entered, find_candidates
from plut_api.actors.duplicates.models import DuplicatePair, Kind
from plut_api.actors.queries import actors_alike, people_alike
from plut_api.kit import clock
from plut_api.kit.audit.models import AuditEntry
from plut_api.kit.caller import Role
from tests.actors.duplicates.on_file import ELSEWHERE, VILLAGE, on_file
from tests.conftest import Api
from tests.factories import Make, caller_for

Sessions = async_sessionmaker[AsyncSession]
KOPI: dict[str, Any] = {"name": "Kopi Sembalun", "village_code": VILLAGE, "kbli_code": "10761"}
NIK = "5271015705900003"


async def test_the_dinas_is_shown_every_business_that_may_be_the_same_and_others_those_within_their_rows(
    api: Api, make: Make
) -> None:
    await make.actor(name="Kopi Sembalun Jaya", village_code=VILLAGE)
    await make.actor(name="Bengkel Motor", village_code=VILLAGE)
    owner = await make.person()

    by_owner = await api.as_(owner).post("/v1/actors", **KOPI)
    by_consultant = await api.as_(await make.consultant_of(owner)).post("/v1/actors", **KOPI, owner_id=str(owner.id))
    by_dinas = await api.as_(await make.staff(Role.dinas)).post("/v1/actors", **KOPI, owner_id=str(owner.id))

    assert by_owner.json()["possible_duplicates"] == []
    assert by_owner.json()["possible_duplicates_elsewhere"] == 0
    found = by_consultant.json()["possible_duplicates"]
    assert [(d["name"], d["why"]) for d in found] == [("Kopi Sembalun", ["phone", "name", "village"])]
    found = by_dinas.json()["possible_duplicates"]
    assert [(d["name"], d["why"], d["sureness"]) for d in found] == [
        ("Kopi Sembalun", ["phone", "name", "village"], 0.82),
        ("Kopi Sembalun", ["phone", "name", "village"], 0.82),
        ("Kopi Sembalun Jaya", ["name", "village"], pytest.approx(0.57, abs=0.03)),
    ]


async def test_every_candidate_is_shown_with_every_reason_the_surest_first(api: Api, make: Make) -> None:
    officer = api.as_(await make.staff(Role.dinas))
    owner = await make.person(phone="+6281234567890")
    partner = await on_file(make, "Amaq Contoh", phone="+6281234567890")
    for number in range(25):
        await make.actor(name=f"Kopi Sembalun {number}", village_code=VILLAGE)
    elsewhere = await make.actor(name="Kopi Sembalun", village_code=ELSEWHERE)
    of_partner = await make.actor(partner, name="Bengkel Motor", village_code=ELSEWHERE)

    answer = await officer.post("/v1/actors", **KOPI, owner_id=str(owner.id))

    found = {d["id"]: d for d in answer.json()["possible_duplicates"]}
    assert len(found) == 26
    assert found[str(of_partner.id)]["why"] == ["phone"]
    assert str(elsewhere.id) not in found
    sureness = [d["sureness"] for d in answer.json()["possible_duplicates"]]
    assert sureness == sorted(sureness, reverse=True)


async def test_a_person_is_checked_before_they_are_saved_and_nothing_is_written(
    api: Api, make: Make, sessions: Sessions, app: FastAPI
) -> None:
    same = await make.person(full_name="Hj. Siti Aminah", nik=NIK, phone="+6281234567001")
    namesake = await make.person(full_name="SITI  AMINAH", village_code=VILLAGE)
    elsewhere = await make.person(full_name="Siti Aminah", village_code=ELSEWHERE)
    of_phone = await make.person(full_name="Lalu Wirajaya", phone="+6281234567002", village_code=ELSEWHERE)
    await make.person(full_name="Siti Aminah", birth_date=None, village_code=ELSEWHERE)
    asked: dict[str, Any] = {"full_name": "siti aminah", "birth_date": "1990-05-17", "village_code": VILLAGE}

    answer = await api.as_(await make.staff(Role.dinas)).post(
        "/v1/people/duplicate-check", **asked, nik=NIK, phone="0812 3456 7002"
    )

    assert answer.status_code == 200, answer.text
    found = [(d["id"], d["why"], d["sureness"]) for d in answer.json()["possible_duplicates"]]
    assert found == [
        (str(same.id), ["nik", "name", "village", "birth_date"], 1.0),
        (str(namesake.id), ["name", "village", "birth_date"], pytest.approx(0.856)),
        (str(elsewhere.id), ["name", "birth_date"], pytest.approx(0.82)),
        (str(of_phone.id), ["phone"], 0.5),
    ]
    assert NIK not in answer.text
    async with sessions() as db:
        assert (await db.scalars(select(DuplicatePair))).all() == []
        entry = (await db.scalars(select(AuditEntry).where(AuditEntry.operation == "checkPersonDuplicates"))).one()
    assert entry.after == {"asked_by": ["birth_date", "full_name", "nik", "phone", "village_code"], "elsewhere": 0}
    assert set(entry.about_ids) == {same.id, namesake.id, elsewhere.id, of_phone.id}


async def test_numbers_and_birth_dates_that_differ_make_namesakes_less_sure(api: Api, make: Make) -> None:
    await make.person(full_name="Muhammad Ali", nik="5271011705900001", birth_date=None)
    await make.person(full_name="Muhammad Ali", birth_date=date(1985, 1, 2))
    officer = api.as_(await make.staff(Role.dinas))
    asked: dict[str, Any] = {"full_name": "Muhammad Ali", "village_code": VILLAGE, "birth_date": "1990-05-17"}

    plain = await officer.post("/v1/people/duplicate-check", full_name="Muhammad Ali", village_code=VILLAGE)
    with_more = await officer.post("/v1/people/duplicate-check", **asked, nik="5271011705900002")

    assert [d["sureness"] for d in plain.json()["possible_duplicates"]] == [0.64, 0.64]
    assert sorted(d["sureness"] for d in with_more.json()["possible_duplicates"]) == [0.128, 0.256]


async def test_a_consultant_learns_only_that_there_is_such_a_record_and_how_many(api: Api, make: Make) -> None:
    stranger = await make.person(full_name="Baiq Rahmawati", nik=NIK, phone="+6281234567003")
    mine = await make.person(full_name="Baiq Rahmawati", birth_date=None)
    consultant = api.as_(await make.consultant_of(mine))

    answer = await consultant.post(
        "/v1/people/duplicate-check", full_name="Baiq Rahmawati", village_code=VILLAGE, birth_date="1990-05-17"
    )

    assert [d["id"] for d in answer.json()["possible_duplicates"]] == [str(mine.id)]
    assert answer.json()["possible_duplicates_elsewhere"] == 1
    assert str(stranger.id) not in answer.text


async def test_who_guesses_numbers_learns_nothing_by_the_check(api: Api, make: Make) -> None:
    await make.person(full_name="Baiq Rahmawati", nik=NIK, phone="+6281234567003")
    await make.actor(name="Tenun Sukarara", nib="0220103123456")
    consultant = api.as_(await make.consultant_of(await make.person()))
    nothing = {"possible_duplicates": [], "possible_duplicates_elsewhere": 0}

    by_nik = await consultant.post("/v1/people/duplicate-check", full_name="Xx", nik=NIK)
    by_phone = await consultant.post("/v1/people/duplicate-check", full_name="Xx", phone="081234567003")
    by_nib = await consultant.post(
        "/v1/actors/duplicate-check", name="Xx", village_code=VILLAGE, nib="0220103123456", owner_phone="081234567003"
    )

    assert [answer.json() for answer in (by_nik, by_phone, by_nib)] == [nothing] * 3


async def test_only_staff_of_plut_may_check(api: Api, make: Make) -> None:
    person = api.as_(await make.person())

    of_people = await person.post("/v1/people/duplicate-check", full_name="Xx")
    of_actors = await person.post("/v1/actors/duplicate-check", name="Xx", village_code=VILLAGE)

    assert [(a.status_code, a.json()["code"]) for a in (of_people, of_actors)] == [(403, "staff_only")] * 2


async def test_a_business_is_checked_by_nib_name_and_phone_of_an_owner(api: Api, make: Make) -> None:
    owner = await make.person(phone="+6281234567004")
    by_nib = await make.actor(name="Lain Sekali", nib="0220103123456", village_code=ELSEWHERE)
    by_name = await make.actor(name="UD. Tenun Sukarara", village_code=VILLAGE)
    by_phone = await make.actor(owner, name="Bengkel", village_code=ELSEWHERE)
    officer = api.as_(await make.staff(Role.dinas))
    asked: dict[str, Any] = {
        "name": "tenun sukarara",
        "village_code": VILLAGE,
        "nib": "0220103123456",
        "owner_phone": "081234567004",
    }

    answer = await officer.post("/v1/actors/duplicate-check", **asked)

    assert [(d["id"], d["why"], d["sureness"]) for d in answer.json()["possible_duplicates"]] == [
        (str(by_nib.id), ["nib"], 1.0),
        (str(by_name.id), ["name", "village"], 0.7),
        (str(by_phone.id), ["phone"], 0.4),
    ]


async def test_an_unknown_village_is_a_fault_with_its_pointer(api: Api, make: Make) -> None:
    officer = api.as_(await make.staff(Role.dinas))

    answer = await officer.post("/v1/people/duplicate-check", full_name="Siti", village_code="99.99.99.9999")

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/village_code")


async def test_what_is_sure_enough_is_queued_as_it_is_entered_even_if_the_caller_may_not_see_it(
    api: Api, make: Make, sessions: Sessions
) -> None:
    there = await make.actor(name="Kopi Sembalun", village_code=VILLAGE)
    await make.actor(name="Kopi Susu Sembalun Raya", village_code=VILLAGE)
    owner = await make.person()

    answer = await api.as_(owner).post("/v1/actors", **KOPI)

    assert answer.json()["possible_duplicates"] == []
    async with sessions() as db:
        pair = (await db.scalars(select(DuplicatePair))).one()
    assert {pair.a_id, pair.b_id} == {there.id, UUID(answer.json()["id"])}
    assert (pair.kind, pair.state, pair.found_by, pair.reasons) == ("actor", "open", "entry", ["name", "village"])


async def test_the_number_of_statements_does_not_grow_with_the_candidates(
    app: FastAPI, make: Make, sessions: Sessions, statements: list[str]
) -> None:
    caller = caller_for(await make.staff(Role.dinas))
    entered = Entered(Kind.actor, "Kopi Sembalun", VILLAGE, phone_indexes=[_phone("+6281234567001")])
    counts = []
    for _ in range(2):
        await make.actor(name="Kopi Sembalun", village_code=VILLAGE)
        statements.clear()
        async with sessions() as db:
            found = await find_candidates(db, caller, entered)
        counts.append((len(found.shown), len(statements)))

    assert counts == [(1, 1), (2, 1)]


@pytest.mark.usefixtures("unmeasured")
@pytest.mark.parametrize("role", [Role.dinas, Role.consultant])
async def test_candidates_are_looked_up_by_index_not_by_reading_all(app: FastAPI, make: Make, role: Role) -> None:
    caller = caller_for(await make.staff(role))
    given: dict[str, Any] = {"day": clock.today(), "id": None, "name": "Kopi", "village": VILLAGE, "number": b"1"}
    given |= {"phones": [b"2"]}

    people = await _plan(app, people_alike(caller), given | {"birth_date": clock.today()})
    actors = await _plan(app, actors_alike(caller), given)

    for index in ("village_name_trgm", "birth_date_name", "phone_index"):
        assert f"ix_people_{index}" in people
    assert "uq_people_nik_index" in people
    assert "ix_actors_village_name_trgm" in actors
    assert "uq_actors_nib_index" in actors
    assert "ix_people_phone_index" in actors
    assert "Seq Scan on people" not in people + actors
    assert "Seq Scan on actors" not in people + actors


def _phone(phone: str) -> bytes:
    index = identifiers.blind(identifiers.PHONE, phone)
    assert index is not None
    return index


async def _plan(app: FastAPI, query: Any, given: dict[str, Any]) -> str:
    spelled = query.compile(app.state.engine).construct_expanded_state(given)
    async with app.state.engine.connect() as connection:
        await connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        values = tuple(spelled.positional_parameters)
        return "\n".join((await connection.exec_driver_sql(f"EXPLAIN {spelled.statement}", values)).scalars())
