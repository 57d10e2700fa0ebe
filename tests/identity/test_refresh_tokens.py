"""Refresh tokens: each good once, a family ends with its misuse, and no sign-in ever grows."""

from asyncio import gather
from datetime import timedelta

from fastapi import FastAPI
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.identity.jobs import forget_what_is_over
from plut_api.identity.models import Account, RefreshToken
from plut_api.identity.service import create_staff
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.organizations.models import Organization
from tests.conftest import Api
from tests.factories import Make
from tests.identity.signing_in import PASSWORD, bearer, renewed, signed_in_person, token

Sessions = async_sessionmaker[AsyncSession]


async def live_tokens(sessions: Sessions) -> int:
    """How many refresh tokens could still be exchanged."""
    live = select(RefreshToken).where(RefreshToken.used_at.is_(None), RefreshToken.revoked_at.is_(None))
    async with sessions() as db:
        return len((await db.scalars(live)).all())


async def test_a_refresh_token_gives_new_tokens_that_work(api: Api, app: FastAPI) -> None:
    first = await signed_in_person(api, app)

    second = (await renewed(api, first["refresh_token"])).json()
    me = await api.get("/v1/me", headers=bearer(second["access_token"]))

    assert second["refresh_token"] != first["refresh_token"]
    assert second["scope"] == first["scope"]
    assert me.status_code == 200


async def test_a_refresh_token_used_twice_ends_the_family(api: Api, app: FastAPI) -> None:
    first = (await signed_in_person(api, app))["refresh_token"]

    second = (await renewed(api, first)).json()["refresh_token"]
    reused = await renewed(api, first)
    after = await renewed(api, second)

    assert (reused.status_code, after.status_code) == (400, 400)
    assert reused.json()["error"] == "invalid_grant"


async def test_another_sign_in_survives_the_end_of_a_family(api: Api, app: FastAPI) -> None:
    stolen = (await signed_in_person(api, app))["refresh_token"]
    with clock.clock_at(clock.now() + timedelta(seconds=31)):
        other = (await signed_in_person(api, app))["refresh_token"]
        await renewed(api, stolen)
        await renewed(api, stolen)

        assert (await renewed(api, other)).status_code == 200


async def test_a_token_used_by_many_at_once_leaves_no_live_token(api: Api, app: FastAPI, sessions: Sessions) -> None:
    first = (await signed_in_person(api, app))["refresh_token"]

    answers = await gather(*(renewed(api, first) for _ in range(6)))

    assert sorted(a.status_code for a in answers) == [200] + [400] * 5
    assert await live_tokens(sessions) == 0


async def test_a_theft_noticed_while_the_thief_renews_leaves_no_live_token(
    api: Api, app: FastAPI, sessions: Sessions
) -> None:
    first = (await signed_in_person(api, app))["refresh_token"]
    second = (await renewed(api, first)).json()["refresh_token"]

    await gather(*(renewed(api, kept) for kept in (second, first, second, first)))

    assert await live_tokens(sessions) == 0


async def test_a_narrow_sign_in_stays_narrow(api: Api, app: FastAPI) -> None:
    narrow = await signed_in_person(api, app, scope="me:read actors:read")

    wider = await renewed(api, narrow["refresh_token"], scope="me:read me:write")
    narrower = (await renewed(api, narrow["refresh_token"], scope="me:read")).json()
    same = (await renewed(api, narrower["refresh_token"])).json()

    assert (wider.status_code, wider.json()["error"]) == (400, "invalid_scope")
    assert narrower["scope"] == "me:read"
    assert same["scope"] == "actors:read me:read"


async def test_a_refresh_token_ends_with_its_days(api: Api, app: FastAPI) -> None:
    kept = (await signed_in_person(api, app))["refresh_token"]

    with clock.clock_at(clock.now() + timedelta(days=31)):
        answer = await renewed(api, kept)

    assert answer.status_code == 400


async def test_an_account_that_is_switched_off_gets_no_more_tokens(api: Api, app: FastAPI, sessions: Sessions) -> None:
    kept = (await signed_in_person(api, app))["refresh_token"]
    async with unit_of_work(sessions) as db:
        await db.execute(update(Account).values(is_active=False))

    assert (await renewed(api, kept)).status_code == 400


async def test_staff_of_an_organization_that_is_switched_off_are_out(api: Api, make: Make, sessions: Sessions) -> None:
    bank = await make.bank()
    async with unit_of_work(sessions) as db:
        _, password = await create_staff(db, "petugas@bank.example", Role.bank, bank.code)
    form = {"grant_type": PASSWORD, "email": "petugas@bank.example", "password": password}
    kept = (await token(api, **form)).json()["refresh_token"]
    async with unit_of_work(sessions) as db:
        await db.execute(update(Organization).where(Organization.id == bank.id).values(is_active=False))

    answers = [await token(api, **form), await renewed(api, kept)]

    assert [(a.status_code, a.json()["error"]) for a in answers] == [(400, "invalid_grant")] * 2


async def test_signing_out_ends_the_refresh_token_and_an_unknown_one_is_no_error(api: Api, app: FastAPI) -> None:
    kept = (await signed_in_person(api, app))["refresh_token"]

    out = await api.request("POST", "/oauth/revoke", data={"token": kept, "token_type_hint": "refresh_token"})
    again = await renewed(api, kept)
    unknown = await api.request("POST", "/oauth/revoke", data={"token": "never-seen"})

    assert (out.status_code, again.status_code, unknown.status_code) == (200, 400, 200)


async def test_signing_out_without_a_token_is_told_what_is_missing(api: Api) -> None:
    answer = await api.request("POST", "/oauth/revoke", data={"token_type_hint": "refresh_token"})

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert [e["pointer"] for e in answer.json()["errors"]] == ["#/token"]


async def test_tokens_are_kept_as_hashes_and_forgotten_when_over(api: Api, app: FastAPI, sessions: Sessions) -> None:
    kept = (await signed_in_person(api, app))["refresh_token"]
    async with sessions() as db:
        hashes = (await db.scalars(select(RefreshToken.token_hash))).all()

    with clock.clock_at(clock.now() + timedelta(days=31)):
        async with unit_of_work(sessions) as db:
            await forget_what_is_over(db)

    assert len(hashes) == 1
    assert kept.encode() not in bytes(hashes[0])
    assert await live_tokens(sessions) == 0
