"""Consents: given by owners, one at a time, ended at once."""

from asyncio import gather
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import FastAPI
from httpx import Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Actor, Consent, Person
from plut_api.kit.caller import Role
from plut_api.kit.outbox import Event
from plut_api.organizations.models import OrganizationKind
from plut_api.reference.rules import rule_value
from tests.conftest import Api
from tests.factories import Make


async def owner_and_business(make: Make) -> tuple[Person, Actor]:
    owner = await make.person()
    return owner, await make.actor(owner)


def consent_to(bank: Any) -> dict[str, Any]:
    return {"organization_id": str(bank.id), "text_version": "1"}


PAPER_HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def on_paper(signer: Person) -> dict[str, Any]:
    return {
        "channel": "paper",
        "signed_by": str(signer.id),
        "paper_reference": "files/persetujuan-0142.pdf",
        "paper_sha256": PAPER_HASH,
    }


def codes(answer: Response) -> list[str]:
    return [error["code"] for error in answer.json()["errors"]]


async def test_an_owner_gives_and_withdraws(api: Api, make: Make) -> None:
    owner, actor = await owner_and_business(make)
    me, path = api.as_(owner), f"/v1/actors/{actor.id}/consents"

    given = await me.post(path, **consent_to(await make.bank()))
    etag = (await me.get(given.headers["location"])).headers["etag"]
    withdrawn = await me.delete(given.headers["location"], etag=etag)
    again = await me.delete(given.headers["location"], etag='"2"')

    assert given.status_code == 201
    assert withdrawn.status_code == 204
    assert (again.status_code, again.json()["code"]) == (409, "consent_already_withdrawn")
    (listed,) = (await me.get(path)).json()["data"]
    assert listed["withdrawn_at"] is not None


async def test_strangers_banks_and_consultants_of_others_cannot_give(api: Api, make: Make) -> None:
    _, actor = await owner_and_business(make)
    bank, path = await make.bank(), f"/v1/actors/{actor.id}/consents"

    stranger = await api.as_(await make.person()).post(path, **consent_to(bank))
    consultant = await api.as_(await make.staff(Role.consultant)).post(path, **consent_to(bank))
    banker = await api.as_(await make.staff(Role.bank, bank)).post(path, **consent_to(bank))

    assert [a.status_code for a in (stranger, consultant, banker)] == [404, 404, 403]


async def test_one_live_consent_for_a_bank_also_at_once(api: Api, make: Make) -> None:
    owner, actor = await owner_and_business(make)
    bank = await make.bank()

    answers = await gather(
        *(api.as_(owner).post(f"/v1/actors/{actor.id}/consents", **consent_to(bank)) for _ in range(4))
    )

    assert sorted(a.status_code for a in answers) == [201, 409, 409, 409]
    assert {a.json()["code"] for a in answers if a.is_error} == {"consent_already_given"}


async def test_a_consent_that_ran_out_makes_way(api: Api, make: Make) -> None:
    owner, actor = await owner_and_business(make)
    bank = await make.bank()
    past = datetime.now(UTC) - timedelta(days=1)
    await make.consent(actor, bank, given_at=past - timedelta(days=1), expires_at=past)

    answer = await api.as_(owner).post(f"/v1/actors/{actor.id}/consents", **consent_to(bank))

    assert answer.status_code == 201


async def test_a_consent_that_ran_out_makes_way_once_for_many_at_once(api: Api, make: Make) -> None:
    owner, actor = await owner_and_business(make)
    bank = await make.bank()
    past = datetime.now(UTC) - timedelta(days=1)
    old = await make.consent(actor, bank, given_at=past - timedelta(days=1), expires_at=past)
    me, path = api.as_(owner), f"/v1/actors/{actor.id}/consents"

    answers = await gather(*(me.post(path, **consent_to(bank)) for _ in range(3)))

    assert sorted(a.status_code for a in answers) == [201, 409, 409]
    rows = {c["id"]: c for c in (await me.get(path)).json()["data"]}
    assert len(rows) == 2
    assert rows[str(old.id)]["withdrawn_at"] == rows[str(old.id)]["expires_at"]


