"""A refresh token is stolen and used: the next use of it shows the theft, and this sign-in ends, no other."""

from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.identity import revocations
from plut_api.identity.jobs import forget_what_is_over
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from tests.conftest import Api
from tests.factories import Make
from tests.identity.signing_in import bearer, put_settings, renewed, signed_in_person
from tests.identity.staff_steps import officer


@pytest.mark.parametrize("thief_comes_first", [True, False])
async def test_whoever_comes_second_with_a_stolen_token_ends_the_session_of_both(
    api: Api, app: FastAPI, monkeypatch: pytest.MonkeyPatch, thief_comes_first: bool
) -> None:
    monkeypatch.setattr(revocations, "READ_AGAIN_AFTER", -1.0)
    start = clock.now()
    phone = await signed_in_person(api, app)
    with clock.clock_at(start + timedelta(seconds=40)):
        tablet = await signed_in_person(api, app)
        earlier = (await renewed(api, phone["refresh_token"])).json()
        stolen = earlier["refresh_token"]

        first = (await renewed(api, stolen)).json()
        assert (await api.get("/v1/me", headers=bearer(first["access_token"]))).status_code == 200
        second = await renewed(api, stolen)
        assert (second.status_code, second.json()["error"]) == (400, "invalid_grant")

    with clock.clock_at(start + timedelta(seconds=46)):
        nothing_left = [await renewed(api, first["refresh_token"]), await renewed(api, stolen)]
        dead = [await api.get("/v1/me", headers=bearer(t["access_token"])) for t in (phone, earlier, first)]
        alive = await api.get("/v1/me", headers=bearer(tablet["access_token"]))
        tablet_again = await renewed(api, tablet["refresh_token"])
    with clock.clock_at(start + timedelta(seconds=150)):
        anew = await signed_in_person(api, app)

    assert [answer.status_code for answer in nothing_left] == [400] * 2
    assert [answer.status_code for answer in dead] == [401] * 3
    assert (alive.status_code, tablet_again.status_code) == (200, 200)
    assert anew["refresh_token"] not in (first["refresh_token"], stolen)


async def test_a_theft_shows_even_when_the_stolen_token_has_expired_meanwhile(
    api: Api, app: FastAPI, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    start = clock.now()
    someone = await officer(api, app, make, Role.bank)
    stolen = (await someone.tokens())["refresh_token"]
    kept = (await renewed(api, stolen)).json()["refresh_token"]

    with clock.clock_at(start + timedelta(hours=11)):
        kept = (await renewed(api, kept)).json()["refresh_token"]
    with clock.clock_at(start + timedelta(hours=13)):
        async with unit_of_work(sessions) as db:
            await forget_what_is_over(db)
        late = await renewed(api, stolen)
        ended = await renewed(api, kept)

    assert [answer.status_code for answer in (late, ended)] == [400, 400]


async def test_a_session_of_a_person_lasts_while_it_is_used_but_never_over_its_end(
    api: Api, app: FastAPI, sessions: async_sessionmaker[AsyncSession]
) -> None:
    start = clock.now()
    kept = (await signed_in_person(api, app))["refresh_token"]

    for day in (29, 58, 87):
        with clock.clock_at(start + timedelta(days=day)):
            async with unit_of_work(sessions) as db:
                await forget_what_is_over(db)
            answer = await renewed(api, kept)
            assert answer.status_code == 200, f"used every month, it works on day {day}"
            kept = answer.json()["refresh_token"]
    with clock.clock_at(start + timedelta(days=90, minutes=1)):
        over = await renewed(api, kept)

    assert (over.status_code, over.json()["error"]) == (400, "invalid_grant")


async def test_a_session_of_staff_ends_when_it_is_left_alone_for_half_a_day(
    api: Api, app: FastAPI, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = clock.now()
    someone = await officer(api, app, make, Role.bank)
    kept = await someone.tokens()

    with clock.clock_at(start + timedelta(hours=11)):
        again = await renewed(api, kept["refresh_token"])
    with clock.clock_at(start + timedelta(hours=23, minutes=1)):
        too_late = await renewed(api, again.json()["refresh_token"])
    put_settings(monkeypatch, app, staff_idle_hours=48)
    longer = await someone.tokens()
    with clock.clock_at(start + timedelta(hours=47)):
        in_time = await renewed(api, longer["refresh_token"])

    assert [a.status_code for a in (again, too_late, in_time)] == [200, 400, 200]
