"""Everything held of a person, machine-readable, and no table forgotten."""

from datetime import timedelta
from typing import Any

from fastapi import FastAPI
from sqlalchemy import Table, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Ownership
from plut_api.actors.privacy.models import DataRequest, RequestKind
from plut_api.actors.service.disclosures import disclose
from plut_api.kit import clock
from plut_api.kit.caller import Caller, Kind, Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.ids import new_id
from plut_api.kit.privacy import EXEMPT, SECTIONS
from plut_api.tables import METADATA
from tests.conftest import Api
from tests.factories import Make
from tests.financing.story import confirmed_business

PEOPLE = {"people", "actors", "accounts"}
NAMES = {"person_id", "person_ids", "actor_id", "actor_ids", "account_id", "caller_id", "subject_id", "phone_index"}


def refers_to_people(table: Table) -> bool:
    """By a foreign key, its own or that of a table it hangs on, or by a column that is called so."""
    keys = {key.column.table for key in table.foreign_keys}
    if table.name in PEOPLE or {key.name for key in keys} & PEOPLE or NAMES & set(table.columns.keys()):
        return True
    return any(refers_to_people(key) for key in keys if key is not table)


async def sections(api: Api) -> dict[str, list[dict[str, Any]]]:
    answer = await api.get("/v1/me/data")
    assert answer.status_code == 200, answer.text
    return {section["name"]: section["rows"] for section in answer.json()["sections"]}


async def test_every_table_that_refers_to_people_is_in_a_section_or_says_why_not(app: FastAPI) -> None:
    told = {table for section in SECTIONS.values() for table in section.tables}
    referring = {table.name for table in METADATA.sorted_tables if refers_to_people(table)}

    assert referring - told - EXEMPT.keys() == set()
    assert told & EXEMPT.keys() == set()
    assert (told | EXEMPT.keys()) - METADATA.tables.keys() == set()


