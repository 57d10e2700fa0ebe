"""`Idempotency-Key`: a retry acts once, whatever became of the first answer."""

import asyncio
from collections import Counter
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from starlette.types import Message, Receive, Scope, Send

from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.idempotency import IdempotentAnswer
from plut_api.kit.ids import new_id
from tests.conftest import Api
from tests.factories import Make
from tests.kit.conftest import effects
from tests.kit.workshop import ENTERED, GATES

Sessions = async_sessionmaker[AsyncSession]
EFFECTS, GATED, MACHINE = "/v1/workshop/effects", "/v1/workshop/gated", "/v1/workshop/machine-effects"
KEY = {"Idempotency-Key": "kunci-pertama-1"}


@pytest.fixture
async def staff(workshop: Api, make: Make) -> Api:
    return workshop.as_(await make.staff(Role.dinas))


async def test_the_same_request_with_the_same_key_acts_once(staff: Api, sessions: Sessions) -> None:
    first = await staff.post(EFFECTS, headers=KEY, name="Kopi")
    again = await staff.post(EFFECTS, headers=KEY, name="Kopi")
    quoted = await staff.post(EFFECTS, headers={"Idempotency-Key": '"kunci-pertama-1"'}, name="Kopi")

    assert first.status_code == again.status_code == quoted.status_code == 200
    assert first.content == again.content == quoted.content
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert await effects(sessions) == 1


async def test_a_replayed_answer_has_its_headers(api: Api, make: Make) -> None:
    dinas = api.as_(await make.staff(Role.dinas))
    body = {"code": "BANK_X", "name": "Bank X", "kind": "bank"}

    first = await dinas.post("/v1/organizations", headers=KEY, **body)
    again = await dinas.post("/v1/organizations", headers=KEY, **body)

    for name in ("location", "etag", "content-type", "cache-control"):
        assert again.headers[name] == first.headers[name]
    assert again.headers["x-request-id"] != first.headers["x-request-id"]


async def test_without_a_key_each_request_acts(staff: Api, sessions: Sessions) -> None:
    await staff.post(EFFECTS, name="Kopi")
    await staff.post(EFFECTS, name="Kopi")

    assert await effects(sessions) == 2


async def test_the_same_key_with_another_request_is_refused(staff: Api, sessions: Sessions) -> None:
    await staff.post(EFFECTS, headers=KEY, name="Kopi")

    other_body = await staff.post(EFFECTS, headers=KEY, name="Kopi", count=2)
    other_path = await staff.post(GATED, headers=KEY, name="Kopi")
    other_query = await staff.request("POST", EFFECTS, headers=KEY, json={"name": "Kopi"}, params={"x": 1})

    refused = {(a.status_code, a.json()["code"]) for a in (other_body, other_path, other_query)}
    assert refused == {(422, "idempotency_key_reused")}
    assert await effects(sessions) == 1


async def test_while_the_first_is_at_work_the_others_are_told_so(staff: Api, sessions: Sessions) -> None:
    gate = GATES["Gerbang"] = asyncio.Event()
    first = asyncio.create_task(staff.post(GATED, headers=KEY, name="Gerbang"))
    while not ENTERED:
        await asyncio.sleep(0.005)

    others = await asyncio.gather(*(staff.post(GATED, headers=KEY, name="Gerbang") for _ in range(5)))
    gate.set()
    done = await first
    later = await staff.post(GATED, headers=KEY, name="Gerbang")

    assert {(a.status_code, a.json()["code"]) for a in others} == {(409, "idempotency_in_progress")}
    assert all(int(a.headers["retry-after"]) >= 1 for a in others)
    assert done.content == later.content
    assert await effects(sessions) == 1


async def test_of_many_at_once_exactly_one_acts(staff: Api, sessions: Sessions) -> None:
    answers = await asyncio.gather(*(staff.post(EFFECTS, headers=KEY, name="Kopi") for _ in range(12)))

    outcome = Counter(answer.status_code for answer in answers)
    assert set(outcome) <= {200, 409}
    assert len({answer.content for answer in answers if answer.status_code == 200}) == 1
    assert await effects(sessions) == 1


async def test_the_key_of_another_caller_is_another_key(
    workshop: Api, make: Make, staff: Api, sessions: Sessions
) -> None:
    other = workshop.as_(await make.staff(Role.opd))

    mine = await staff.post(EFFECTS, headers=KEY, name="Kopi")
    theirs = await other.post(EFFECTS, headers=KEY, name="Kopi")

    assert mine.json() != theirs.json()
    assert await effects(sessions) == 2


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/v1/workshop/failing", {"name": "Kopi"}, 500),
        (EFFECTS, {"name": "Kopi", "count": -1}, 422),
        ("/v1/workshop/nowhere", {}, 404),
    ],
)
async def test_a_request_that_failed_is_not_stored(
    staff: Api, sessions: Sessions, path: str, body: dict[str, Any], status: int
) -> None:
    failed = await staff.post(path, headers=KEY, **body)
    async with sessions() as db:
        stored = await db.scalar(select(func.count()).select_from(IdempotentAnswer))
    corrected = await staff.post(EFFECTS, headers=KEY, name="Kopi")

    assert (failed.status_code, stored, corrected.status_code) == (status, 0, 200)
    assert await effects(sessions) == 1


