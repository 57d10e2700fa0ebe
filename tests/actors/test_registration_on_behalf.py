"""Registration on behalf: staff say what stands behind it, a code to the person's phone or a paper they signed."""

from asyncio import gather
from datetime import timedelta
from typing import Any

from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Registration
from plut_api.identity.purpose_codes import CodePurpose
from plut_api.kit import clock
from plut_api.kit.caller import Role
from tests.actors.counter import NIK, PHONE, newcomer, pointers, registered
from tests.conftest import Api
from tests.factories import Make
from tests.identity.signing_in import sent_code, sent_messages

Sessions = async_sessionmaker[AsyncSession]


async def test_staff_say_what_stands_behind_a_registration(api: Api, make: Make) -> None:
    officer = api.as_(await make.staff(Role.consultant))

    bare = await officer.post("/v1/people", full_name="Inaq Contoh", village_code="52.71.01.9999")
    halves = await officer.post(
        "/v1/people", full_name="Inaq", on_behalf={"proof": "own_code", "paper_reference": "Map 1"}
    )
    paper = await officer.post("/v1/people", full_name="Inaq", on_behalf={"proof": "signed_paper", "code": "123456"})

    assert pointers(bare) == {"#/on_behalf": "proof_missing", "#/village_code": "village_unknown"}
    assert pointers(halves) == {
        "#/on_behalf/code": "missing",
        "#/phone": "missing",
        "#/on_behalf/paper_reference": "of_another_proof",
    }
    assert pointers(paper) == {
        "#/on_behalf/paper_reference": "missing",
        "#/on_behalf/paper_file_id": "missing",
        "#/on_behalf/code": "of_another_proof",
    }


async def test_the_code_goes_to_the_person_and_the_officer_enters_it(api: Api, app: FastAPI, make: Make) -> None:
    officer = api.as_(await make.staff(Role.consultant))

    asked = await officer.post("/v1/people/codes", phone="0812-3456-7890")
    proof = {"proof": "own_code", "code": sent_code(app, PHONE)}
    made = await officer.post("/v1/people", full_name="Inaq Contoh", phone=PHONE, on_behalf=proof)
    again = await officer.post("/v1/people", full_name="Inaq Dua", phone=PHONE, on_behalf=proof)

    assert (asked.status_code, asked.headers["location"]) == (202, "/v1/people")
    assert "PENDAFTARAN" in sent_messages(app)[-1]["text"]
    assert (made.status_code, made.json()["registration_proof"]) == (201, "own_code")
    assert (again.status_code, again.json()["code"]) == (409, "code_refused")


async def test_a_code_is_good_for_its_purpose_and_phone_alone(api: Api, app: FastAPI, make: Make) -> None:
    officer = api.as_(await make.staff(Role.dinas))
    await api.post("/oauth/otp", phone=PHONE)
    to_sign_in = sent_code(app, PHONE)
    to_change = await make.own_code(PHONE, CodePurpose.phone_change)
    of_other = await make.own_code("+6281234567891")

    async def tried(code: str) -> str:
        proof = {"proof": "own_code", "code": code}
        answer = await officer.post("/v1/people", full_name="Inaq", phone=PHONE, on_behalf=proof)
        return str(answer.json()["code"])

    assert {await tried(to_sign_in), await tried(to_change["code"]), await tried(of_other["code"])} == {"code_refused"}


async def test_five_wrong_tries_end_a_code_and_so_do_five_minutes(api: Api, make: Make) -> None:
    officer, proof = api.as_(await make.staff(Role.dinas)), await make.own_code(PHONE)
    wrong = proof | {"code": f"{(int(proof['code']) + 1) % 1_000_000:06d}"}
    late, at = await make.own_code("+6281234567891"), clock.now() + timedelta(seconds=301)

    tries = [await officer.post("/v1/people", full_name="I", phone=PHONE, on_behalf=wrong) for _ in range(5)]
    right = await officer.post("/v1/people", full_name="I", phone=PHONE, on_behalf=proof)
    with clock.clock_at(at):
        expired = await officer.post("/v1/people", full_name="I", phone="+6281234567891", on_behalf=late)

    assert {answer.json()["code"] for answer in (*tries, right, expired)} == {"code_refused"}


