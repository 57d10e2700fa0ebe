"""Signing in: codes for people, passwords for staff, secrets for machines."""

import logging
from asyncio import gather
from datetime import timedelta
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from structlog.testing import capture_logs

from plut_api.identity import passwords
from plut_api.identity.grants import Granted
from plut_api.identity.models import Account, Client
from plut_api.identity.service import create_staff, find_or_create_person_account
from plut_api.identity.token_request import TokenForm
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.idempotency import IdempotentAnswer
from plut_api.kit.rate_limits import Quota
from plut_api.organizations.models import OrganizationKind
from tests.conftest import Api
from tests.factories import CLIENT_SECRET, Make
from tests.identity.signing_in import OTP, PASSWORD, PHONE, bearer, signed_in_person, token, with_code


async def test_a_person_signs_in_by_phone_and_code(api: Api, app: FastAPI) -> None:
    code = await with_code(api, app)

    answer = await token(api, grant_type=OTP, phone="0812 3456 7890", code=code)
    access = answer.json()["access_token"]
    me = await api.get("/v1/me", headers=bearer(access))

    assert answer.status_code == 200
    assert (me.json()["kind"], me.json()["phone"]) == ("person", PHONE)
    assert answer.headers["cache-control"] == "no-store"


async def test_staff_sign_in_by_password_and_a_wrong_one_tells_nothing(api: Api, app: FastAPI, make: Make) -> None:
    dinas = await make.organization(OrganizationKind.dinas, code="DINAS_T")
    async with unit_of_work(app.state.sessions) as db:
        _, password = await create_staff(db, "Petugas@Contoh.example", Role.consultant, dinas.code)

    right = await token(api, grant_type=PASSWORD, email="petugas@contoh.example", password=password)
    wrong_password = await token(api, grant_type=PASSWORD, email="petugas@contoh.example", password="nope")
    unknown = await token(api, grant_type=PASSWORD, email="nobody@contoh.example", password="nope")

    assert right.status_code == 200
    assert "outcomes:verify" in right.json()["scope"].split()
    assert wrong_password.status_code == unknown.status_code == 400
    assert wrong_password.json()["detail"] == unknown.json()["detail"]


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


async def test_the_second_sign_in_of_a_phone_is_the_same_account(api: Api, app: FastAPI) -> None:
    start = clock.now()
    ids = []

    for seconds in (0, 40):
        with clock.clock_at(start + timedelta(seconds=seconds)):
            access = (await signed_in_person(api, app))["access_token"]
            ids.append((await api.get("/v1/me", headers=bearer(access))).json()["id"])

    assert ids[0] == ids[1]


async def test_a_person_who_was_registered_by_others_meets_their_account(api: Api, app: FastAPI, make: Make) -> None:
    person = await make.person(phone=PHONE)

    access = (await signed_in_person(api, app))["access_token"]

    assert (await api.get("/v1/me", headers=bearer(access))).json()["id"] == str(person.account_id)


async def test_waits_grow_for_somebody_who_guesses_a_password(api: Api) -> None:
    form = {"grant_type": PASSWORD, "email": "a@contoh.example", "password": "guess"}
    quarter = clock.now().replace(minute=30, second=0, microsecond=0)

    async def guesses(minutes: float, count: int) -> list[int]:
        with clock.clock_at(quarter + timedelta(minutes=minutes)):
            return [(await token(api, **form)).status_code for _ in range(count)]

    assert await guesses(0, 6) == [400] * 5 + [429]
    assert await guesses(1, 5) == [400] * 4 + [429]
    assert await guesses(2, 1) == [429]
    with clock.clock_at(quarter + timedelta(minutes=2)):
        assert int((await token(api, **form)).headers["retry-after"]) > 60


