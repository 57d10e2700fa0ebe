"""Signing in: codes for people, passwords for staff, secrets for machines."""

import json
from asyncio import gather
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import delete

from plut_api.identity.models import OneTimeCode
from plut_api.identity.service import create_staff
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.rate_limits import RateWindow
from plut_api.organizations.models import OrganizationKind
from tests.conftest import Api
from tests.factories import CLIENT_SECRET, Make

PHONE = "+6281234567890"


async def token(api: Api, **form: Any) -> httpx.Response:
    """An answer of the token endpoint."""
    return await api.request("POST", "/oauth/token", data=form)


def sent_code(app: FastAPI, phone: str = PHONE) -> str:
    """The newest code that left for a phone."""
    lines = (app.state.settings.data_dir / "messages.log").read_text().splitlines()
    texts = [json.loads(line) for line in lines]
    newest: str = next(message["text"] for message in reversed(texts) if message["phone"] == phone)
    return newest[:6]


async def with_code(api: Api, app: FastAPI, phone: str = PHONE) -> str:
    assert (await api.post("/oauth/otp", phone=phone)).status_code == 200
    return sent_code(app, phone)


def wrong(code: str) -> str:
    """Some other code."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


async def test_a_person_signs_in_by_phone_and_code(api: Api, app: FastAPI) -> None:
    code = await with_code(api, app)

    answer = await token(api, grant_type="urn:plut:grant:otp", phone="0812 3456 7890", code=code)
    access = answer.json()["access_token"]
    me = await api.get("/v1/me", headers={"Authorization": f"Bearer {access}"})

    assert answer.status_code == 200
    assert (me.json()["kind"], me.json()["phone"]) == ("person", PHONE)
    assert answer.headers["cache-control"] == "no-store"


async def test_a_code_is_good_for_one_use(api: Api, app: FastAPI) -> None:
    code = await with_code(api, app)

    answers = [await token(api, grant_type="urn:plut:grant:otp", phone=PHONE, code=code) for _ in range(2)]

    assert [a.status_code for a in answers] == [200, 400]
    assert answers[1].json()["error"] == answers[1].json()["code"] == "invalid_grant"


async def test_one_code_used_by_many_at_once_admits_one(api: Api, app: FastAPI) -> None:
    code = await with_code(api, app)

    answers = await gather(*(token(api, grant_type="urn:plut:grant:otp", phone=PHONE, code=code) for _ in range(8)))

    assert sorted(a.status_code for a in answers) == [200] + [400] * 7


async def test_five_wrong_tries_end_a_code(api: Api, app: FastAPI) -> None:
    code = await with_code(api, app)

    for _ in range(5):
        assert (await token(api, grant_type="urn:plut:grant:otp", phone=PHONE, code=wrong(code))).status_code == 400

    assert (await token(api, grant_type="urn:plut:grant:otp", phone=PHONE, code=code)).status_code == 400


async def test_a_code_ends_with_its_time(api: Api, app: FastAPI) -> None:
    code = await with_code(api, app)

    with clock.clock_at(clock.now() + timedelta(seconds=301)):
        answer = await token(api, grant_type="urn:plut:grant:otp", phone=PHONE, code=code)

    assert answer.status_code == 400


async def test_known_and_unknown_numbers_get_the_same_answer(api: Api, make: Make) -> None:
    await make.person(phone="+6281200000001")

    known, unknown = [await api.post("/oauth/otp", phone=p) for p in ("+6281200000001", "+6281200000002")]

    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())


async def test_a_second_code_right_away_has_to_wait(api: Api) -> None:
    first, second = [await api.post("/oauth/otp", phone=PHONE) for _ in range(2)]

    assert (first.status_code, second.status_code) == (200, 429)
    assert second.json()["code"] == "resend_too_soon"
    assert int(second.headers["retry-after"]) > 0


async def test_a_phone_gets_five_codes_an_hour(api: Api, app: FastAPI) -> None:
    for _ in range(5):
        assert (await api.post("/oauth/otp", phone=PHONE)).status_code == 200
        async with unit_of_work(app.state.sessions) as db:
            await db.execute(delete(OneTimeCode))

    assert (await api.post("/oauth/otp", phone=PHONE)).json()["code"] == "too_many_requests"

    async with unit_of_work(app.state.sessions) as db:
        await db.execute(delete(RateWindow))
    assert (await api.post("/oauth/otp", phone=PHONE)).status_code == 200


@pytest.mark.parametrize("phone", ["12345", "+1 202 555 0100", "021 555 1234", "0812", "not a phone", "08" + "1" * 30])
async def test_what_is_no_indonesian_mobile_number_is_refused_by_name(api: Api, phone: str) -> None:
    answer = await api.post("/oauth/otp", phone=phone)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "#/phone"


async def test_staff_sign_in_by_password_and_a_wrong_one_tells_nothing(api: Api, app: FastAPI, make: Make) -> None:
    dinas = await make.organization(OrganizationKind.dinas, code="DINAS_T")
    async with unit_of_work(app.state.sessions) as db:
        _, password = await create_staff(db, "Petugas@Contoh.example", Role.consultant, dinas.code)

    grant = "urn:plut:grant:password"
    right = await token(api, grant_type=grant, email="petugas@contoh.example", password=password)
    wrong_password = await token(api, grant_type=grant, email="petugas@contoh.example", password="nope")
    unknown = await token(api, grant_type=grant, email="nobody@contoh.example", password="nope")

    assert right.status_code == 200
    assert "outcomes:verify" in right.json()["scope"].split()
    assert wrong_password.status_code == unknown.status_code == 400
    assert wrong_password.json()["detail"] == unknown.json()["detail"]


async def test_guessing_a_password_is_stopped(api: Api) -> None:
    form = {"grant_type": "urn:plut:grant:password", "email": "a@contoh.example", "password": "guess"}

    answers = [await token(api, **form) for _ in range(11)]

    assert [a.status_code for a in answers] == [400] * 10 + [429]


async def test_a_machine_signs_in_by_form_or_basic_and_gets_no_refresh_token(api: Api, make: Make) -> None:
    client = await make.client(await make.bank(), "financing:pull", "financing:decide")

    form = {"grant_type": "client_credentials", "client_id": str(client.id), "client_secret": CLIENT_SECRET}
    by_form = await token(api, **form)
    by_basic = await api.request(
        "POST", "/oauth/token", data={"grant_type": "client_credentials"}, auth=(str(client.id), CLIENT_SECRET)
    )

    assert by_form.status_code == by_basic.status_code == 200
    assert by_form.json()["scope"] == "financing:decide financing:pull"
    assert by_form.json()["refresh_token"] is None


async def test_a_machine_may_ask_for_less_but_not_for_more(api: Api, make: Make) -> None:
    client = await make.client(await make.bank(), "financing:pull")
    form = {"grant_type": "client_credentials", "client_id": str(client.id), "client_secret": CLIENT_SECRET}

    less = await token(api, **form, scope="financing:pull")
    more = await token(api, **form, scope="financing:pull imports:write")

    assert less.status_code == 200
    assert (more.status_code, more.json()["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize("secret", ["wrong", ""])
async def test_a_wrong_secret_is_a_401_that_says_how(api: Api, make: Make, secret: str) -> None:
    client = await make.client(await make.bank(), "financing:pull")

    answer = await api.request(
        "POST", "/oauth/token", data={"grant_type": "client_credentials"}, auth=(str(client.id), secret)
    )

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert answer.headers["www-authenticate"].startswith("Basic")


async def test_a_missing_parameter_is_named(api: Api) -> None:
    answer = await token(api, grant_type="urn:plut:grant:otp")

    assert answer.status_code == 400
    assert [e["pointer"] for e in answer.json()["errors"]] == ["#/phone", "#/code"]


async def test_refresh_tokens_rotate_and_a_stolen_one_ends_the_family(api: Api, app: FastAPI) -> None:
    code = await with_code(api, app)
    first = (await token(api, grant_type="urn:plut:grant:otp", phone=PHONE, code=code)).json()["refresh_token"]

    second = (await token(api, grant_type="refresh_token", refresh_token=first)).json()["refresh_token"]
    reused = await token(api, grant_type="refresh_token", refresh_token=first)
    after = await token(api, grant_type="refresh_token", refresh_token=second)

    assert second != first
    assert (reused.status_code, after.status_code) == (400, 400)


async def test_signing_out_ends_the_refresh_token(api: Api, app: FastAPI) -> None:
    code = await with_code(api, app)
    refresh = (await token(api, grant_type="urn:plut:grant:otp", phone=PHONE, code=code)).json()["refresh_token"]

    out = await api.request("POST", "/oauth/revoke", data={"token": refresh})
    again = await token(api, grant_type="refresh_token", refresh_token=refresh)
    unknown = await api.request("POST", "/oauth/revoke", data={"token": "never-seen"})

    assert (out.status_code, again.status_code, unknown.status_code) == (204, 400, 204)


async def test_the_own_account_is_changed_with_its_etag(api: Api, make: Make) -> None:
    me = api.as_(await make.staff(Role.opd))
    etag = (await me.get("/v1/me")).headers["etag"]

    changed = await me.patch("/v1/me", etag=etag, language="en", name="Ibu Contoh")
    stale = await me.patch("/v1/me", etag=etag, language="id")
    without = await me.patch("/v1/me", etag=None, language="id")

    assert (changed.json()["language"], changed.json()["name"]) == ("en", "Ibu Contoh")
    assert changed.json()["organization"]["code"].startswith("ORG_")
    assert (stale.status_code, without.status_code) == (412, 428)
