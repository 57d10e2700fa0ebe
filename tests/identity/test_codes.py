"""One-time codes: how many there are, how long they last, and that they tell nobody who is known."""

from asyncio import Barrier, gather
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.identity.codes import make_code
from plut_api.identity.jobs import forget_what_is_over
from plut_api.identity.models import OneTimeCode
from plut_api.identity.problems import ResendTooSoon
from plut_api.kit import clock
from plut_api.kit.database import unit_of_work
from plut_api.kit.rate_limits import RateWindow
from tests.conftest import Api
from tests.factories import Make
from tests.identity.signing_in import OTP, PHONE, put_settings, sent_messages, token, with_code


def wrong(code: str) -> str:
    """Some other code."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


@pytest.fixture
def unhurried(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    """An address that may ask for as many codes as it likes."""
    put_settings(monkeypatch, app, otp_per_address_per_hour=10_000)


async def test_a_code_is_good_for_one_use(api: Api, app: FastAPI) -> None:
    code = await with_code(api, app)

    answers = [await token(api, grant_type=OTP, phone=PHONE, code=code) for _ in range(2)]

    assert [a.status_code for a in answers] == [200, 400]
    assert answers[1].json()["error"] == answers[1].json()["code"] == "invalid_grant"


async def test_one_code_used_by_many_at_once_admits_one(api: Api, app: FastAPI) -> None:
    code = await with_code(api, app)

    answers = await gather(*(token(api, grant_type=OTP, phone=PHONE, code=code) for _ in range(8)))

    assert sorted(a.status_code for a in answers) == [200] + [400] * 7


async def test_five_wrong_tries_end_a_code(api: Api, app: FastAPI) -> None:
    code = await with_code(api, app)

    for _ in range(5):
        assert (await token(api, grant_type=OTP, phone=PHONE, code=wrong(code))).status_code == 400

    assert (await token(api, grant_type=OTP, phone=PHONE, code=code)).status_code == 400


async def test_many_guesses_at_once_are_no_more_than_five_tries(
    api: Api, app: FastAPI, sessions: async_sessionmaker[AsyncSession]
) -> None:
    code = await with_code(api, app)

    await gather(*(token(api, grant_type=OTP, phone=PHONE, code=wrong(code)) for _ in range(12)))

    async with sessions() as db:
        assert (await db.scalars(select(OneTimeCode.tries_left))).all() == [0]


async def test_four_wrong_tries_leave_the_right_one(api: Api, app: FastAPI) -> None:
    code = await with_code(api, app)

    for _ in range(4):
        await token(api, grant_type=OTP, phone=PHONE, code=wrong(code))

    assert (await token(api, grant_type=OTP, phone=PHONE, code=code)).status_code == 200


async def test_a_code_ends_with_its_time(api: Api, app: FastAPI) -> None:
    code = await with_code(api, app)

    with clock.clock_at(clock.now() + timedelta(seconds=301)):
        answer = await token(api, grant_type=OTP, phone=PHONE, code=code)

    assert answer.status_code == 400


async def test_a_code_is_of_no_use_for_another_phone(api: Api, app: FastAPI) -> None:
    code = await with_code(api, app)
    await with_code(api, app, "+6281234567891")

    answer = await token(api, grant_type=OTP, phone="+6281234567891", code=code)

    assert answer.status_code == 400


async def test_only_the_newest_code_counts(api: Api, app: FastAPI) -> None:
    start = clock.now()
    older = await with_code(api, app)
    with clock.clock_at(start + timedelta(seconds=40)):
        newer = await with_code(api, app)
        answers = [await token(api, grant_type=OTP, phone=PHONE, code=code) for code in (older, newer)]

    assert older == newer or [a.status_code for a in answers] == [400, 200]


async def test_a_scope_that_people_lack_does_not_cost_the_code(api: Api, app: FastAPI) -> None:
    code = await with_code(api, app)

    refused = await token(api, grant_type=OTP, phone=PHONE, code=code, scope="imports:write")
    granted = await token(api, grant_type=OTP, phone=PHONE, code=code, scope="me:read")

    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_scope")
    assert granted.json()["scope"] == "me:read"


async def test_codes_are_kept_as_hashes_bound_to_a_phone_without_the_number(
    api: Api, app: FastAPI, sessions: async_sessionmaker[AsyncSession]
) -> None:
    code = await with_code(api, app)

    async with sessions() as db:
        kept = (await db.scalars(select(OneTimeCode))).one()

    stored = bytes(kept.phone_index) + bytes(kept.code_hash)
    assert code.encode() not in stored
    assert PHONE.removeprefix("+62").encode() not in stored


async def test_known_and_unknown_numbers_get_the_same_answer_for_the_same_work(
    api: Api, make: Make, statements: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is done for the answer; delivery comes after it, in the worker's way, and looks the holder up."""
    monkeypatch.setattr("plut_api.identity.messages.codes.deliver_now", _nothing)
    await make.person(phone="+6281200000001")

    def work() -> list[str]:
        done = [sql.split()[0] for sql in statements]
        statements.clear()
        return done

    work()
    known, work_for_known = await api.post("/oauth/otp", phone="+6281200000001"), work()
    unknown, work_for_unknown = await api.post("/oauth/otp", phone="+6281200000002"), work()

    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())
    assert work_for_known == work_for_unknown


