"""The second factor: forced for who sees personal data, good once, and a way back for who lost it."""

from asyncio import gather
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.identity.models import Account, RecoveryCode, TotpSecret
from plut_api.identity.policy import scopes_of
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from tests.conftest import Api
from tests.factories import Make
from tests.identity.signing_in import bearer, put_settings, renewed, signed_in_person
from tests.identity.staff_steps import FIRST, NEXT, at_the_next_minute, later, officer

Sessions = async_sessionmaker[AsyncSession]
SEES_PERSONAL_DATA = [Role.dinas, Role.consultant, Role.opd, Role.bank]


@pytest.fixture(autouse=True)
def forced(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in production."""
    put_settings(monkeypatch, app, staff_totp="forced")


@pytest.mark.parametrize("role", SEES_PERSONAL_DATA)
async def test_who_sees_personal_data_may_only_set_it_up_and_then_has_the_scopes_of_the_role(
    api: Api, app: FastAPI, make: Make, role: Role
) -> None:
    someone = await officer(api, app, make, role)

    before = await someone.tokens()
    refused = await api.get("/v1/people", headers=bearer(before["access_token"]))
    renewed_before = (await renewed(api, before["refresh_token"])).json()
    totp, _ = await someone.set_up(bearer(before["access_token"]))
    still = (await renewed(api, renewed_before["refresh_token"])).json()
    without = await someone.ask()
    with later(seconds=31):
        after = await someone.tokens(totp=totp.at(clock.now()))
        again = (await renewed(api, after["refresh_token"])).json()

    assert before["scope"] == renewed_before["scope"] == still["scope"] == "me:read me:write"
    assert refused.status_code == 403
    assert (without.json()["code"], without.json()["error"]) == ("totp_required", "invalid_grant")
    assert after["scope"].split() == again["scope"].split() == sorted(scopes_of(role))


@pytest.mark.parametrize("role", [Role.ojk, Role.partner])
async def test_who_sees_no_personal_data_needs_none(api: Api, app: FastAPI, make: Make, role: Role) -> None:
    someone = await officer(api, app, make, role)

    assert (await someone.tokens())["scope"].split() == sorted(scopes_of(role))


async def test_before_it_is_set_up_no_other_scope_can_be_had(api: Api, app: FastAPI, make: Make) -> None:
    someone = await officer(api, app, make, Role.consultant)

    some_of_both = await someone.tokens(scope="me:read people:read")
    none = await someone.ask(scope="people:read")

    assert some_of_both["scope"] == "me:read"
    assert (none.status_code, none.json()["error"]) == (400, "invalid_scope")


async def test_a_session_from_before_it_was_forced_shrinks_when_it_is_renewed(
    api: Api, app: FastAPI, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_settings(monkeypatch, app, staff_totp="offered")
    someone = await officer(api, app, make, Role.dinas)
    before = await someone.tokens()
    put_settings(monkeypatch, app, staff_totp="forced")

    after = (await renewed(api, before["refresh_token"])).json()

    assert before["scope"].split() == sorted(scopes_of(Role.dinas))
    assert after["scope"] == "me:read me:write"


async def test_where_it_is_offered_who_has_it_needs_it(
    api: Api, app: FastAPI, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_settings(monkeypatch, app, staff_totp="offered")
    someone, other = await officer(api, app, make, Role.ojk), await officer(api, app, make, Role.dinas)
    await someone.set_up()

    assert (await someone.ask()).json()["code"] == "totp_required"
    assert (await other.ask()).status_code == 200


async def test_a_wrong_password_is_never_told_that_a_code_is_needed(api: Api, app: FastAPI, make: Make) -> None:
    someone = await officer(api, app, make)
    totp, _ = await someone.set_up()

    answers = [await someone.ask(password=NEXT), await someone.ask(password=NEXT, totp=totp.now())]

    assert [answer.json()["code"] for answer in answers] == ["invalid_grant"] * 2


async def test_a_code_is_accepted_once_and_none_before_it_any_more(api: Api, app: FastAPI, make: Make) -> None:
    someone = await officer(api, app, make)
    totp, _ = await someone.set_up()

    with later(minutes=2):
        now = clock.now()
        code, earlier = totp.at(now), totp.at(now - timedelta(seconds=30))
        at_once = await gather(*(someone.ask(totp=code) for _ in range(4)))
        again = await someone.ask(totp=f"{code[:3]} {code[3:]}")
        older = await someone.ask(totp=earlier)

    assert sorted(answer.status_code for answer in at_once) == [200, 400, 400, 400]
    assert (again.status_code, older.status_code) == (400, 400)


async def test_the_code_that_confirmed_does_not_sign_in_as_well(api: Api, app: FastAPI, make: Make) -> None:
    someone = await officer(api, app, make)
    with later(minutes=1):
        totp, _ = await someone.set_up()
        answer = await someone.ask(totp=totp.at(clock.now()))

    assert answer.status_code == 400


@pytest.mark.parametrize(("seconds", "status"), [(-30, 200), (30, 200), (-61, 400), (61, 400)])
async def test_an_authenticator_may_be_one_step_off(
    api: Api, app: FastAPI, make: Make, seconds: int, status: int
) -> None:
    someone = await officer(api, app, make)
    totp, _ = await someone.set_up()

    with later(minutes=5):
        answer = await someone.ask(totp=totp.at(clock.now() + timedelta(seconds=seconds)))

    assert answer.status_code == status


async def test_guessing_codes_is_slowed_like_guessing_passwords(api: Api, app: FastAPI, make: Make) -> None:
    someone = await officer(api, app, make)
    totp, _ = await someone.set_up()

    with at_the_next_minute():
        right = totp.at(clock.now())
        wrong = f"{(int(right) + 1) % 10**6:06d}"
        answers = [(await someone.ask(totp=wrong)).status_code for _ in range(6)]
        answers.append((await someone.ask(totp=right)).status_code)

    assert answers == [400] * 5 + [429, 429]


async def test_each_recovery_code_stands_in_once_however_it_is_typed(
    api: Api, app: FastAPI, make: Make, sessions: Sessions
) -> None:
    someone = await officer(api, app, make)
    _, codes = await someone.set_up()

    first = await someone.tokens(totp=codes[0])
    again = await someone.ask(totp=codes[0])
    typed = await someone.ask(totp=codes[1].replace("-", " ").lower())
    unknown = await someone.ask(totp="AAAAAA-AAAAAA-AAAAAA-AAAAAA")
    shown = await api.get("/v1/me/totp", headers=bearer(first["access_token"]))

    assert len(set(codes)) == 10
    assert [a.status_code for a in (again, typed, unknown)] == [400, 200, 400]
    assert shown.json()["recovery_codes_left"] == 8
    async with sessions() as db:
        kept = [bytes(code) for code in await db.scalars(select(RecoveryCode.code_hash))]
        sealed = bytes((await db.scalars(select(TotpSecret.secret_sealed))).one())
    assert not any(code.replace("-", "").encode() in kept for code in codes)
    assert len(kept) == 10
    assert b"secret" not in sealed


async def test_the_secret_is_what_an_authenticator_takes(api: Api, app: FastAPI, make: Make) -> None:
    someone = await officer(api, app, make)
    headers = bearer((await someone.tokens())["access_token"])

    begun = await api.post("/v1/me/totp", headers=headers, password=FIRST)
    again = await api.post("/v1/me/totp", headers=headers, password=FIRST)
    shown = await api.get("/v1/me/totp", headers=headers)
    old = await api.post(
        "/v1/me/totp/confirmation", headers=headers, code=pyotp.TOTP(begun.json()["secret"]).at(clock.now())
    )

    uri = urlsplit(again.json()["otpauth_uri"])
    assert parse_qs(uri.query)["secret"] == [again.json()["secret"]]
    assert begun.json()["secret"] != again.json()["secret"]
    assert len(again.json()["secret"]) == 32
    assert shown.json() == {"confirmed_at": None, "recovery_codes_left": 0}
    assert (old.status_code, old.json()["code"]) == (422, "wrong_totp")
    assert (await someone.ask()).status_code == 200, "unconfirmed, it counts for nothing"


async def test_a_stolen_session_sets_nothing_up_and_removes_nothing(api: Api, app: FastAPI, make: Make) -> None:
    someone = await officer(api, app, make)
    headers = bearer((await someone.tokens())["access_token"])

    begun = await api.post("/v1/me/totp", headers=headers, password="not the one it is")
    await someone.set_up(headers)
    etag = (await api.get("/v1/me/totp", headers=headers)).headers["etag"]
    removed = await api.request("DELETE", "/v1/me/totp", headers=headers | {"If-Match": etag, "Plut-Totp": "000000"})
    another = await api.post("/v1/me/totp", headers=headers, password=FIRST)

    assert (begun.status_code, begun.json()["code"]) == (422, "wrong_password")
    assert (removed.status_code, removed.json()["code"]) == (422, "wrong_totp")
    assert (another.status_code, another.json()["code"]) == (409, "totp_already_set_up")


async def test_its_holder_removes_it_by_a_code_and_other_sessions_end(api: Api, app: FastAPI, make: Make) -> None:
    someone = await officer(api, app, make)
    totp, codes = await someone.set_up()
    elsewhere = await someone.tokens(totp=codes[0])

    with later(minutes=1):
        here = bearer((await someone.tokens(totp=codes[1]))["access_token"])
        etag = (await api.get("/v1/me/totp", headers=here)).headers["etag"]
        asked = here | {"Plut-Totp": totp.at(clock.now())}
        without = await api.request("DELETE", "/v1/me/totp", headers=asked)
        removed = await api.request("DELETE", "/v1/me/totp", headers=asked | {"If-Match": etag})
        again = await api.request("DELETE", "/v1/me/totp", headers=asked | {"If-Match": etag})

    assert [a.status_code for a in (without, removed, again)] == [428, 204, 404]
    assert (await renewed(api, elsewhere["refresh_token"])).status_code == 400
    assert (await someone.tokens())["scope"] == "me:read me:write"


async def test_what_is_not_set_up_cannot_be_read_or_confirmed_and_people_have_none(
    api: Api, app: FastAPI, make: Make
) -> None:
    someone = await officer(api, app, make)
    headers = bearer((await someone.tokens())["access_token"])
    person = bearer((await signed_in_person(api, app))["access_token"])

    answers = [
        await api.get("/v1/me/totp", headers=headers),
        await api.post("/v1/me/totp/confirmation", headers=headers, code="123456"),
        await api.get("/v1/me/totp", headers=person),
        await api.post("/v1/me/totp", headers=person, password="any"),
    ]

    assert [(a.status_code, a.json()["code"]) for a in answers] == [
        *[(404, "totp_not_set_up")] * 2,
        *[(403, "staff_only")] * 2,
    ]


async def test_staff_of_the_outside_issuer_have_no_factor_here(
    api: Api, app: FastAPI, make: Make, sessions: Sessions
) -> None:
    account = await make.staff(Role.ojk)
    async with unit_of_work(sessions) as db:
        (await db.get_one(Account, account.id)).password_hash = None

    answer = await api.as_(account).post("/v1/me/totp", password="any")

    assert (answer.status_code, answer.json()["code"]) == (409, "no_password")


async def test_the_dinas_helps_who_lost_authenticator_and_codes(api: Api, app: FastAPI, make: Make) -> None:
    someone = await officer(api, app, make, Role.consultant)
    _, codes = await someone.set_up()
    session = await someone.tokens(totp=codes[0])
    officer_of_dinas = await make.staff(Role.dinas)
    dinas = api.as_(officer_of_dinas)

    reset = await dinas.post(f"/v1/staff/{someone.id}/totp-resets")
    again = await dinas.post(f"/v1/staff/{someone.id}/totp-resets")

    assert (reset.status_code, reset.json()["has_totp"]) == (200, False)
    assert (again.status_code, again.json()["code"]) == (404, "totp_not_set_up")
    own = await dinas.post(f"/v1/staff/{officer_of_dinas.id}/totp-resets")
    assert (own.status_code, own.json()["code"]) == (409, "own_second_factor")
    assert (await renewed(api, session["refresh_token"])).status_code == 400
    assert (await someone.tokens())["scope"] == "me:read me:write"
