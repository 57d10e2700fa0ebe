"""API10:2023 Unsafe consumption of APIs: what partners answer is bounded, checked, and believed no further than needed.

Keys of clients at an address, the message gateway, and an outside sign-in are all the house listens to.
"""

import asyncio
import json
from asyncio import StreamWriter
from collections.abc import Awaitable, Callable

import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from plut_api.identity.client_keys import ClientKeys
from plut_api.kit import outgoing
from plut_api.kit.messages.lines import Lines
from plut_api.kit.outgoing import LARGEST_ANSWER, OutgoingFailed, get_json
from plut_api.settings import Settings
from tests.conftest import Api
from tests.factories import Make
from tests.identity.machines import bank_machine
from tests.identity.signing_in import put_settings, put_state
from tests.kit.test_outgoing import serving

Answer = Callable[[str, StreamWriter], Awaitable[None]]


def answering(head: str, body: bytes = b"", *headers: str) -> Answer:
    """A partner that always answers so."""

    async def answer(_: str, out: StreamWriter) -> None:
        more = "".join(f"{line}\r\n" for line in headers)
        out.write(f"HTTP/1.1 {head}\r\n{more}Content-Length: {len(body)}\r\n\r\n".encode() + body)

    return answer


async def silent(_: str, out: StreamWriter) -> None:
    """A partner that takes the call and says nothing."""
    await asyncio.sleep(30)


GARBAGE = {
    "no_json": answering("200 OK", b"<html>masuk</html>"),
    "another_kind_of_json": answering("200 OK", b'"keys"'),
    "keys_that_are_none": answering("200 OK", b'{"keys": [1, null, {"kty": "oct", "k": "AAAA"}, {"kty": "RSA"}]}'),
    "deep_json": answering("200 OK", b"[" * 60_000 + b"]" * 60_000),
    "too_large": answering("200 OK", b" " * (LARGEST_ANSWER + 1)),
    "packed": answering("200 OK", b"\x1f\x8b", "Content-Encoding: gzip"),
    "redirect": answering("302 Found", b"", "Location: http://127.0.0.1:1/"),
    "error": answering("500 Internal Server Error", b"{}"),
    "no_http": answering("halo"),
}


@pytest.mark.parametrize("kind", GARBAGE)
async def test_keys_that_are_garbage_sign_nobody_in_and_break_nothing(
    api: Api, app: FastAPI, make: Make, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    put_settings(monkeypatch, app, outgoing_to_loopback=True)
    put_state(monkeypatch, app, "client_keys", ClientKeys())
    async with serving(GARBAGE[kind]) as (port, _):
        machine = await bank_machine(api, make, jwks_url=f"http://127.0.0.1:{port}/jwks.json")
        answer = await machine.ask()

    assert answer.status_code == 401
    assert answer.json()["code"] == "invalid_client"


async def test_a_partner_that_does_not_answer_is_not_waited_for(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = settings.model_copy(update={"outgoing_to_loopback": True})
    async with serving(silent) as (port, _):
        with pytest.raises(OutgoingFailed) as failure:
            await outgoing.call(sandbox, "GET", f"http://127.0.0.1:{port}/", seconds=0.2)

    assert failure.value.reason == "timeout"


async def test_what_a_partner_wrote_is_not_repeated_to_anybody(settings: Settings) -> None:
    sandbox = settings.model_copy(update={"outgoing_to_loopback": True})
    async with serving(answering("200 OK", b"<script>rahasia</script>")) as (port, _):
        with pytest.raises(OutgoingFailed) as failure:
            await get_json(sandbox, f"http://127.0.0.1:{port}/")

    assert str(failure.value) == "not_json"


@pytest.mark.parametrize("kind", ["redirect", "no_json", "too_large", "no_http"])
async def test_a_message_gateway_that_answers_garbage_costs_nobody_their_answer(
    api: Api, app: FastAPI, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr("plut_api.kit.messages.delivering._at_once", Lines())
    async with serving(GARBAGE[kind]) as (port, asked):
        put_settings(
            monkeypatch, app, sms_gateway=f"http://127.0.0.1:{port}/", sms_gateway_token=SecretStr("contoh-token")
        )
        answer = await api.post("/oauth/otp", phone="+6281266001100")

    assert answer.status_code == 202
    assert json.loads(answer.text).keys() == {"expires_in"}
    assert len(asked) == 1


async def test_a_row_of_a_file_that_a_partner_sent_is_checked_like_any_other_input(api: Api, make: Make) -> None:
    staff = api.as_(await make.staff())
    rows = b"name;village_code\n=HYPERLINK(1);52.71\n"

    answer = await staff.request(
        "POST", "/v1/imports?kind=cooperatives&mode=validate", files={"file": ("a.csv", rows, "text/csv")}
    )
    unfit = await staff.request(
        "POST", "/v1/imports?kind=cooperatives&mode=validate", files={"file": ("a.csv", b"\x00\x01\x02", "text/csv")}
    )

    assert answer.status_code in (202, 422)
    assert unfit.status_code in (202, 422)