async def _nothing(*_: Any) -> None:
    """In place of delivery."""


async def test_waits_for_another_code_grow(api: Api) -> None:
    start = clock.now()
    waits = []

    for seconds in (0, 1, 31, 32, 92, 93):
        with clock.clock_at(start + timedelta(seconds=seconds)):
            answer = await api.post("/oauth/otp", phone=PHONE)
        waits.append((answer.status_code, answer.headers.get("retry-after")))

    assert waits == [(202, None), (429, "29"), (202, None), (429, "59"), (202, None), (429, "119")]
    assert answer.json()["code"] == "resend_too_soon"


async def test_requests_at_once_make_one_code(app: FastAPI, sessions: async_sessionmaker[AsyncSession]) -> None:
    everybody = Barrier(6)

    async def made() -> str:
        async with unit_of_work(sessions) as db:
            await db.execute(select(1))  # A connection at hand, so that nobody is ahead of the others.
            await everybody.wait()
            return await make_code(db, app.state.settings, PHONE)

    outcomes = await gather(*(made() for _ in range(6)), return_exceptions=True)

    assert [type(outcome) for outcome in outcomes if not isinstance(outcome, str)] == [ResendTooSoon] * 5


async def test_a_phone_gets_five_codes_an_hour_however_patient_it_is(api: Api) -> None:
    start = clock.now()

    for minutes in (0, 10, 20, 30, 40):
        with clock.clock_at(start + timedelta(minutes=minutes)):
            assert (await api.post("/oauth/otp", phone=PHONE)).status_code == 202
    with clock.clock_at(start + timedelta(minutes=50)):
        refused = await api.post("/oauth/otp", phone=PHONE)
    with clock.clock_at(start + timedelta(minutes=60, seconds=1)):
        granted = await api.post("/oauth/otp", phone=PHONE)

    assert (refused.json()["code"], refused.headers["retry-after"]) == ("too_many_requests", "600")
    assert granted.status_code == 202


async def test_an_address_gets_only_so_many_codes_for_whichever_phones(
    api: Api, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_settings(monkeypatch, app, otp_per_address_per_hour=3)

    answers = [await api.post("/oauth/otp", phone=f"+62812000000{number}0") for number in range(4)]

    assert [a.status_code for a in answers] == [202, 202, 202, 429]


async def test_codes_that_are_over_are_forgotten(
    api: Api, app: FastAPI, sessions: async_sessionmaker[AsyncSession]
) -> None:
    await with_code(api, app)

    with clock.clock_at(clock.now() + timedelta(minutes=61)):
        async with unit_of_work(sessions) as db:
            await forget_what_is_over(db)

    async with sessions() as db:
        assert (await db.scalars(select(OneTimeCode))).all() == []


@pytest.mark.parametrize("phone", ["12345", "+1 202 555 0100", "021 555 1234", "0812", "not a phone", "08" + "1" * 30])
async def test_what_is_no_indonesian_mobile_number_is_refused_by_name(api: Api, phone: str) -> None:
    answer = await api.post("/oauth/otp", phone=phone)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "#/phone"


@some.composite
def written_numbers(draw: some.DrawFn) -> tuple[str, str]:
    """A mobile number as somebody might write it, and its E.164 form."""
    digits = "8" + draw(some.text("0123456789", min_size=8, max_size=11))
    prefix = draw(some.sampled_from(["0", "62", "+62", "(0", "+62 "]))
    separators = draw(some.lists(some.sampled_from(["", "", "", "-", " ", "."]), min_size=12, max_size=12))
    written = prefix + "".join(digit + separator for digit, separator in zip(digits, separators, strict=False))
    return written.replace("(0", "(0) ") if prefix == "(0" else written, f"+62{digits}"


@pytest.mark.usefixtures("unhurried")
@given(number=written_numbers().filter(lambda pair: len(pair[0]) <= 24))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
async def test_a_number_is_the_same_however_it_is_written(
    api: Api, app: FastAPI, sessions: async_sessionmaker[AsyncSession], number: Any
) -> None:
    written, normal = number
    async with unit_of_work(sessions) as db:
        await db.execute(delete(OneTimeCode))
        await db.execute(delete(RateWindow))

    answer = await api.post("/oauth/otp", phone=written)

    assert answer.status_code == 202, (written, answer.text)
    assert sent_messages(app)[-1]["phone"] == normal
