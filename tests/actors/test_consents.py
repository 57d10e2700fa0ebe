"""Consents: given by owners, one at a time, ended at once."""

from asyncio import gather
from datetime import UTC, datetime, timedelta
from typing import Any

from plut_api.actors.models import Actor, Person
from plut_api.kit.caller import Role
from plut_api.organizations.models import OrganizationKind
from tests.conftest import Api
from tests.factories import Make


async def owner_and_business(make: Make) -> tuple[Person, Actor]:
    owner = await make.person()
    return owner, await make.actor(owner)


def consent_to(bank: Any) -> dict[str, str]:
    return {"organization_id": str(bank.id), "text_version": "1"}


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


async def test_only_an_owner_can_give(api: Api, make: Make) -> None:
    _, actor = await owner_and_business(make)
    bank = await make.bank()

    stranger = await api.as_(await make.person()).post(f"/v1/actors/{actor.id}/consents", **consent_to(bank))
    staff = await api.as_(await make.staff(Role.consultant)).post(f"/v1/actors/{actor.id}/consents", **consent_to(bank))

    assert (stranger.status_code, staff.status_code) == (404, 403)


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


async def test_only_banks_and_known_texts(api: Api, make: Make) -> None:
    owner, actor = await owner_and_business(make)
    opd = await make.organization(OrganizationKind.opd)

    answer = await api.as_(owner).post(
        f"/v1/actors/{actor.id}/consents", organization_id=str(opd.id), text_version="99"
    )

    assert answer.status_code == 422
    assert {e["code"] for e in answer.json()["errors"]} == {"not_an_active_bank", "text_version_unknown"}


async def test_the_words_are_public_in_both_languages(api: Api) -> None:
    (text,) = (await api.get("/v1/consent-texts")).json()["data"]

    assert "NIK" in text["text_id"]
    assert "withdraw" in text["text_en"]
