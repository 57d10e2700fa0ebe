"""Keys that a client publishes at an address of its own: read when needed, kept for a while, never from inside."""

import json
from asyncio import StreamWriter, gather
from collections import Counter
from typing import Any

import pytest
from fastapi import FastAPI

from plut_api.identity import client_keys
from plut_api.identity.client_keys import ClientKeys
from tests.conftest import Api
from tests.factories import Make
from tests.identity.machines import Key, Machine, bank_machine, jwks, new_key
from tests.identity.signing_in import put_settings, put_state
from tests.kit.test_outgoing import serving


class Publisher:
    """What a bank's address answers at present."""

    def __init__(self, *keys: Key) -> None:
        self.body = json.dumps(jwks(*keys)).encode()
        self.head = "200 OK"

    async def __call__(self, request: str, out: StreamWriter) -> None:
        out.write(f"HTTP/1.1 {self.head}\r\nContent-Length: {len(self.body)}\r\n\r\n".encode() + self.body)


@pytest.fixture(autouse=True)
def sandbox(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that has read no keys yet, and may call this machine."""
    put_settings(monkeypatch, app, outgoing_to_loopback=True)
    put_state(monkeypatch, app, "client_keys", ClientKeys())


async def machine_at(api: Api, make: Make, port: int, key: Key) -> Machine:
    machine = await bank_machine(api, make, jwks_url=f"http://127.0.0.1:{port}/jwks.json")
    machine.key = key
    return machine


async def test_the_keys_are_read_once_for_many_sign_ins(api: Api, make: Make) -> None:
    key = new_key()
    async with serving(Publisher(key)) as (port, asked):
        machine = await machine_at(api, make, port, key)
        answers = await gather(*(machine.ask() for _ in range(6)))

    assert Counter(answer.status_code for answer in answers) == {200: 6}
    assert len(asked) == 1


async def test_a_new_key_is_found_by_its_id_and_unknown_ids_cause_no_flood_of_calls(
    api: Api, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = new_key(kid="first"), new_key(kid="second")
    publisher = Publisher(first)
    async with serving(publisher) as (port, asked):
        machine = await machine_at(api, make, port, first)
        before = await machine.ask()
        publisher.body = json.dumps(jwks(first, second)).encode()
        machine.key = second
        too_soon = [await machine.ask() for _ in range(5)]
        calls_of_the_flood = len(asked)
        monkeypatch.setattr(client_keys, "_AGAIN_AFTER", 0.0)
        found = await machine.ask()

    assert before.status_code == found.status_code == 200
    assert {answer.status_code for answer in too_soon} == {401}
    assert (calls_of_the_flood, len(asked)) == (1, 2)


async def test_a_key_that_is_published_no_longer_signs_nobody_in_after_the_next_reading(
    api: Api, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = new_key()
    publisher = Publisher(key)
    async with serving(publisher) as (port, _):
        machine = await machine_at(api, make, port, key)
        before = await machine.ask()
        publisher.body = json.dumps(jwks(new_key(kid="other"))).encode()
        monkeypatch.setattr(client_keys, "_AGAIN_AFTER", 0.0)
        monkeypatch.setattr(client_keys, "_GOOD_FOR", 0.0)
        after = await machine.ask()

    assert (before.status_code, after.status_code) == (200, 401)


async def test_known_keys_outlive_an_address_that_is_away_for_a_while_not_for_ever(
    api: Api, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = new_key()
    publisher = Publisher(key)
    monkeypatch.setattr(client_keys, "_AGAIN_AFTER", 0.0)
    monkeypatch.setattr(client_keys, "_GOOD_FOR", 0.0)
    async with serving(publisher) as (port, _):
        machine = await machine_at(api, make, port, key)
        before = await machine.ask()
        publisher.head = "503 Service Unavailable"
        away = await machine.ask()
        monkeypatch.setattr(client_keys, "_KEPT_WHEN_AWAY", 0.0)
        too_long = await machine.ask()

    assert [answer.status_code for answer in (before, away, too_long)] == [200, 200, 401]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"keys": {}}',
        b'{"keys": [1, null, "x", {}]}',
        json.dumps({"keys": [{"kty": "oct", "kid": "bank-1", "k": "c2VjcmV0"}]}).encode(),
        json.dumps({"keys": [new_key().as_dict(private=True)]}).encode(),
    ],
)
async def test_what_is_no_set_of_public_keys_signs_nobody_in(api: Api, make: Make, body: bytes) -> None:
    publisher = Publisher()
    publisher.body = body
    async with serving(publisher) as (port, _):
        answer = await (await machine_at(api, make, port, new_key())).ask()

    assert answer.status_code == 401


async def test_keys_for_other_uses_beside_ours_do_no_harm(api: Api, make: Make) -> None:
    key = new_key()
    others: list[dict[str, Any]] = [
        {"kty": "oct", "k": "c2VjcmV0"},
        new_key(kid="enc").as_dict(private=False) | {"use": "enc"},
        {"kty": "new"},
    ]
    publisher = Publisher()
    publisher.body = json.dumps({"keys": [*others, key.as_dict(private=False)]}).encode()
    async with serving(publisher) as (port, _):
        answer = await (await machine_at(api, make, port, key)).ask()

    assert answer.status_code == 200


async def test_an_address_inside_is_never_called(
    api: Api, app: FastAPI, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_settings(monkeypatch, app, outgoing_to_loopback=False)
    key = new_key()
    async with serving(Publisher(key)) as (port, asked):
        answer = await (await machine_at(api, make, port, key)).ask()

    assert answer.status_code == 401
    assert asked == []
