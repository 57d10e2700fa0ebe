"""An officer registers a woman without a smartphone; later she has one, takes everything over, and decides herself."""

from typing import Any

from fastapi import FastAPI

from plut_api.kit.caller import Role
from plut_api.settings import Settings
from plut_api.worker import work_off
from tests.conftest import Api
from tests.factories import Make
from tests.financing.pulling import bank_and_machine, whole
from tests.identity.signing_in import bearer, signed_in_person

HER_PHONE = "+6281234567890"


async def test_from_the_counter_to_her_own_hands(api: Api, app: FastAPI, make: Make, settings: Settings) -> None:
    consultant, program = await make.staff(Role.consultant), await make.program()
    bank, machine = await bank_and_machine(api, make)
    officer = api.as_(consultant)

    # At the counter: a signed paper stands behind the record. She declares by the officer that she is a mother.
    given: dict[str, Any] = {
        "full_name": "Inaq Rante",
        "sex": "female",
        "birth_date": "1984-02-03",
        "nik": "5208014302840001",
    }
    registered = await officer.post("/v1/people", **given, on_behalf=await make.signed_paper(consultant))
    assert registered.status_code == 201, registered.text
    person = registered.json()["id"]
    assert (registered.json()["registration_proof"], registered.json()["phone"]) == ("signed_paper", None)
    await officer.post(f"/v1/people/{person}/segments", segment="mothers", since="2006-05-01")

    # Through the officer she gets a business, a seat, and lets a bank see her by another signed paper.
    business = await officer.post("/v1/actors", name="Tenun Inaq", village_code="52.08.01.2001", owner_id=person)
    actor = business.json()["id"]
    seat = await officer.post(f"/v1/programs/{program.id}/enrolments", person_id=person, actor_id=actor)
    consent = await officer.post(
        f"/v1/actors/{actor}/consents",
        organization_id=str(bank.id),
        text_version="1",
        channel="paper",
        signed_by=person,
        paper_reference="Map Persetujuan 7",
        paper_sha256="ab" * 32,
    )
    assert [answer.status_code for answer in (business, seat, consent)] == [201, 201, 201]

    # Months later she signs in with a new phone: nothing is known by it, and nobody guesses their way in.
    me = bearer((await signed_in_person(api, app, HER_PHONE))["access_token"])
    assert (await api.get("/v1/me/records", headers=me)).json()["data"] == []
    assert (await api.get(f"/v1/people/{person}", headers=me)).status_code == 404
    guessed = await api.post("/v1/me/takeover", headers=me, record_id=person, nik=given["nik"])
    assert (guessed.status_code, guessed.json()["code"]) == (404, "record_not_found")

    # The officer gives her a code, and with it everything is hers, as it was.
    slip = await officer.post(f"/v1/people/{person}/takeover-codes")
    taken = await api.post("/v1/me/takeover", headers=me, code=slip.json()["code"])
    assert (taken.status_code, taken.json()["id"], taken.json()["phone"]) == (200, person, HER_PHONE)
    assert taken.json()["segments"] == ["women", "mothers"]
    assert [row["id"] for row in (await api.get("/v1/actors", headers=me)).json()["data"]] == [actor]
    assert (await api.get(seat.headers["location"], headers=me)).json()["state"] == "enrolled"
    held = {s["name"]: s["rows"] for s in (await api.get("/v1/me/data", headers=me)).json()["sections"]}
    assert (held["registration"][0]["proof"], held["registration"][0]["registered_by"]) == ("signed_paper", "other")

    # She withdraws the consent herself; the consultant still accompanies her.
    path = consent.headers["location"]
    etag = (await api.get(path, headers=me)).headers["etag"]
    gone = await api.request("DELETE", path, headers=me | {"If-Match": etag})
    assert gone.status_code == 204
    assert (await api.get(path, headers=me)).json()["withdrawn_at"] is not None
    await work_off(settings)
    assert actor not in (await whole(machine))[0]
    assert (await officer.get(f"/v1/people/{person}")).json()["has_account"] is True
