"""Sign-out everywhere, and access tokens that end before their time, in every process."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.app import create_app
from plut_api.identity import revocations
from plut_api.identity.jobs import forget_what_is_over
from plut_api.identity.models import Revocation
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.settings import Settings
from tests.conftest import Api
from tests.factories import Make
from tests.identity.signing_in import bearer, renewed, signed_in_person
from tests.identity.staff_steps import later, officer

Sessions = async_sessionmaker[AsyncSession]


@pytest.fixture(autouse=True)
def attentive(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that read what was revoked whenever they check a token."""
    monkeypatch.setattr(revocations, "READ_AGAIN_AFTER", -1.0)


@pytest.fixture
async def other(settings: Settings) -> AsyncIterator[Api]:
    """A second process of the same installation."""
    second = create_app(settings)
    yield Api(second)
    await second.state.engine.dispose()


def test_the_two_waits_together_are_no_more_than_five_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()

    assert revocations.REMEMBERED_FOR + revocations.READ_AGAIN_AFTER <= 5


async def test_signing_out_everywhere_ends_every_session_in_every_process(api: Api, app: FastAPI, other: Api) -> None:
    first = await signed_in_person(api, app)
    with later(seconds=31):
        second = await signed_in_person(api, app)
        tokens = [first["access_token"], second["access_token"]]
        before = [(await one.get("/v1/me", headers=bearer(t))).status_code for one in (api, other) for t in tokens]

        out = await api.post("/v1/me/sign-outs", headers=bearer(first["access_token"]))
    with later(seconds=35):
        after = [(await one.get("/v1/me", headers=bearer(t))).status_code for one in (api, other) for t in tokens]
        again = [(await renewed(api, kept["refresh_token"])).status_code for kept in (first, second)]
        third = await signed_in_person(api, app, "+6281234567891")
        unharmed = await api.get("/v1/me", headers=bearer(third["access_token"]))

    assert out.status_code == 204
    assert (before, after, again) == ([200] * 4, [401] * 4, [400] * 2)
    assert unharmed.status_code == 200


async def test_a_sign_in_of_the_same_second_works(api: Api, app: FastAPI, make: Make) -> None:
    someone = await officer(api, app, make, Role.bank)
    first = await someone.tokens()

    out = await api.post("/v1/me/sign-outs", headers=bearer(first["access_token"]))
    second = await someone.tokens()

    with later(seconds=4):
        answers = [await api.get("/v1/me", headers=bearer(t["access_token"])) for t in (first, second)]
    assert out.status_code == 204
    assert [answer.status_code for answer in answers] == [401, 200]


async def test_a_session_that_is_ended_by_its_refresh_token_ends_alone(api: Api, app: FastAPI, make: Make) -> None:
    someone = await officer(api, app, make, Role.ojk)
    first, second = await someone.tokens(), await someone.tokens()

    await api.request("POST", "/oauth/revoke", data={"token": first["refresh_token"]})

    with later(seconds=4):
        answers = [await api.get("/v1/me", headers=bearer(t["access_token"])) for t in (first, second)]
    assert [answer.status_code for answer in answers] == [401, 200]
    assert answers[0].headers["www-authenticate"] == 'Bearer error="invalid_token"'


async def test_the_access_tokens_of_who_is_switched_off_end(api: Api, app: FastAPI, make: Make) -> None:
    someone = await officer(api, app, make, Role.opd)
    session = await someone.tokens()
    without_a_session = await api.as_(await make.staff(Role.ojk)).token()

    await api.as_(await make.staff(Role.dinas)).patch(f"/v1/staff/{someone.id}", etag='"1"', is_active=False)

    with later(seconds=4):
        ended = await api.get("/v1/me", headers=bearer(session["access_token"]))
        others = await api.get("/v1/me", headers=bearer(without_a_session))
    assert (ended.status_code, others.status_code) == (401, 200)


async def test_a_token_that_is_remembered_asks_nobody(
    api: Api, app: FastAPI, make: Make, monkeypatch: pytest.MonkeyPatch, statements: list[str]
) -> None:
    monkeypatch.undo()
    account = await make.staff(Role.ojk)
    await api.as_(account).get("/v1/me")
    identify = app.state.identify
    token = await api.as_(account).token()
    await identify(token)
    statements.clear()

    callers = {await identify(token) for _ in range(50)}

    assert [caller.id for caller in callers] == [account.id]
    assert statements == []


async def test_what_no_token_outlives_is_forgotten(api: Api, app: FastAPI, sessions: Sessions) -> None:
    session = await signed_in_person(api, app)
    await api.post("/v1/me/sign-outs", headers=bearer(session["access_token"]))

    async def kept_after(**time: float) -> int:
        with clock.clock_at(clock.now() + timedelta(**time)):
            async with unit_of_work(sessions) as db:
                await forget_what_is_over(db)
                return await db.scalar(select(func.count()).select_from(Revocation)) or 0

    assert [await kept_after(minutes=61), await kept_after(hours=3)] == [1, 0]