async def test_a_refusal_by_the_state_of_things_is_judged_anew(api: Api, make: Make) -> None:
    dinas = api.as_(await make.staff(Role.dinas))
    await make.bank(code="BANK_X")
    body = {"code": "BANK_X", "name": "Bank X", "kind": "bank"}

    taken = await dinas.post("/v1/organizations", headers=KEY, **body)
    free = await dinas.post("/v1/organizations", headers=KEY, **(body | {"code": "BANK_Y"}))

    assert (taken.status_code, free.status_code) == (409, 201)


async def test_a_machine_must_bring_a_key(workshop: Api, make: Make, sessions: Sessions) -> None:
    machine = workshop.as_(await make.client(await make.bank(), "financing:pull"))
    token = await machine.token()

    # Not through the signed-in client, which brings a key of its own.
    without = await workshop.request(
        "POST", MACHINE, headers={"Authorization": f"Bearer {token}"}, json={"name": "Kopi"}
    )
    with_key = await machine.post(MACHINE, name="Kopi")

    assert (without.status_code, without.json()["code"]) == (400, "idempotency_key_required")
    assert with_key.status_code == 200
    assert await effects(sessions) == 1


@pytest.mark.parametrize("key", ["short", "x" * 129, "with space here", "tanda-petik-'", ""])
async def test_a_key_of_another_form_is_refused(staff: Api, sessions: Sessions, key: str) -> None:
    answer = await staff.post(EFFECTS, headers={"Idempotency-Key": key}, name="Kopi")

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/header/Idempotency-Key")
    assert await effects(sessions) == 0


async def test_after_a_day_a_key_is_free_again(staff: Api, sessions: Sessions) -> None:
    await staff.post(EFFECTS, headers=KEY, name="Kopi")
    async with unit_of_work(sessions) as db:
        await db.execute(text("UPDATE idempotent_answers SET created_at = now() - interval '24 hours 1 second'"))

    answer = await staff.post(EFFECTS, headers=KEY, name="Teh")
    again = await staff.post(EFFECTS, headers=KEY, name="Teh")

    assert answer.status_code == 200
    assert again.content == answer.content
    assert await effects(sessions) == 2


async def test_an_answer_lost_on_its_way_is_given_again(
    workshop_application: FastAPI, staff: Api, sessions: Sessions
) -> None:
    """The connection breaks after the commit and before the first byte of the answer."""

    async def breaking(scope: Scope, receive: Receive, send: Send) -> None:
        async def broken(message: Message) -> None:
            raise ConnectionResetError

        await workshop_application(scope, receive, broken)

    headers = KEY | {"Authorization": f"Bearer {await staff.token()}"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(breaking), base_url="http://127.0.0.1:8000") as client:
        with pytest.raises(ConnectionResetError):
            await client.post(EFFECTS, headers=headers, json={"name": "Kopi"})
    assert await effects(sessions) == 1

    retried = await staff.post(EFFECTS, headers=KEY, name="Kopi")

    assert (retried.status_code, retried.headers["idempotency-replayed"]) == (200, "true")
    assert await effects(sessions) == 1


async def test_a_crash_before_the_commit_leaves_the_key_free(
    workshop_application: FastAPI, staff: Api, sessions: Sessions
) -> None:
    GATES["Gerbang"] = asyncio.Event()
    first = asyncio.create_task(staff.post(GATED, headers=KEY, name="Gerbang"))
    while not ENTERED:
        await asyncio.sleep(0.005)

    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    GATES["Gerbang"].set()
    retried = await staff.post(GATED, headers=KEY, name="Gerbang")

    assert retried.status_code == 200
    assert "idempotency-replayed" not in retried.headers
    assert await effects(sessions) == 1


async def test_a_key_from_nobody_is_nothing(workshop: Api) -> None:
    answer = await workshop.post("/v1/workshop/echo", headers={"Idempotency-Key": str(new_id())}, name="Kopi")
    again = await workshop.post("/v1/workshop/echo", headers={"Idempotency-Key": str(new_id())}, name="Teh")

    assert (answer.status_code, again.json()["name"]) == (200, "Teh")


async def test_an_answer_is_kept_sealed(staff: Api, sessions: Sessions) -> None:
    first = await staff.post(EFFECTS, headers=KEY, name="Kopi Sembalun")
    async with sessions() as db:
        kept = bytes((await db.scalars(select(IdempotentAnswer.body))).one())
    again = await staff.post(EFFECTS, headers=KEY, name="Kopi Sembalun")

    assert again.content == first.content
    assert first.json()["id"].encode() not in kept


async def test_an_answer_whose_key_is_gone_is_not_acted_on_again(staff: Api, sessions: Sessions) -> None:
    await staff.post(EFFECTS, headers=KEY, name="Kopi")
    async with unit_of_work(sessions) as db:
        await db.execute(update(IdempotentAnswer).values(body=b"\xffno key of ours sealed this"))

    again = await staff.post(EFFECTS, headers=KEY, name="Kopi")

    assert (again.status_code, again.json()["code"]) == (422, "idempotency_key_reused")
    assert await effects(sessions) == 1
