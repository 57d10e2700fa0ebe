"""Dossiers: frozen as they were sent, closed when the bank has no business with them any more, checked by anybody."""

import hashlib
from datetime import timedelta

from fastapi import FastAPI
from sqlalchemy import select

from plut_api.actors.models import Actor
from plut_api.actors.privacy.models import Disclosure
from plut_api.financing.dossiers.models import Dossier
from plut_api.kit import clock
from tests.conftest import Api
from tests.factories import Make
from tests.financing.asking import referred
from tests.financing.story import any_id
from tests.programs.attendance.door import Sessions, worked_off


async def test_a_submitted_referral_carries_the_chain_from_training_to_readiness(api: Api, make: Make) -> None:
    business, bank, client, referral = await referred(api, make)

    answer = await client.get(f"{referral}/dossier")

    told = answer.json()
    content = told["content"]
    (outcome,) = content["outcomes"]
    assert answer.status_code == 200, answer.text
    assert (content["request"]["bank"], content["request"]["amount_idr"]) == (bank.name, 50_000_000)
    assert (content["business"]["name"], content["business"]["owner_name"]) == (
        business.actor.name,
        business.owner.full_name,
    )
    assert content["business"]["identity_verified_by"] == business.consultant.name
    assert outcome["enrolment_id"] in [item["id"] for item in content["training"]]
    assert (outcome["dimension"], outcome["reached_level"]) == ("packaging", 2)
    assert {gate["result"] for gate in content["gates"]} <= {"pass", "not_applicable"}
    assert content["readiness"]["confirmed_by"] == business.consultant.name
    assert (told["changes"], told["compared_at"]) == ([], None)
    assert "score" not in answer.text


async def test_what_changes_later_is_told_beside_what_was_sent(api: Api, make: Make, app: FastAPI) -> None:
    business, _, client, referral = await referred(api, make)
    sent = (await client.get(f"{referral}/dossier")).json()

    await make.figure(business.actor, year=clock.today().year - 2, sales_idr=77_000_000)
    read = await api.as_(business.owner).get(f"/v1/actors/{business.actor.id}")
    changed = await api.as_(business.owner).patch(
        f"/v1/actors/{business.actor.id}", etag=read.headers["etag"], name="Nama Baru"
    )
    assert changed.status_code == 200, changed.text
    await worked_off(app)
    later = (await client.get(f"{referral}/dossier")).json()

    assert later["content"] == sent["content"]
    assert later["compared_at"] is not None
    found = {(one["section"], one["kind"]): one["members"] for one in later["changes"]}
    assert found[("business", "changed")] == ["name"]
    assert ("figures", "added") in found


async def test_it_holds_only_what_the_consent_names(api: Api, make: Make, sessions: Sessions) -> None:
    business, _, client, referral = await referred(api, make)
    async with sessions() as db:
        actor = (await db.execute(select(Actor.nib_sealed).where(Actor.id == business.actor.id))).one()
    assert actor.nib_sealed is not None

    text = (await client.get(f"{referral}/dossier")).text

    assert "5271015705900003" not in text  # The owner's NIK.
    assert "0220103123456" not in text  # The business's NIB.


async def test_the_printed_one_is_a_pdf_and_the_same_each_time(api: Api, make: Make) -> None:
    _, _, client, referral = await referred(api, make)

    first = await client.get(f"{referral}/dossier", headers={"Accept": "application/pdf"})
    second = await client.get(f"{referral}/dossier", headers={"Accept": "application/pdf"})

    assert (first.status_code, first.headers["content-type"]) == (200, "application/pdf")
    assert first.content.startswith(b"%PDF-")
    assert hashlib.sha256(first.content).digest() == hashlib.sha256(second.content).digest()
    assert first.headers["cache-control"] == "no-store"


async def test_anybody_with_the_code_can_check_it_and_sees_a_masked_name(api: Api, make: Make) -> None:
    business, bank, client, referral = await referred(api, make)
    told = (await client.get(f"{referral}/dossier")).json()
    written = "-".join(told["code"][at : at + 4] for at in range(0, 16, 4)).lower()

    checked = await api.get(f"/v1/dossiers/{written}")

    masked = " ".join(f"{word[0]}••••" for word in business.actor.name.split())
    assert checked.status_code == 200, checked.text
    assert checked.json() == {
        "code": told["code"],
        "state": "with_bank",
        "frozen_at": told["frozen_at"],
        "content_sha256": told["content_sha256"],
        "bank": bank.name,
        "business": masked,
    }
    assert (await api.get(f"/v1/dossiers/{'A' * 16}")).status_code == 404


async def test_other_banks_find_no_dossier_and_the_own_one_none_after_a_withdrawal(api: Api, make: Make) -> None:
    business, _, client, referral = await referred(api, make)
    stranger = api.as_(await make.client(await make.bank(), "financing:read"))
    code = (await client.get(f"{referral}/dossier")).json()["code"]

    assert (await stranger.get(f"{referral}/dossier")).status_code == 404
    assert (await client.get(f"/v1/financing/referrals/{any_id()}/dossier")).status_code == 404
    moved = await api.as_(business.owner).post(f"{referral}/transitions", to="withdrawn")
    assert moved.status_code == 200, moved.text
    closed = await client.get(f"{referral}/dossier")

    assert (closed.status_code, closed.json()["code"]) == (410, "dossier_closed")
    assert (await api.as_(business.owner).get(f"{referral}/dossier")).status_code == 200
    assert (await api.get(f"/v1/dossiers/{code}")).json()["state"] == "ended"


async def test_a_bank_that_reads_it_is_noted_with_what_it_saw(api: Api, make: Make, sessions: Sessions) -> None:
    business, bank, client, referral = await referred(api, make)

    await client.get(f"{referral}/dossier")

    async with sessions() as db:
        query = select(Disclosure).where(Disclosure.operation == "getReferralDossier")
        (noted,) = await db.scalars(query)
    assert (noted.organization_id, noted.actor_ids) == (bank.id, [business.actor.id])
    assert {"owner_name", "yearly_figures", "training_outcomes"} <= set(noted.fields)


async def test_what_it_holds_lies_sealed_in_the_table(api: Api, make: Make, sessions: Sessions) -> None:
    business, *_ = await referred(api, make)

    async with sessions() as db:
        (row,) = await db.scalars(select(Dossier))

    assert row.content_sealed is not None
    assert business.actor.name.encode() not in row.content_sealed
    assert row.frozen_at > clock.now() - timedelta(minutes=5)