async def test_a_mistake_does_not_cost_the_code(api: Api, make: Make) -> None:
    await make.person(nik=NIK)
    officer, proof = api.as_(await make.staff(Role.dinas)), await make.own_code(PHONE)
    given: dict[str, Any] = {"full_name": "Inaq", "phone": PHONE, "on_behalf": proof}

    nowhere = await officer.post("/v1/people", **given, village_code="52.71.01.9999")
    taken = await officer.post("/v1/people", **given, nik=NIK)
    made = await officer.post("/v1/people", **given)

    assert (nowhere.status_code, taken.json()["code"], made.status_code) == (422, "nik_taken", 201)


async def test_one_code_registers_one_person_also_at_once(api: Api, make: Make) -> None:
    officer, proof = api.as_(await make.staff(Role.dinas)), await make.own_code(PHONE)
    given: dict[str, Any] = {"phone": PHONE, "on_behalf": proof}

    answers = await gather(*(officer.post("/v1/people", full_name=f"Inaq {n}", **given) for n in range(4)))

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_a_paper_is_a_file_that_the_officer_handed_in(api: Api, make: Make, sessions: Sessions) -> None:
    officer, other = await make.staff(Role.consultant), await make.staff(Role.consultant)

    foreign = await api.as_(officer).post("/v1/people", full_name="I", on_behalf=await make.signed_paper(other))
    made = await registered(api, make, officer)

    assert pointers(foreign) == {"#/on_behalf/paper_file_id": "file_unknown"}
    assert made.json()["registration_proof"] == "signed_paper"
    async with sessions() as db:
        (kept,) = await db.scalars(select(Registration))
    assert (str(kept.person_id), kept.registered_by) == (made.json()["id"], officer.id)
    assert (kept.paper_reference, kept.phone_index) == ("Map Contoh 1", None)


async def test_codes_at_the_counter_are_for_staff_and_have_quotas_of_their_own(
    api: Api, app: FastAPI, make: Make
) -> None:
    officer = api.as_(await make.staff(Role.dinas))
    await api.post("/oauth/otp", phone=PHONE)

    first = await officer.post("/v1/people/codes", phone=PHONE)
    second = await officer.post("/v1/people/codes", phone=PHONE)
    by_person = await api.as_(await make.person()).post("/v1/people/codes", phone=PHONE)

    assert first.status_code == 202  # The one for signing in, a moment ago, does not count here.
    assert (second.status_code, second.json()["code"]) == (429, "resend_too_soon")
    assert (by_person.status_code, by_person.json()["code"]) == (403, "staff_only")


async def test_who_registers_alone_proves_nothing_and_names_no_guardian(api: Api, app: FastAPI, make: Make) -> None:
    me, mother = api.as_(await newcomer(app)), await make.person()
    guardian = {"guardian_id": str(mother.id), "relation": "mother"}

    refused = await me.post("/v1/people", full_name="I", on_behalf={"proof": "own_code"}, guardian=guardian)
    made = await me.post("/v1/people", full_name="I")

    assert pointers(refused) == {
        "#/on_behalf": "only_staff_register_others",
        "#/guardian": "only_staff_register_others",
    }
    assert (made.json()["registered_on_behalf"], made.json()["registration_proof"]) == (False, None)


async def test_of_an_imported_person_the_file_is_the_proof(api: Api, make: Make) -> None:
    person = await make.person(import_id=(await make.bank()).id)

    read = (await api.as_(await make.staff(Role.dinas)).get(f"/v1/people/{person.id}")).json()

    assert (read["registered_on_behalf"], read["registration_proof"]) == (True, "import")


async def test_a_person_is_told_by_whom_they_were_registered_and_erasing_forgets_it(
    api: Api, app: FastAPI, make: Make, sessions: Sessions
) -> None:
    officer = await make.staff(Role.dinas)
    made = (await registered(api, make, officer, PHONE)).json()
    me = api.as_(await newcomer(app))
    await me.post("/v1/me/takeover", record_id=made["id"])

    held = {s["name"]: s["rows"] for s in (await me.get("/v1/me/data")).json()["sections"]}
    await me.post("/v1/me/erasure")
    gone = await me.post("/v1/me/erasure/confirm", code=sent_code(app, PHONE))

    assert [(row["registered_by"], row["proof"]) for row in held["registration"]] == [("other", "own_code")]
    assert gone.status_code == 200
    async with sessions() as db:
        assert (await db.scalars(select(Registration))).all() == []
