"""The signing key is changed while several processes serve: nobody has to sign in again, and the old key goes."""

from asyncio import gather
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from fastapi import FastAPI
from joserfc.jws import extract_compact
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.app import create_app
from plut_api.cli.keys import register
from plut_api.identity import tokens
from plut_api.identity.models import SigningKey
from plut_api.identity.tokens import identifier
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.settings import Settings
from tests.cli.commands import Plut
from tests.conftest import Api
from tests.factories import CLIENT_SECRET, Make
from tests.identity.machines import bank_machine
from tests.identity.signing_in import bearer, put_state, token

plut = Plut(register)


@pytest.fixture
async def other(app: FastAPI, settings: Settings) -> AsyncIterator[Api]:
    """A second process of the same installation, as far as keys and what it remembers go."""
    second = create_app(settings)
    yield Api(second)
    await second.state.engine.dispose()


@pytest.fixture
async def keys(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    """Keys that go again, as others' tokens must not be of a key that a test retires; a process that knows none yet."""
    put_state(monkeypatch, app, "identify", identifier(app.state.sessions, app.state.settings))
    yield app.state.sessions
    async with unit_of_work(app.state.sessions) as db:
        first = await db.scalar(select(SigningKey.id).order_by(SigningKey.id).limit(1))
        await db.execute(delete(SigningKey).where(SigningKey.id != first))
        await db.execute(update(SigningKey).values(retired_at=None))


async def signed_in(api: Api, client_id: str) -> str:
    answer = await token(api, grant_type="client_credentials", client_id=client_id, client_secret=CLIENT_SECRET)
    assert answer.status_code == 200
    return str(answer.json()["access_token"])


async def listed() -> dict[str, str]:
    return {key["kid"]: key["state"] for key in await plut.made("keys", "list")}


async def made_long_ago(sessions: async_sessionmaker[AsyncSession], by: timedelta) -> None:
    """As if everything about the keys had happened earlier."""
    async with unit_of_work(sessions) as db:
        await db.execute(
            update(SigningKey).values(signs_from=SigningKey.signs_from - by, created_at=SigningKey.created_at - by)
        )


async def test_the_key_changes_while_two_processes_serve_and_no_live_token_fails(
    api: Api, other: Api, make: Make, keys: async_sessionmaker[AsyncSession]
) -> None:
    client = await make.client(await make.bank(), "financing:pull")
    pull = "/v1/financing/ready-list"
    before = await signed_in(api, str(client.id))
    assert {(await one.get(pull, headers=bearer(before))).status_code for one in (api, other)} == {200}
    old = next(kid for kid, state in (await listed()).items() if state == "signs")

    new = (await plut.made("keys", "rotate"))[0]["kid"]
    after = await signed_in(other, str(client.id))
    answers = await gather(*(one.get(pull, headers=bearer(t)) for one in (api, other) for t in (before, after)))
    published = [key["kid"] for key in (await api.get("/.well-known/jwks.json")).json()["keys"]]

    assert [answer.status_code for answer in answers] == [200] * 4
    assert {old, new} <= set(published)
    states = await listed()
    assert (states[old], states[new]) == ("verifies", "signs")

    too_early = await plut("keys", "retire", old)
    signing = await plut("keys", "retire", new, "--force")
    assert (too_early.exit_code, signing.exit_code) == (1, 1)
    assert "--force" in too_early.stderr
    assert "still signs" in signing.stderr

    await made_long_ago(keys, timedelta(minutes=12))
    assert (await plut("keys", "retire", old)).exit_code == 0
    assert (await listed())[old] == "retired"
    assert old not in [key["kid"] for key in (await other.get("/.well-known/jwks.json")).json()["keys"]]
    assert {(await one.get(pull, headers=bearer(after))).status_code for one in (api, other)} == {200}


async def test_after_a_theft_a_key_is_retired_at_once_and_processes_stop_believing_it(
    api: Api, make: Make, keys: async_sessionmaker[AsyncSession], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await make.client(await make.bank(), "financing:pull")
    stolen = await signed_in(api, str(client.id))
    assert (await api.get("/v1/financing/ready-list", headers=bearer(stolen))).status_code == 200
    old = next(kid for kid, state in (await listed()).items() if state == "signs")

    await plut.made("keys", "rotate")
    assert (await plut("keys", "retire", old, "--force")).exit_code == 0
    monkeypatch.setattr(tokens, "_KEYS_GOOD_FOR", 0.0)
    with clock.clock_at(clock.now() + timedelta(seconds=61)):
        answer = await api.get("/v1/financing/ready-list", headers=bearer(stolen))

    assert answer.status_code == 401


async def test_a_key_may_be_published_before_it_signs(
    api: Api, make: Make, keys: async_sessionmaker[AsyncSession]
) -> None:
    client = await make.client(await make.bank(), "financing:pull")
    await signed_in(api, str(client.id))

    waiting = (await plut.made("keys", "rotate", "--lead", "300"))[0]["kid"]
    signed = await signed_in(api, str(client.id))
    published = [key["kid"] for key in (await api.get("/.well-known/jwks.json")).json()["keys"]]

    assert waiting in published
    assert (await listed())[waiting] == "waits"
    assert extract_compact(signed.encode()).headers()["kid"] != waiting


async def test_all_idle_keys_older_than_some_days_go_at_once(
    api: Api, make: Make, keys: async_sessionmaker[AsyncSession]
) -> None:
    machine = await bank_machine(api, make)
    await machine.token()
    for _ in range(2):
        await plut.made("keys", "rotate")
    await made_long_ago(keys, timedelta(days=10))
    await plut.made("keys", "rotate")

    young = await plut.made("keys", "retire", "--older-than", "30")
    gone = await plut.made("keys", "retire", "--older-than", "5")

    states = await listed()
    assert young == []
    assert {key["kid"] for key in gone} == {kid for kid, state in states.items() if state == "retired"}
    assert len(gone) >= 2
    assert sorted(states.values()).count("signs") == 1
    # The last key but one signed until a moment ago, so its tokens live.
    assert list(states.values())[:2] == ["signs", "verifies"]


async def test_a_key_that_is_unknown_and_a_question_that_names_none_are_refused(make: Make) -> None:
    unknown = await plut("keys", "retire", "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11")
    nothing = await plut("keys", "retire")

    assert (unknown.exit_code, nothing.exit_code) == (1, 2)
    assert "no such signing key" in unknown.stderr


async def test_staff_stay_signed_in_over_a_rotation(
    api: Api, make: Make, keys: async_sessionmaker[AsyncSession]
) -> None:
    staff = api.as_(await make.staff(Role.ojk))
    assert (await staff.get("/v1/me")).status_code == 200

    await plut.made("keys", "rotate")

    assert (await staff.get("/v1/me")).status_code == 200
