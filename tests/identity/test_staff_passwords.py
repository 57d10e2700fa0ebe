"""Passwords of staff: which may be chosen, how they are changed, reset, and kept strong."""

from asyncio import gather
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as some
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.identity import passwords
from plut_api.identity.models import Account, PasswordLink
from plut_api.identity.staff.strength import weakness_of
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.crypto import vault
from plut_api.kit.database import unit_of_work
from plut_api.kit.messages.models import Message
from plut_api.kit.messages.sending import FACTS
from tests.conftest import Api
from tests.factories import Make
from tests.identity.signing_in import bearer, put_settings, renewed, signed_in_person
from tests.identity.staff_steps import FIRST, NEXT, at_the_next_minute, mails, officer, sent_token

Sessions = async_sessionmaker[AsyncSession]
JOBS = text("SELECT task_name || args::text FROM procrastinate_jobs")


@pytest.mark.parametrize(
    ("password", "weakness"),
    [
        ("1234567890123", "password_guessable"),
        ("qwertyuiop123", "password_known"),
        ("passwordpassword", "password_guessable"),
        ("1q2w3e4r5t6y", "password_known"),
        ("1Q2W3E4R5T6Y", "password_known"),
        ("aaaaaaaaaaaaaaaaaaaaaaaa", "password_guessable"),
        ("PlutNTB2026!!", "password_of_names"),
        ("petugas.contoh.1990", "password_of_names"),
        ("baiq-sri-2026-plut", "password_of_names"),
        ("kucing makan ikan asin", None),
        ("x8Fq-2lLkQ91aZ", None),
        ("semangka biru ☂ terbang", None),
        ("a" * 60 + "x8Fq-2lLkQ91aZ", "password_guessable"),
    ],
)
def test_length_counts_and_what_guessers_try_early_does_not(password: str, weakness: str | None) -> None:
    assert weakness_of(password, "petugas.contoh@plut.example", "Baiq Sri") == weakness


@given(some.text(min_size=12, max_size=200))
@settings(max_examples=30, deadline=2000)
def test_whatever_characters_there_are_an_answer_comes_soon(password: str) -> None:
    assert weakness_of(password, "a@b.example", "") in (None, "password_known", "password_guessable")


async def test_a_new_password_replaces_the_old_one_and_ends_every_other_session(
    api: Api, app: FastAPI, make: Make
) -> None:
    someone = await officer(api, app, make, Role.ojk)
    here, elsewhere = await someone.tokens(), await someone.tokens()

    changed = await api.post(
        "/v1/me/password", headers=bearer(here["access_token"]), old_password=FIRST, new_password=NEXT
    )
    old, new = await someone.ask(), await someone.ask(password=NEXT)

    assert changed.status_code == 204
    assert (old.status_code, new.status_code) == (400, 200)
    assert (await renewed(api, elsewhere["refresh_token"])).status_code == 400
    assert (await renewed(api, here["refresh_token"])).status_code == 200


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"old_password": "not the one it is", "new_password": NEXT}, "wrong_password", None),
        ({"old_password": FIRST, "new_password": "1q2w3e4r5t6y"}, "weak_password", "#/new_password"),
        ({"old_password": FIRST, "new_password": "short, yes"}, "invalid", "#/new_password"),
        ({"old_password": FIRST, "new_password": "long " * 41}, "invalid", "#/new_password"),
        ({"old_password": FIRST}, "invalid", "#/new_password"),
    ],
)
async def test_a_change_that_cannot_be_leaves_the_password_as_it_is(
    api: Api, app: FastAPI, make: Make, change: dict[str, str], code: str, pointer: str | None
) -> None:
    someone = await officer(api, app, make, Role.ojk)
    headers = bearer((await someone.tokens())["access_token"])

    refused = await api.post("/v1/me/password", headers=headers, **change)

    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert [fault["pointer"] for fault in refused.json()["errors"]] == ([pointer] if pointer else [])
    assert (await someone.ask()).status_code == 200


async def test_guessing_the_present_password_with_a_stolen_session_is_slowed_like_any_guessing(
    api: Api, app: FastAPI, make: Make
) -> None:
    someone = await officer(api, app, make, Role.ojk)
    headers = bearer((await someone.tokens())["access_token"])
    guess = {"old_password": "is it this one?", "new_password": NEXT}

    with at_the_next_minute():
        guesses = [await api.post("/v1/me/password", headers=headers, **guess) for _ in range(6)]

    assert [answer.status_code for answer in guesses] == [422] * 5 + [429]


async def test_people_have_no_password(api: Api, app: FastAPI) -> None:
    headers = bearer((await signed_in_person(api, app))["access_token"])

    answer = await api.post("/v1/me/password", headers=headers, old_password="any", new_password=NEXT)

    assert (answer.status_code, answer.json()["code"]) == (403, "staff_only")


async def test_long_passwords_of_any_characters_count_to_the_last_one(api: Api, app: FastAPI, make: Make) -> None:
    long = ("semangka ☂\tbiru é " * 12)[:200]
    someone = await officer(api, app, make, Role.ojk, password=long)

    answers = [await someone.ask(), await someone.ask(password=long[:199]), await someone.ask(password=long.upper())]

    assert [answer.status_code for answer in answers] == [200, 400, 400]