async def test_every_change_is_stamped_with_its_own_transaction_and_told(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    owner, actor = await owner_and_business(make)
    bank = await make.bank()
    me = api.as_(owner)

    given = await me.post(f"/v1/actors/{actor.id}/consents", **consent_to(bank))
    async with sessions() as db:
        stamped = await db.scalar(select(Consent.change_xid))
    await me.delete(given.headers["location"], etag=given.headers["etag"])
    async with sessions() as db:
        restamped = await db.scalar(select(Consent.change_xid))
        events = (await db.scalars(select(Event).order_by(Event.id))).all()

    assert stamped is not None
    assert restamped is not None
    assert restamped > stamped
    facts = {"actor_id": str(actor.id), "organization_id": str(bank.id)}
    assert [(e.name, e.facts) for e in events] == [("consent.given", facts), ("consent.withdrawn", facts)]


async def test_withdrawing_asks_for_the_version_and_happens_once(api: Api, make: Make) -> None:
    owner, actor = await owner_and_business(make)
    me = api.as_(owner)
    given = await me.post(f"/v1/actors/{actor.id}/consents", **consent_to(await make.bank()))
    path = given.headers["location"]

    missing = await me.delete(path)
    by_stranger = await api.as_(await make.person()).delete(path, etag=given.headers["etag"])
    answers = await gather(*(me.delete(path, etag=given.headers["etag"]) for _ in range(3)))

    assert (missing.status_code, by_stranger.status_code) == (428, 404)
    assert sorted(a.status_code for a in answers) == [204, 412, 412]


async def test_a_consent_holds_for_the_dated_number_of_days(api: Api, make: Make, app: FastAPI) -> None:
    owner, actor = await owner_and_business(make)
    async with app.state.sessions() as db:
        days = await rule_value(db, "consent.valid_days")

    given = (await api.as_(owner).post(f"/v1/actors/{actor.id}/consents", **consent_to(await make.bank()))).json()

    period = datetime.fromisoformat(given["expires_at"]) - datetime.fromisoformat(given["given_at"])
    assert abs(period - timedelta(days=days)) < timedelta(seconds=1)


async def test_staff_read_the_consents_of_a_business_and_a_bank_does_not(api: Api, make: Make) -> None:
    _, actor = await owner_and_business(make)
    bank = await make.bank()
    consent = await make.consent(actor, bank)
    officer, banker = api.as_(await make.staff(Role.dinas)), api.as_(await make.staff(Role.bank, bank))

    listed = await officer.get(f"/v1/actors/{actor.id}/consents")
    unknown = await officer.get(f"/v1/actors/{actor.id}/consents/{actor.id}")
    by_bank = await banker.get(f"/v1/actors/{actor.id}/consents")

    assert [c["id"] for c in listed.json()["data"]] == [str(consent.id)]
    assert (unknown.status_code, unknown.json()["code"]) == (404, "consent_not_found")
    assert by_bank.status_code == 403


async def test_only_banks_and_known_texts(api: Api, make: Make) -> None:
    owner, actor = await owner_and_business(make)
    opd = await make.organization(OrganizationKind.opd)

    answer = await api.as_(owner).post(
        f"/v1/actors/{actor.id}/consents", organization_id=str(opd.id), text_version="99"
    )

    assert answer.status_code == 422
    assert {e["code"] for e in answer.json()["errors"]} == {"not_an_active_bank", "text_version_unknown"}


async def test_the_words_are_public_in_both_languages(api: Api) -> None:
    texts = (await api.get("/v1/consent-texts")).json()["data"]

    assert {text["purpose"] for text in texts} == {"financing", "cooperative_financing"}
    assert all("NIK" in text["text_id"] and "withdraw" in text["text_en"] for text in texts)


async def test_staff_record_what_an_owner_signed_on_paper(api: Api, make: Make) -> None:
    owner, actor = await owner_and_business(make)
    officer = api.as_(await make.staff(Role.dinas))
    bank = await make.bank()

    given = await officer.post(f"/v1/actors/{actor.id}/consents", **consent_to(bank), **on_paper(owner))

    assert given.status_code == 201, given.text
    body = given.json()
    assert (body["channel"], body["signed_by"], body["paper_sha256"]) == ("paper", str(owner.id), PAPER_HASH)
    assert body["paper_reference"] == "files/persetujuan-0142.pdf"
    (seen,) = (await api.as_(owner).get(f"/v1/actors/{actor.id}/consents")).json()["data"]
    assert seen["id"] == body["id"]


async def test_what_staff_record_needs_the_paper_and_an_owner_who_signed(api: Api, make: Make) -> None:
    owner, actor = await owner_and_business(make)
    officer = api.as_(await make.staff(Role.dinas))
    bank, path = await make.bank(), f"/v1/actors/{actor.id}/consents"

    without_paper = await officer.post(path, **consent_to(bank))
    without_file = await officer.post(path, **consent_to(bank), channel="paper")
    by_stranger = await officer.post(path, **consent_to(bank), **on_paper(await make.person()))
    by_owner = await api.as_(owner).post(path, **consent_to(bank), **on_paper(owner))

    assert [a.status_code for a in (without_paper, without_file, by_stranger, by_owner)] == [422] * 4
    assert codes(without_paper) == ["only_owner_consents"]
    assert codes(without_file) == ["missing", "missing", "missing"]
    assert codes(by_stranger) == ["not_an_owner"]
    assert codes(by_owner) == ["only_staff_record_paper"]


async def test_staff_withdraw_for_an_owner_who_asks_at_the_counter(api: Api, make: Make) -> None:
    _, actor = await owner_and_business(make)
    consent = await make.consent(actor, await make.bank())
    officer = api.as_(await make.staff(Role.dinas))

    ended = await officer.delete(f"/v1/actors/{actor.id}/consents/{consent.id}", etag='"1"')

    assert ended.status_code == 204


async def test_a_consent_names_the_data_of_its_words(api: Api, make: Make) -> None:
    owner, actor = await owner_and_business(make)

    given = await api.as_(owner).post(f"/v1/actors/{actor.id}/consents", **consent_to(await make.bank()))

    (words,) = [t for t in (await api.get("/v1/consent-texts")).json()["data"] if t["purpose"] == "financing"]
    assert given.json()["data_categories"] == words["data_shared"]
    assert (given.json()["subject_kind"], given.json()["actor_id"]) == ("actor", str(actor.id))


async def test_an_owner_cannot_consent_for_a_cooperative_by_way_of_a_business(api: Api, make: Make) -> None:
    owner, actor = await owner_and_business(make)

    answer = await api.as_(owner).post(
        f"/v1/actors/{actor.id}/consents", **consent_to(await make.bank()), purpose="cooperative_financing"
    )

    assert answer.status_code == 422
