"""An owner lets a bank see, sees that it saw, changes their mind, and the bank knows at its very next request."""

from fastapi import FastAPI
from sqlalchemy import select

from plut_api.kit.outbox import Event
from plut_api.settings import Settings
from plut_api.worker import work_off
from tests.conftest import Api
from tests.factories import Make
from tests.financing.pulling import apply, bank_and_machine, changes, consent, whole, withdraw
from tests.financing.story import confirmed_business


async def test_from_consent_to_withdrawal(api: Api, app: FastAPI, make: Make, settings: Settings) -> None:
    business, other = await confirmed_business(api, make, 1), await confirmed_business(api, make, 2)
    bank, machine = await bank_and_machine(api, make)
    another_bank, another_machine = await bank_and_machine(api, make)
    owner, number = api.as_(business.owner), str(business.actor.id)

    # Without consent a bank knows nobody, and nobody was shown.
    known, token = await whole(machine)
    assert {row["masked"] for row in known.values()} == {True}
    assert (await owner.get(f"/v1/actors/{number}/disclosures")).json()["data"] == []

    # Consent: at its next request this bank knows who it is, no other bank does.
    given = await consent(api, business, bank)
    await consent(api, other, another_bank)
    found, token = await changes(machine, token)
    apply(known, found)
    assert known[number]["name"] == business.actor.name
    assert {item["reason"] for item in found if item["removed"]} == {"consent_given"}
    assert number not in (await whole(another_machine))[0]

    # The owner sees who saw.
    seen = (await owner.get(f"/v1/actors/{number}/disclosures")).json()["data"]
    assert {entry["organization_id"] for entry in seen} == {str(bank.id)}
    assert {entry["operation"] for entry in seen} == {"listReadyBusinesses"}

    # A request for financing goes to the bank.
    referral = await owner.post(
        "/v1/financing/referrals",
        actor_id=number,
        bank_id=str(bank.id),
        amount_idr=50_000_000,
        tenor_months=24,
        purpose="Mesin kemasan.",
    )
    assert referral.status_code == 201, referral.text

    # Withdrawal: at its next request the bank knows nobody, by pages, by changes and whole.
    await withdraw(api, given, business)
    assert number not in (await whole(machine))[0]
    streamed = await machine.get("/v1/financing/ready-list", headers={"Accept": "application/x-ndjson"})
    assert number not in streamed.text
    assert business.actor.name not in streamed.text
    found, token = await changes(machine, token)
    apply(known, found)
    assert {item["id"]: item["reason"] for item in found if item["removed"]} == {number: "consent_withdrawn"}
    assert number not in known
    assert len(known) == 2

    # What rested on it ends with it, and both sides are told.
    await work_off(settings)
    ended = (await owner.get(referral.headers["location"])).json()
    assert ended["state"] == "withdrawn"
    async with app.state.sessions() as db:
        told = list(await db.scalars(select(Event.name).order_by(Event.id)))
    assert told.count("consent.withdrawn") == 1
    assert told.count("referral.withdrawn") == 1

    # Nothing more was shown after that, and what was shown stays on record.
    after = (await owner.get(f"/v1/actors/{number}/disclosures")).json()["data"]
    withdrawn_at = (await owner.get(given.headers["location"])).json()["withdrawn_at"]
    assert after != []
    assert all(e["disclosed_at"] < withdrawn_at for e in after if e["operation"] == "listReadyBusinesses")


async def test_what_a_bank_has_approved_stays_and_the_bank_is_reminded(
    api: Api, app: FastAPI, make: Make, settings: Settings
) -> None:
    business = await confirmed_business(api, make)
    bank, _ = await bank_and_machine(api, make)
    officer = api.as_(await make.client(bank, "financing:read", "financing:decide"))
    given = await consent(api, business, bank)
    referral = await api.as_(business.owner).post(
        "/v1/financing/referrals",
        actor_id=str(business.actor.id),
        bank_id=str(bank.id),
        amount_idr=50_000_000,
        tenor_months=24,
        purpose="Mesin kemasan.",
    )
    path = f"{referral.headers['location']}/transitions"
    await officer.post(path, to="received")
    await officer.post(path, to="in_review")
    await officer.post(path, to="approved", approved_amount_idr=40_000_000)

    await withdraw(api, given, business)
    await work_off(settings)

    assert (await officer.get(referral.headers["location"])).json()["state"] == "approved"
    async with app.state.sessions() as db:
        told = list(await db.scalars(select(Event.name)))
    assert "referral.consent_ended" in told


async def test_a_new_request_on_a_new_consent_outlives_the_end_of_the_old_one(
    api: Api, make: Make, settings: Settings
) -> None:
    business = await confirmed_business(api, make)
    bank, _ = await bank_and_machine(api, make)
    await withdraw(api, await consent(api, business, bank), business)
    await consent(api, business, bank)
    referral = await api.as_(business.owner).post(
        "/v1/financing/referrals",
        actor_id=str(business.actor.id),
        bank_id=str(bank.id),
        amount_idr=50_000_000,
        tenor_months=24,
        purpose="Mesin kemasan.",
    )

    await work_off(settings)  # Only now the end of the first consent is acted on.

    assert (await api.as_(business.owner).get(referral.headers["location"])).json()["state"] == "submitted"
