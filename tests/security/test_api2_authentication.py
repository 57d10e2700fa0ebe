"""API2:2023 Broken authentication: nothing but a good token opens a door, and no answer says who is known here.

The table of forged tokens is in tests/identity/test_tokens.py, of proofs in test_dpop.py, of codes in test_codes.py.
"""

import re
from asyncio import gather
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from plut_api.kit.caller import Role
from plut_api.kit.ids import new_id
from tests.access.running import Operations
from tests.conftest import Api
from tests.factories import Make
from tests.identity.signing_in import PASSWORD, PHONE, bearer, signed_in_person, token, with_code

PUBLIC_BY_DESIGN = 56
"""More operations than this should not be open to anyone without somebody noticing."""


async def test_every_operation_that_is_not_public_refuses_a_made_up_token(api: Api, operations: Operations) -> None:
    """Before it looks at anything else: who asks is settled first, whatever is sent."""
    secured = {name: operation for name, operation in operations.items() if not operation.is_public}
    made_up = bearer("eyJhbGciOiJub25lIn0.e30.")
    paths = {name: re.sub("{[a-z_]+}", str(new_id()), operation.path) for name, operation in secured.items()}
    asked = (api.request(secured[name].method, path, headers=made_up) for name, path in paths.items())
    answers = dict(zip(paths, await gather(*asked), strict=True))  # At once: each unknown key is waited for.

    assert {name for name, answer in answers.items() if answer.status_code != 401} == set()
    assert {name for name, answer in answers.items() if "www-authenticate" not in answer.headers} == set()
    assert len(operations) - len(secured) <= PUBLIC_BY_DESIGN


async def test_a_token_with_any_part_changed_is_refused_in_the_same_words(api: Api, app: FastAPI) -> None:
    good = (await signed_in_person(api, app))["access_token"]
    head, body, signature = good.split(".")
    other = (await signed_in_person(api, app, "+6281234567891"))["access_token"].split(".")
    forged = [
        f"{head}.{body}.{signature[::-1]}",
        f"{head}.{body}.",
        f"{head}.{other[1]}.{signature}",
        f"{other[0]}.{body}.{other[2]}",
        f"{head}.{body[:-2]}AA.{signature}",
        f"{good}.{signature}",
    ]

    accepted = await api.request("GET", "/v1/me", headers=bearer(good))
    refused = [await api.request("GET", "/v1/me", headers=bearer(one)) for one in forged]

    assert accepted.status_code == 200
    assert {answer.status_code for answer in refused} == {401}
    assert len({str(_told(answer)) for answer in refused}) == 1


async def test_a_token_is_taken_from_its_header_only(api: Api, app: FastAPI) -> None:
    good = (await signed_in_person(api, app))["access_token"]

    by_query = await api.request("GET", f"/v1/me?access_token={good}")
    by_cookie = await api.request("GET", "/v1/me", headers={"Cookie": f"access_token={good}"})
    by_basic = await api.request("GET", "/v1/me", headers={"Authorization": f"Basic {good}"})

    assert {by_query.status_code, by_cookie.status_code, by_basic.status_code} == {401}


async def test_a_guesser_of_codes_is_out_after_five_tries_even_with_the_right_one(api: Api, app: FastAPI) -> None:
    code = await with_code(api, app)
    wrong = [f"{(int(code) + step) % 1_000_000:06d}" for step in range(1, 6)]

    guesses = await gather(*(_by_code(api, guess) for guess in wrong))
    right = await _by_code(api, code)

    assert {answer.status_code for answer in [*guesses, right]} == {400}
    assert len({str(_told(answer)) for answer in [*guesses, right]}) == 1


async def test_known_and_unknown_phones_get_the_same_answer(api: Api, app: FastAPI) -> None:
    await signed_in_person(api, app)

    known, unknown = (
        await api.post("/oauth/otp", phone="+6281234567899"),
        await api.post("/oauth/otp", phone="+6281298765432"),
    )
    wrong_known, wrong_unknown = await _by_code(api, "000000", PHONE), await _by_code(api, "000000", "+6281200000001")

    assert _told(known) == _told(unknown)
    assert _told(wrong_known) == _told(wrong_unknown)
    assert _names(known) == _names(unknown)


async def test_known_and_unknown_addresses_of_staff_get_the_same_answer(api: Api, make: Make) -> None:
    staff = await make.staff(Role.dinas)

    known = await token(api, grant_type=PASSWORD, email=staff.email, password="bukan-kata-sandi-ini")
    unknown = await token(api, grant_type=PASSWORD, email="tidak.ada@contoh.example", password="bukan-kata-sandi-ini")

    assert known.status_code == 400
    assert _told(known) == _told(unknown)
    assert _names(known) == _names(unknown)


@pytest.mark.parametrize("offered", ["Bearer", "Bearer ", "bearer  x", "DPoP", "Bearer a.b.c", "Bearer " + "a" * 9000])
async def test_a_header_that_carries_no_token_is_a_401_and_nothing_more(api: Api, offered: str) -> None:
    answer = await api.request("GET", "/v1/me", headers={"Authorization": offered})

    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthorized"


async def _by_code(api: Api, code: str, phone: str = PHONE) -> httpx.Response:
    return await token(api, grant_type="urn:plut:grant:otp", phone=phone, code=code)


def _told(answer: httpx.Response) -> tuple[int, dict[str, Any]]:
    return answer.status_code, {name: value for name, value in answer.json().items() if name != "request_id"}


def _names(answer: httpx.Response) -> set[str]:
    return set(answer.headers) - {"content-length", "date"}
