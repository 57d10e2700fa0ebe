"""A person signs in by phone, registers, is seen, takes their data along, has themself erased, and begins anew."""

from datetime import datetime, timedelta

from fastapi import FastAPI

from plut_api.kit.caller import Role
from plut_api.settings import Settings
from plut_api.worker import work_off
from tests.conftest import Api
from tests.factories import Make
from tests.financing.pulling import apply, bank_and_machine, changes, whole
from tests.financing.story import confirmed_business
from tests.identity.signing_in import bearer, renewed, sent_code, signed_in_person


async def test_from_registration_to_erasure_and_back(api: Api, app: FastAPI, make: Make, settings: Settings) -> None:
    business = await confirmed_business(api, make)
    phone = (await api.as_(business.owner).get("/v1/me")).json()["phone"]
    bank, machine = await bank_and_machine(api, make)
    tokens = await signed_in_person(api, app, phone)
    headers, number = bearer(tokens["access_token"]), str(business.actor.id)

    # The bank knows the business by consent.
    await api.post(f"/v1/actors/{number}/consents", headers=headers, organization_id=str(bank.id), text_version="1")
    known, sync_token = await whole(machine)
    assert known[number]["owner_name"] == business.owner.full_name

    # The person takes along all that is held, with the record of who saw it.
    held = {s["name"]: s["rows"] for s in (await api.get("/v1/me/data", headers=headers)).json()["sections"]}
    assert held["businesses"][0]["id"] == number
    assert held["disclosures"][0]["operation"] == "listReadyBusinesses"

    # Asking starts the clock, and does nothing yet.
    asked = await api.post("/v1/me/erasure", headers=headers)
    assert (asked.status_code, asked.json()["state"]) == (202, "awaiting_code")
    period = datetime.fromisoformat(asked.json()["due_at"]) - datetime.fromisoformat(asked.json()["created_at"])
    assert abs(period - timedelta(hours=72)) < timedelta(minutes=1)
    assert number in (await whole(machine))[0]

    # The code does it.
    done = await api.post("/v1/me/erasure/confirm", headers=headers, code=sent_code(app, phone))
    assert (done.status_code, done.json()["state"]) == (200, "done")
    assert done.json()["report"]["kept"] != []

    # The bank gets a tombstone at its next pull; sessions have ended; the Dinas sees the answered request.
    found, _ = await changes(machine, sync_token)
    apply(known, found)
    assert all(item["removed"] for item in found)
    assert known == {}
    assert (await renewed(api, tokens["refresh_token"])).status_code == 400
    assert (await api.get("/v1/me", headers=headers)).status_code in (401, 404)
    dinas = api.as_(await make.staff(Role.dinas))
    (request,) = (await dinas.get("/v1/data-requests", state="done")).json()["data"]
    assert request["id"] == done.json()["id"]

    # What the worker does afterwards brings nobody back.
    await work_off(settings)
    assert (await whole(machine))[0] == {}
    assert (await dinas.get("/v1/people")).json()["data"] == []

    # The phone is free: a new account, which knows nothing of the old one.
    fresh = bearer((await signed_in_person(api, app, phone))["access_token"])
    person = await api.post("/v1/people", headers=fresh, full_name="Baiq Mulai Baru")
    assert person.status_code == 201
    held = {s["name"]: s["rows"] for s in (await api.get("/v1/me/data", headers=fresh)).json()["sections"]}
    assert (len(held["person"]), held["businesses"], held["disclosures"]) == (1, [], [])