async def test_a_hash_of_lesser_parameters_is_made_anew_at_the_next_sign_in(
    api: Api, app: FastAPI, make: Make, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    someone = await officer(api, app, make, Role.ojk)
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))

    answers = [await someone.ask(), await someone.ask()]

    async with sessions() as db:
        kept = await db.scalar(select(Account.password_hash).where(Account.id == someone.id))
    assert [answer.status_code for answer in answers] == [200, 200]
    assert (kept or "").startswith("$argon2id$v=19$m=16,t=2,p=1$")


async def test_a_reset_by_mail_sets_a_password_once_and_ends_every_session(
    api: Api, app: FastAPI, make: Make, sessions: Sessions
) -> None:
    someone = await officer(api, app, make, Role.ojk)
    before = await someone.tokens()

    asked = await api.post("/oauth/password-resets", email=someone.email.upper())
    link = await sent_token(app)
    weak = await api.post("/oauth/passwords", token=link, password="1q2w3e4r5t6y")
    answers = await gather(*(api.post("/oauth/passwords", token=link, password=NEXT) for _ in range(3)))

    assert (asked.status_code, asked.json()) == (202, {"expires_in": 3600})
    assert (weak.json()["code"], weak.json()["errors"][0]["pointer"]) == ("weak_password", "#/password")
    assert sorted(answer.status_code for answer in answers) == [204, 422, 422]
    assert {a.json()["code"] for a in answers if a.is_error} == {"password_link_over"}
    assert ((await someone.ask()).status_code, (await someone.ask(password=NEXT)).status_code) == (400, 200)
    assert (await renewed(api, before["refresh_token"])).status_code == 400
    async with sessions() as db:
        account = await db.get_one(Account, someone.id)
        assert (await db.scalars(select(PasswordLink))).all() == []
    assert account.email_confirmed_at is not None


async def test_asking_for_a_reset_says_and_does_the_same_for_every_address(
    api: Api, app: FastAPI, make: Make, statements: list[str]
) -> None:
    known = (await officer(api, app, make, Role.ojk)).email
    work = []
    answers = []

    for email in (known, "nobody@contoh.example"):
        statements.clear()
        answers.append(await api.post("/oauth/password-resets", email=email))
        work.append([sql.split()[0] for sql in statements])

    assert (answers[0].status_code, answers[0].json()) == (answers[1].status_code, answers[1].json())
    assert work[0] == work[1]
    assert [to for to, _, _ in await mails(app)] == [known]


async def test_nobody_who_is_switched_off_gets_a_link_or_can_use_one(
    api: Api, app: FastAPI, make: Make, sessions: Sessions
) -> None:
    someone = await officer(api, app, make, Role.ojk)
    await api.post("/oauth/password-resets", email=someone.email)
    link = await sent_token(app)

    async with unit_of_work(sessions) as db:
        (await db.get_one(Account, someone.id)).is_active = False
    await api.post("/oauth/password-resets", email=someone.email)

    assert await mails(app) == []
    assert (await api.post("/oauth/passwords", token=link, password=NEXT)).json()["code"] == "password_link_over"


async def test_a_link_ends_with_its_hour_and_only_the_newest_counts(api: Api, app: FastAPI, make: Make) -> None:
    someone = await officer(api, app, make, Role.ojk)
    await api.post("/oauth/password-resets", email=someone.email)
    older = await sent_token(app)
    await api.post("/oauth/password-resets", email=someone.email)
    newer = await sent_token(app)

    replaced = await api.post("/oauth/passwords", token=older, password=NEXT)
    with clock.clock_at(clock.now() + timedelta(minutes=61)):
        late = await api.post("/oauth/passwords", token=newer, password=NEXT)
    in_time = await api.post("/oauth/passwords", token=newer, password=NEXT)

    assert [a.status_code for a in (replaced, late, in_time)] == [422, 422, 204]


async def test_a_mailbox_is_not_flooded(api: Api, app: FastAPI, make: Make) -> None:
    someone = await officer(api, app, make, Role.ojk)

    with clock.clock_at(clock.now().replace(minute=1) + timedelta(hours=1)):
        answers = [await api.post("/oauth/password-resets", email=someone.email) for _ in range(5)]
        sent = await mails(app)

    assert [answer.status_code for answer in answers] == [202] * 5
    assert len(sent) == 3


async def test_no_token_is_kept_in_the_queue_or_the_database(
    api: Api, app: FastAPI, make: Make, sessions: Sessions
) -> None:
    someone = await officer(api, app, make, Role.ojk)
    await api.post("/oauth/password-resets", email=someone.email)

    async with sessions() as db:
        queued = str((await db.execute(JOBS)).scalars().all())
        message = (await db.scalars(select(Message).where(Message.template == "staff_reset"))).one()
    link = await sent_token(app)
    async with sessions() as db:
        kept = (await db.scalars(select(PasswordLink.token_hash))).all()

    assert someone.email not in queued
    assert someone.email.encode() not in (message.address_sealed or b"")
    assert vault().open(FACTS, message.facts_sealed or b"") == "{}"
    assert len(kept) == 1
    assert link.encode() not in bytes(kept[0])


async def test_production_without_a_mail_server_says_so_at_once(
    api: Api, app: FastAPI, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_settings(monkeypatch, app, mode="production")

    asked = await api.post("/oauth/password-resets", email="a@b.example")
    invited = await api.as_(await make.staff(Role.dinas)).post("/v1/staff", email="a@b.example", role="dinas")

    assert (asked.status_code, invited.status_code) == (503, 503)