async def test_guessing_at_many_accounts_from_one_address_is_stopped(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    few = Quota("passwords-address", 3, 900)
    monkeypatch.setattr(passwords, "OF_ADDRESS", few)

    answers = [
        await token(api, grant_type=PASSWORD, email=f"a{number}@contoh.example", password="guess")
        for number in range(4)
    ]

    assert [a.status_code for a in answers] == [400, 400, 400, 429]


async def test_signing_in_often_is_no_guessing(api: Api, make: Make, app: FastAPI) -> None:
    bank = await make.bank()
    async with unit_of_work(app.state.sessions) as db:
        _, password = await create_staff(db, "sering@bank.example", Role.bank, bank.code)

    answers = [await token(api, grant_type=PASSWORD, email="sering@bank.example", password=password) for _ in range(7)]

    assert [a.status_code for a in answers] == [200] * 7


async def test_an_unknown_address_costs_as_much_work_as_a_known_one(
    api: Api, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[str | None] = []
    verify = passwords._verify

    def counted(password_hash: str | None, password: str) -> bool:
        verified.append(password_hash)
        return verify(password_hash, password)

    monkeypatch.setattr(passwords, "_verify", counted)
    known = (await make.staff(Role.dinas)).email

    for email in (known, "nobody@contoh.example"):
        await token(api, grant_type=PASSWORD, email=email, password="guess")

    assert [kept is None for kept in verified] == [False, True]


@pytest.mark.parametrize(
    ("form", "error", "pointers"),
    [
        ({"grant_type": OTP}, "invalid_request", ["#/phone", "#/code"]),
        ({"grant_type": PASSWORD, "email": "a@b.example"}, "invalid_request", ["#/password"]),
        ({"grant_type": "client_credentials"}, "invalid_request", ["#/client_id", "#/client_secret"]),
        ({"grant_type": "refresh_token"}, "invalid_request", ["#/refresh_token"]),
        ({}, "invalid_request", ["#/grant_type"]),
        ({"grant_type": OTP, "phone": "12", "code": "x"}, "invalid_request", ["#/phone", "#/code"]),
        ({"grant_type": PASSWORD, "email": "a\x00@b.example", "password": "p"}, "invalid_request", ["#/email"]),
        ({"grant_type": "password"}, "unsupported_grant_type", ["#/grant_type"]),
    ],
)
async def test_what_is_wrong_with_a_request_is_named_in_the_words_of_oauth_too(
    api: Api, form: dict[str, str], error: str, pointers: list[str]
) -> None:
    answer = await token(api, **form)

    assert (answer.status_code, answer.json()["error"], answer.json()["code"]) == (400, error, error)
    assert [fault["pointer"] for fault in answer.json()["errors"]] == pointers
    assert answer.headers["cache-control"] == "no-store"


async def test_a_bearer_token_that_is_still_sent_along_stands_in_nobodys_way(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    client = await make.client(await make.bank(), "financing:pull")
    form = {"grant_type": "client_credentials", "client_id": str(client.id), "client_secret": CLIENT_SECRET}
    good = (await token(api, **form)).json()["access_token"]
    headers = [bearer(good), bearer("expired"), bearer(good) | {"Idempotency-Key": "a-key-of-mine"}]

    answers = [await api.request("POST", "/oauth/token", data=form, headers=sent) for sent in headers]
    code = await api.post("/oauth/otp", headers=bearer("expired"), phone=PHONE)
    out = await api.request("POST", "/oauth/revoke", headers=bearer("expired"), data={"token": "any"})

    assert [a.status_code for a in (*answers, code, out)] == [200, 200, 200, 202, 200]
    async with sessions() as db:
        assert (await db.scalars(select(IdempotentAnswer.key))).all() == []


async def test_json_is_no_form(api: Api) -> None:
    assert (await api.post("/oauth/token", grant_type="client_credentials")).status_code == 415


@pytest.mark.parametrize("credentials", ["not base64!", "AAAA/w==", "", "OjE="])
async def test_unreadable_basic_credentials_are_those_of_an_unknown_client(api: Api, credentials: str) -> None:
    answer = await api.request(
        "POST",
        "/oauth/token",
        data={"grant_type": "client_credentials"},
        headers={"Authorization": f"Basic {credentials}"},
    )

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


async def test_a_client_that_is_switched_off_is_unknown(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    client = await make.client(await make.bank(), "financing:pull")
    async with unit_of_work(sessions) as db:
        (await db.get_one(Client, client.id)).is_active = False

    answer = await token(api, grant_type="client_credentials", client_id=str(client.id), client_secret=CLIENT_SECRET)

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


async def test_first_sign_ins_at_once_make_one_account(
    sessions: async_sessionmaker[AsyncSession],
) -> None:
    async def found() -> UUID:
        async with unit_of_work(sessions) as db:
            return (await find_or_create_person_account(db, PHONE)).id

    ids = await gather(*(found() for _ in range(8)))

    assert len(set(ids)) == 1
    async with sessions() as db:
        assert (await db.scalars(select(Account.id))).all() == [ids[0]]


async def test_no_secret_of_a_sign_in_reaches_a_log_or_a_printed_object(
    api: Api, app: FastAPI, make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    client = await make.client(await make.bank(), "financing:pull")
    bank = await make.bank()
    async with unit_of_work(app.state.sessions) as db:
        _, password = await create_staff(db, "rahasia@bank.example", Role.bank, bank.code)
    forms: list[dict[str, str]] = [
        {"grant_type": PASSWORD, "email": "rahasia@bank.example", "password": password},
        {"grant_type": "client_credentials", "client_id": str(client.id), "client_secret": CLIENT_SECRET},
        {"grant_type": PASSWORD, "email": "rahasia@bank.example", "password": "wrong-invented-password"},
    ]

    with capture_logs() as logs, caplog.at_level(logging.DEBUG):
        code = await with_code(api, app)
        forms.append({"grant_type": OTP, "phone": PHONE, "code": code})
        answers = [await token(api, **form) for form in forms]

    given = [a.json().get(name) for a in answers for name in ("access_token", "refresh_token")]
    hidden = [*filter(None, given), password, CLIENT_SECRET, code, PHONE, "rahasia@bank.example", "wrong-invented"]
    granted = Granted(given[0], frozenset(), 600, given[1])
    printed = f"{logs} {caplog.text} {granted!r} {[TokenForm.model_validate(form) for form in forms]!r}"
    assert [a.status_code for a in answers] == [200, 200, 400, 200]
    assert [secret for secret in hidden if secret in printed] == []


async def test_passwords_are_kept_as_argon2id_with_the_parameters_of_rfc_9106(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.undo()

    kept = passwords.hash_password("an-invented-password")

    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert await passwords.password_is_right(kept, "an-invented-password")
    assert not await passwords.password_is_right(kept, "another")
    assert not await passwords.password_is_right(None, "of nobody")
