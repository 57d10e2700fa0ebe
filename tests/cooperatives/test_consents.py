"""Consents of a cooperative: given by one manager, in force once another confirms, ended by any."""

from asyncio import gather
from collections import Counter
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Person
from plut_api.cooperatives.models import Cooperative
from plut_api.cooperatives.service.consents import in_force
from plut_api.kit.caller import Role
from plut_api.organizations.models import Organization
from tests.conftest import Api
from tests.factories import Make
from tests.financing.pulling import PATH, bank_and_machine, changes, whole

Sessions = async_sessionmaker[AsyncSession]


async def board(make: Make) -> tuple[Cooperative, Person, Person]:
    cooperative = await make.cooperative()
    first, second = await make.person(), await make.person()
    await make.manager(cooperative, first)
    await make.manager(cooperative, second)
    return cooperative, first, second


def consent_to(bank: Organization) -> dict[str, Any]:
    return {"organization_id": str(bank.id), "text_version": "1"}


async def is_in_force(sessions: Sessions, cooperative: Cooperative, bank: Organization) -> bool:
    async with sessions() as db:
        return await db.scalar(in_force(cooperative.id, bank.id)) is not None


async def test_it_takes_two_managers(api: Api, make: Make, sessions: Sessions) -> None:
    cooperative, first, second = await board(make)
    bank, path = await make.bank(), f"/v1/cooperatives/{cooperative.id}/consents"

    given = await api.as_(first).post(path, **consent_to(bank))
    waiting = await is_in_force(sessions, cooperative, bank)
    by_oneself = await api.as_(first).post(f"{given.headers['location']}/confirm")
    confirmed = await api.as_(second).post(f"{given.headers['location']}/confirm")
    again = await api.as_(second).post(f"{given.headers['location']}/confirm")

    assert given.status_code == 201, given.text
    assert (given.json()["subject_kind"], given.json()["cooperative_id"]) == ("cooperative", str(cooperative.id))
    assert given.json()["data_categories"] == ["cooperative_profile", "cooperative_officers", "cooperative_figures"]
    assert not waiting
    assert (by_oneself.status_code, by_oneself.json()["code"]) == (409, "second_officer_needed")
    assert confirmed.status_code == 200
    assert (again.status_code, again.json()["code"]) == (409, "consent_already_confirmed")
    assert await is_in_force(sessions, cooperative, bank)


async def test_one_manager_ends_it(api: Api, make: Make, sessions: Sessions) -> None:
    cooperative, first, second = await board(make)
    bank, path = await make.bank(), f"/v1/cooperatives/{cooperative.id}/consents"
    given = await api.as_(first).post(path, **consent_to(bank))
    confirmed = await api.as_(second).post(f"{given.headers['location']}/confirm")

    stale = await api.as_(first).delete(given.headers["location"], etag=given.headers["etag"])
    ended = await api.as_(first).delete(given.headers["location"], etag=confirmed.headers["etag"])
    again = await api.as_(first).delete(given.headers["location"], etag='"3"')

    assert (stale.status_code, ended.status_code) == (412, 204)
    assert (again.status_code, again.json()["code"]) == (409, "consent_already_withdrawn")
    assert not await is_in_force(sessions, cooperative, bank)


async def test_others_neither_see_nor_give_nor_confirm(api: Api, make: Make) -> None:
    cooperative, first, _ = await board(make)
    bank, path = await make.bank(), f"/v1/cooperatives/{cooperative.id}/consents"
    given = await api.as_(first).post(path, **consent_to(bank))
    confirm = f"{given.headers['location']}/confirm"
    stranger, dinas = api.as_(await make.person()), api.as_(await make.staff(Role.dinas))
    banker = api.as_(await make.staff(Role.bank, bank))

    assert [(await stranger.get(path)).status_code, (await stranger.post(path, **consent_to(bank))).status_code] == [
        404,
        404,
    ]
    assert (await stranger.post(confirm)).status_code == 404
    assert (await dinas.post(confirm)).json()["code"] == "managers_only"
    assert (await dinas.post(path, **consent_to(bank))).json()["code"] == "managers_only"
    assert [row["id"] for row in (await dinas.get(path)).json()["data"]] == [given.json()["id"]]
    assert (await dinas.get(given.headers["location"])).status_code == 200
    assert (await banker.get(path)).status_code in (403, 404)


async def test_one_live_consent_for_a_bank_also_at_once(api: Api, make: Make) -> None:
    cooperative, first, second = await board(make)
    bank, path = await make.bank(), f"/v1/cooperatives/{cooperative.id}/consents"

    answers = await gather(*(api.as_(who).post(path, **consent_to(bank)) for who in (first, second, first)))

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 2}


async def test_two_who_confirm_at_once_confirm_once(api: Api, make: Make) -> None:
    cooperative, first, second = await board(make)
    third = await make.person()
    await make.manager(cooperative, third)
    given = await api.as_(first).post(f"/v1/cooperatives/{cooperative.id}/consents", **consent_to(await make.bank()))

    answers = await gather(*(api.as_(who).post(f"{given.headers['location']}/confirm") for who in (second, third)))

    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 1}


async def test_only_banks_and_known_words(api: Api, make: Make) -> None:
    cooperative, first, _ = await board(make)
    path = f"/v1/cooperatives/{cooperative.id}/consents"

    answer = await api.as_(first).post(path, organization_id=str((await make.organization()).id), text_version="99")

    assert {e["code"] for e in answer.json()["errors"]} == {"not_an_active_bank", "text_version_unknown"}


async def test_a_bank_pull_is_not_disturbed_by_them(api: Api, make: Make) -> None:
    cooperative, first, second = await board(make)
    bank, machine = await bank_and_machine(api, make)
    _, token = await whole(machine)
    given = await api.as_(first).post(f"/v1/cooperatives/{cooperative.id}/consents", **consent_to(bank))
    await api.as_(second).post(f"{given.headers['location']}/confirm")

    found, _ = await changes(machine, token, limit=1)

    assert found == []
    assert (await machine.get(PATH)).json()["data"] == []