async def test_a_person_gets_all_that_is_held_in_plain_values(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    business = await confirmed_business(api, make)
    bank = await make.bank(name="Bank Contoh Selaparang")
    await make.consent(business.actor, bank)
    async with unit_of_work(sessions) as db:
        caller = Caller(new_id(), Kind.client, Role.bank, frozenset(), bank.id)
        await disclose(db, caller, new_id(), "listReadyBusinesses", [business.actor.id], ["business_name"])
    me = api.as_(business.owner)
    await me.post("/v1/me/data-requests", kind="objection", text="Jangan dinilai otomatis.")

    held = await sections(me)

    (person,) = held["person"]
    assert (person["full_name"], person["nik"]) == (business.owner.full_name, "5271015705900003")
    assert person["phone"] == held["account"][0]["phone"] != ""
    (owned,) = held["businesses"]
    assert (owned["id"], owned["nib"], owned["other_owners"]) == (str(business.actor.id), "0220103123456", 0)
    assert held["annual_figures"][0]["sales_idr"] == 120_000_000
    assert held["enrolments"][0]["program_title"].startswith("Pelatihan Contoh")
    assert held["outcomes"][0]["reached_level"] == 2
    assert held["consents"][0]["organization_id"] == str(bank.id)
    assert held["disclosures"][0]["organization"] == "Bank Contoh Selaparang"
    assert held["readiness"][0]["status"] == "ready"
    assert "Pemilik" in held["ready_list"][0]["identified"]
    assert held["data_requests"][0]["text"] == "Jangan dinilai otomatis."
    assert {"confirmReadiness", "createDataRequest"} <= {row["operation"] for row in held["audit"]}
    assert set(held) == set(SECTIONS)


async def test_nothing_of_others_is_told(api: Api, make: Make) -> None:
    mine, theirs = await make.person(), await make.person(full_name="Lalu Orang Lain")
    own, shared = await make.actor(mine), await make.actor(theirs)
    await make.add(Ownership(actor_id=shared.id, person_id=mine.id))

    held = await sections(api.as_(mine))

    assert [row["id"] for row in held["businesses"]] == sorted([str(own.id), str(shared.id)])
    assert [row["other_owners"] for row in held["businesses"]] == [0, 1]
    text = (await api.as_(mine).get("/v1/me/data")).text
    assert "Lalu Orang Lain" not in text
    assert str(theirs.id) not in text
    assert str(theirs.account_id) not in text


async def test_no_secret_and_no_blind_index_leaves(api: Api, make: Make) -> None:
    person = await make.person(nik="5271015705900003")

    text = (await api.as_(person).get("/v1/me/data")).text

    assert "_hash" not in text
    assert "_index" not in text
    assert "_sealed" not in text


async def test_staff_get_what_is_held_of_their_account(api: Api, make: Make) -> None:
    for role in (Role.opd, Role.bank, Role.ojk, Role.partner, Role.consultant):
        officer = await make.staff(role)
        asked = await api.as_(officer).post("/v1/me/data-requests", kind="rectification", text="Nama saya keliru.")

        held = await sections(api.as_(officer))

        assert held["account"][0]["email"] == officer.email
        assert [row["id"] for row in held["data_requests"]] == [asked.json()["id"]]
        assert held["person"] == []
        assert (await api.as_(officer).get("/v1/me/disclosures")).status_code == 409


async def test_the_words_about_each_section_come_in_both_languages(api: Api, make: Make) -> None:
    me = api.as_(await make.person())

    indonesian = (await me.get("/v1/me/data")).json()["sections"]
    english = (await me.get("/v1/me/data", headers={"Accept-Language": "en"})).json()["sections"]

    assert all(a["about"] != b["about"] for a, b in zip(indonesian, english, strict=True))


async def test_a_request_has_a_clock_and_is_answered_by_the_dinas(api: Api, make: Make) -> None:
    me, dinas = api.as_(await make.person()), api.as_(await make.staff(Role.dinas))

    asked = await me.post("/v1/me/data-requests", kind="rectification", text="Tanggal lahir saya keliru.")
    (waiting,) = (await dinas.get("/v1/data-requests", state="open")).json()["data"]
    path = f"/v1/data-requests/{waiting['id']}/transitions"
    taken_up = await dinas.post(path, to="in_progress")
    silent = await dinas.post(path, to="done")
    done = await dinas.post(path, to="done", answer="Sudah dibetulkan sesuai KTP.")
    again = await dinas.post(path, to="refused", answer="Tidak.")

    assert asked.status_code == 201
    assert waiting["due_at"] > waiting["created_at"]
    assert (taken_up.status_code, silent.status_code, done.status_code) == (200, 422, 200)
    assert (again.status_code, again.json()["allowed_moves"]) == (409, [])
    seen = (await me.get(asked.headers["location"])).json()
    assert (seen["state"], seen["answer"]) == ("done", "Sudah dibetulkan sesuai KTP.")


async def test_requests_past_their_time_stand_out(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    me, dinas = api.as_(await make.person()), api.as_(await make.staff(Role.dinas))
    late = await me.post("/v1/me/data-requests", kind="restriction", text="Batasi.")
    async with unit_of_work(sessions) as db:
        await db.execute(update(DataRequest).values(due_at=clock.now() - timedelta(hours=1)))
    fresh = await me.post("/v1/me/data-requests", kind="objection", text="Keberatan.")

    overdue = (await dinas.get("/v1/data-requests", overdue=True)).json()["data"]
    in_time = (await dinas.get("/v1/data-requests", overdue=False)).json()["data"]

    assert [row["id"] for row in overdue] == [late.json()["id"]]
    assert overdue[0]["is_overdue"] is True
    assert [row["id"] for row in in_time] == [fresh.json()["id"]]


async def test_requests_of_others_are_not_there(api: Api, make: Make) -> None:
    asked = await api.as_(await make.person()).post("/v1/me/data-requests", kind="objection", text="Keberatan.")
    number = asked.json()["id"]
    stranger = api.as_(await make.person())
    consultant = api.as_(await make.staff(Role.consultant))
    dinas = api.as_(await make.staff(Role.dinas))

    assert (await stranger.get(f"/v1/me/data-requests/{number}")).status_code == 404
    assert (await stranger.get("/v1/me/data-requests")).json()["data"] == []
    assert (await consultant.get("/v1/data-requests")).status_code == 403
    assert (await dinas.get(f"/v1/data-requests/{number}")).status_code == 200
    assert (await dinas.get(f"/v1/data-requests/{new_id()}")).json()["code"] == "data_request_not_found"


async def test_erasure_is_asked_for_elsewhere(api: Api, make: Make) -> None:
    answer = await api.as_(await make.person()).post("/v1/me/data-requests", kind=RequestKind.erasure, text="Hapus.")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "erasure_elsewhere"
