"""A stream that is broken off goes on after its last line; tokens and cursors outlive the server."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Actor
from plut_api.app import create_app
from plut_api.kit import streams
from plut_api.kit.database import unit_of_work
from plut_api.kit.ids import new_id
from plut_api.kit.streams import NDJSON
from plut_api.settings import Settings
from tests.conftest import Api
from tests.examples.test_bank_pull import listening, serving
from tests.factories import Make
from tests.financing.listing import listed_business, rendered_again
from tests.financing.pulling import PATH, apply, bank_and_machine, changes, consent, whole, withdraw
from tests.financing.story import Business

Sessions = async_sessionmaker[AsyncSession]


async def broken_off(bank: Api, port: int, lines: int) -> tuple[list[dict[str, Any]], str]:
    """What a client has that was killed within the line after so many, and the token in the head of the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"GET {PATH} HTTP/1.1\r\nHost: x\r\nAccept: {NDJSON}\r\nAuthorization: Bearer {await bank.token()}\r\n\r\n"
    writer.write(head.encode())
    answer = (await reader.readuntil(b"\r\n\r\n")).decode()
    token = next(line.split(": ")[1] for line in answer.splitlines() if line.lower().startswith("sync-token"))
    received: list[bytes] = []
    while len(received) <= lines:
        size = int(await reader.readline(), 16)  # Chunked; a block ends with a whole line.
        received += (await reader.readexactly(size)).splitlines()
        await reader.readline()
    writer.transport.abort()
    return [json.loads(line) for line in received[:lines]], token


async def resumed(bank: Api, after: str, token: str) -> tuple[list[dict[str, Any]], httpx.Response]:
    answer = await bank.get(PATH, after=after, resume=token, headers={"Accept": NDJSON})
    assert answer.status_code == 200, answer.text
    *rows, last = (json.loads(line) for line in answer.text.splitlines())
    assert last["sync_token"] == answer.headers["sync-token"] == token
    return rows, answer


@pytest.mark.parametrize("known_to_bank", [True, False])
async def test_a_killed_client_goes_on_after_its_last_line_and_misses_nothing(
    api: Api,
    app: FastAPI,
    make: Make,
    sessions: Sessions,
    monkeypatch: pytest.MonkeyPatch,
    known_to_bank: bool,
) -> None:
    """The last line may be identified or masked; what changes between the two parts comes with the next pull."""
    monkeypatch.setattr(streams, "BLOCK", 1)
    businesses = [await listed_business(make, sessions, number) for number in range(6)]
    organization, bank = await bank_and_machine(api, make)
    given = [await consent(api, business, organization) for business in businesses] if known_to_bank else []

    async with listening() as (socket, _), serving(app, socket):
        rows, token = await broken_off(bank, socket.getsockname()[1], 3)
        await disturb_all(api, sessions, organization, businesses, given)
        rest, _ = await resumed(bank, rows[-1]["id"], token)

    known = {row["id"]: row for row in (*rows, *rest)}
    assert len(rows) == 3
    assert not {row["id"] for row in rows} & {row["id"] for row in rest}
    found, _ = await changes(bank, token)
    apply(known, found)
    assert known == (await whole(bank))[0]


async def disturb_all(
    api: Api, sessions: Sessions, bank: Any, businesses: list[Business], given: list[httpx.Response]
) -> None:
    """Before and after the break: one leaves, one changes, one gains or loses its consent; so does the last line's."""
    for leaves, changed, turned in ((0, 1, 2), (3, 4, 5)):
        async with unit_of_work(sessions) as db:
            await db.execute(update(Actor).where(Actor.id == businesses[leaves].actor.id).values(status="dormant"))
            await db.execute(update(Actor).where(Actor.id == businesses[changed].actor.id).values(name="Nama Baru"))
        for place in (leaves, changed):
            await rendered_again(sessions, businesses[place])
        if given:
            await withdraw(api, given[turned], businesses[turned])
        else:
            await consent(api, businesses[turned], bank)


async def test_csv_goes_on_without_a_second_header(api: Api, make: Make, sessions: Sessions) -> None:
    for number in range(3):
        await listed_business(make, sessions, number)
    _, bank = await bank_and_machine(api, make)
    csv = {"Accept": "text/csv"}
    whole_answer = await bank.get(PATH, headers=csv)
    header, first, *rest = whole_answer.text.splitlines()

    went_on = await bank.get(PATH, after=first.split(",")[0], resume=whole_answer.headers["sync-token"], headers=csv)

    assert header.startswith("id,")
    assert went_on.text.splitlines() == rest


async def test_only_what_the_bank_was_served_is_a_place_to_go_on_from(api: Api, make: Make, sessions: Sessions) -> None:
    """Else a bank could find out the id of a masked business by trying places."""
    business = await listed_business(make, sessions)
    _, bank = await bank_and_machine(api, make)
    _, other = await bank_and_machine(api, make)
    stream = {"Accept": NDJSON}
    token = (await bank.get(PATH, headers=stream)).headers["sync-token"]
    (foreign,) = (await whole(other))[0]

    refused = [
        await bank.get(PATH, after=after, resume=token, headers=stream)
        for after in (str(business.actor.id), str(new_id()), foreign)
    ]
    alone = await bank.get(PATH, after=str(new_id()), headers=stream)
    paged = await bank.get(PATH, after=str(new_id()), resume=token)
    anothers = await other.get(PATH, after=foreign, resume=token, headers=stream)

    assert [(one.status_code, one.json()["code"]) for one in (*refused, anothers)] == [(400, "invalid_cursor")] * 4
    assert [one["pointer"] for one in alone.json()["errors"]] == ["/query/resume"]
    assert [one["pointer"] for one in paged.json()["errors"]] == ["/query/after"]


async def test_tokens_and_cursors_outlive_the_server(
    api: Api, make: Make, sessions: Sessions, settings: Settings
) -> None:
    businesses = [await listed_business(make, sessions, number) for number in range(3)]
    organization, bank = await bank_and_machine(api, make)
    page = (await bank.get(PATH, limit=2)).json()
    token = await bank.token()
    await consent(api, businesses[0], organization)
    fresh = create_app(settings)

    async def ask(**query: Any) -> dict[str, Any]:
        transport = httpx.ASGITransport(app=fresh)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
            answer = await client.get(PATH, params=query, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    rest = await ask(cursor=page["next_cursor"], limit=2)
    changed = await ask(changed_since=rest["sync_token"])
    await fresh.state.engine.dispose()

    assert len(page["data"]) + len(rest["data"]) == 3
    assert [item.get("reason") for item in changed["data"]] == ["consent_given", None]
