"""API6:2023 Unrestricted access to sensitive business flows: what is scarce or dear is not given out by speed."""

from asyncio import gather
from collections import Counter
from typing import Any

from fastapi import FastAPI

from tests.conftest import Api
from tests.factories import Make
from tests.financing.story import confirmed_business
from tests.identity.signing_in import sent_messages

PHONE = "+6281277001122"


async def test_twelve_requests_for_a_code_at_once_send_one_message(api: Api, app: FastAPI) -> None:
    answers = await gather(*(api.post("/oauth/otp", phone=PHONE) for _ in range(12)))

    assert Counter(answer.status_code for answer in answers) == {202: 1, 429: 11}
    assert all("retry-after" in answer.headers for answer in answers if answer.status_code == 429)
    assert sum(message["phone"] == PHONE for message in sent_messages(app)) == 1


async def test_an_address_cannot_have_the_house_write_to_every_phone(api: Api, app: FastAPI) -> None:
    limit = app.state.settings.otp_per_address_per_hour

    answers = [await api.post("/oauth/otp", phone=f"+62812990{number:05d}") for number in range(limit + 5)]

    assert Counter(answer.status_code for answer in answers) == {202: limit, 429: 5}


async def test_the_last_seats_go_to_no_more_people_than_there_are_seats(api: Api, make: Make) -> None:
    program = await make.program(seats=2)
    people = [await make.person() for _ in range(10)]

    answers = await gather(*(api.as_(one).post(f"/v1/programs/{program.id}/enrolments") for one in people))

    assert Counter(answer.status_code for answer in answers) == {201: 2, 409: 8}


async def test_one_person_cannot_take_many_seats_by_asking_at_once(api: Api, make: Make) -> None:
    program, person = await make.program(seats=10), await make.person()

    answers = await gather(*(api.as_(person).post(f"/v1/programs/{program.id}/enrolments") for _ in range(8)))

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 7}


async def test_a_bank_gets_one_request_for_financing_however_often_it_is_sent(api: Api, make: Make) -> None:
    business, bank = await confirmed_business(api, make), await make.bank()
    await make.consent(business.actor, bank)
    asked: dict[str, Any] = {"actor_id": str(business.actor.id), "bank_id": str(bank.id), "amount_idr": 10_000_000}
    owner = api.as_(business.owner)

    answers = await gather(
        *(owner.post("/v1/financing/referrals", **asked, tenor_months=12, purpose="Modal") for _ in range(8))
    )

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 7}


async def test_erasure_needs_the_phone_and_not_only_a_session(api: Api, make: Make) -> None:
    person = await make.person()
    thief = api.as_(person)

    asked = await thief.request("POST", "/v1/me/erasure")
    guesses = [await thief.post("/v1/me/erasure/confirm", code=f"{number:06d}") for number in range(8)]
    still_there = await thief.get(f"/v1/people/{person.id}")

    assert asked.status_code == 202
    assert {answer.status_code for answer in guesses} <= {403, 409, 422, 429}
    assert still_there.status_code == 200
