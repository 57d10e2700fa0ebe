"""Where codes leave the house: a file for development, or an HTTP gateway that may be slow or away."""

import json
import logging
import stat
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from structlog.testing import capture_logs

from plut_api.identity import gateway
from plut_api.kit import clock
from plut_api.kit.messages.delivering import deliver_due
from plut_api.kit.messages.lines import Lines
from plut_api.kit.messages.models import Message, MessageState
from tests.conftest import Api
from tests.identity.signing_in import PHONE, put_settings, sent_messages
from tests.kit.messages.gateway import FakeGateway, fake_gateway

Sessions = async_sessionmaker[AsyncSession]


@pytest.fixture
def sms(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeGateway]:
    """The gateway that the application is set to use."""
    monkeypatch.setattr("plut_api.kit.messages.delivering._at_once", Lines())
    with fake_gateway() as running:
        put_settings(monkeypatch, app, sms_gateway=running.url, sms_gateway_token=SecretStr("an-invented-token"))
        yield running


async def worked_off_after(app: FastAPI, seconds: float) -> None:
    """What the worker does for messages, so much later."""
    with clock.clock_at(clock.now() + timedelta(seconds=seconds)):
        await deliver_due(app.state.settings, app.state.sessions)


async def the_message(sessions: Sessions) -> Message:
    """The only message there is."""
    async with sessions() as db:
        return (await db.scalars(select(Message))).one()


async def test_the_file_gets_one_line_a_message_that_only_its_owner_reads(api: Api, app: FastAPI) -> None:
    await api.post("/oauth/otp", phone=PHONE)

    file = gateway.messages_file(app.state.settings)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert set(sent_messages(app)[-1]) == {"at", "phone", "text"}


@pytest.mark.parametrize(
    ("language", "words"), [("id", "adalah kode masuk PLUT NTB"), ("en", "is your PLUT NTB sign-in")]
)
async def test_the_message_is_in_the_language_of_the_request(
    api: Api, sms: FakeGateway, language: str, words: str
) -> None:
    await api.post("/oauth/otp", headers={"Accept-Language": language}, phone=PHONE)

    assert words in sms.texts[0]


async def test_an_http_gateway_gets_number_text_and_token(api: Api, sms: FakeGateway) -> None:
    answer = await api.post("/oauth/otp", phone=PHONE)

    assert answer.status_code == 202
    assert [(got["to"], got["authorization"]) for got in sms.got] == [(PHONE, "Bearer an-invented-token")]
    assert sms.texts[0][:6].isdigit()


async def test_a_gateway_that_stumbles_is_asked_again_by_the_worker_and_no_log_tells_number_or_text(
    api: Api, app: FastAPI, sms: FakeGateway, caplog: pytest.LogCaptureFixture
) -> None:
    sms.statuses = [500, 429]

    with capture_logs() as logs, caplog.at_level(logging.DEBUG):
        await api.post("/oauth/otp", phone=PHONE)
        await worked_off_after(app, 10)
        await worked_off_after(app, 40)

    told = json.dumps(logs, default=str) + caplog.text
    assert len(sms.got) == 3
    assert len(set(sms.keys)) == 1
    assert [entry["error"] for entry in logs if entry["event"] == "message_not_sent"] == ["HTTP 500", "HTTP 429"]
    assert PHONE not in told
    assert sms.texts[0][:6] not in told
    assert "an-invented-token" not in told


async def test_a_code_that_could_not_leave_in_time_is_given_up_and_forgotten(
    api: Api, app: FastAPI, sms: FakeGateway, sessions: Sessions
) -> None:
    sms.status = 500

    await api.post("/oauth/otp", phone=PHONE)
    for seconds in (10, 60, 200):
        await worked_off_after(app, seconds)
    tries = len(sms.got)
    await worked_off_after(app, 301)

    message = await the_message(sessions)
    assert (message.state, message.reason, message.facts_sealed) == (MessageState.failed, "expired", None)
    assert len(sms.got) == tries == 4


async def test_a_message_that_the_gateway_refuses_is_not_tried_again(
    api: Api, app: FastAPI, sms: FakeGateway, sessions: Sessions
) -> None:
    sms.status = 400

    await api.post("/oauth/otp", phone=PHONE)
    await worked_off_after(app, 60)

    assert len(sms.got) == 1
    assert (await the_message(sessions)).reason == "no_channel_left"


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/send", "gateway.example", "http://[broken"])
async def test_an_address_where_nobody_answers_is_logged_and_not_told(
    api: Api, app: FastAPI, sessions: Sessions, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setattr("plut_api.kit.messages.delivering._at_once", Lines())
    put_settings(monkeypatch, app, sms_gateway=url)

    with capture_logs() as logs:
        answer = await api.post("/oauth/otp", phone=PHONE)

    assert answer.status_code == 202
    assert "message_not_sent" in [entry["event"] for entry in logs]
    assert (await the_message(sessions)).state is MessageState.waiting


async def test_the_answer_does_not_wait_for_the_gateway(app: FastAPI, api: Api, sms: FakeGateway) -> None:
    answered_at: list[float] = []
    body = json.dumps({"phone": PHONE}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": "/oauth/otp", "raw_path": b"/oauth/otp", "query_string": b"", "root_path": "", "headers": headers,
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000),
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body" and not message.get("more_body"):
            answered_at.append(time.monotonic())

    await app(scope, receive, send)

    assert answered_at[0] < sms.got[0]["at"]


async def test_production_without_a_gateway_says_so_instead_of_writing_codes_to_a_file(
    api: Api, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_settings(monkeypatch, app, mode="production")

    answer = await api.post("/oauth/otp", phone="+6281299900001")

    assert answer.status_code == 503


async def test_the_time_of_the_gateway_is_none_of_the_answer(api: Api, sms: FakeGateway) -> None:
    sms.seconds = 0.5

    with capture_logs() as logs:
        started = time.monotonic()
        await api.post("/oauth/otp", phone=PHONE)

    (answer,) = [entry for entry in logs if entry["event"] == "request"]
    assert time.monotonic() - started > 0.5
    assert answer["milliseconds"] < 400


async def test_while_the_gateway_hangs_codes_of_others_are_answered_as_fast_and_lose_nothing(
    api: Api, app: FastAPI, sms: FakeGateway, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plut_api.kit.messages.gateways.SECONDS", 0.3)
    sms.hanging = True

    with capture_logs() as logs:
        for number in range(3):
            await api.post("/oauth/otp", phone=f"+628123456780{number}")

    assert [entry["status"] for entry in logs if entry["event"] == "request"] == [202] * 3
    assert max(entry["milliseconds"] for entry in logs if entry["event"] == "request") < 250
    async with sessions() as db:
        states = list(await db.scalars(select(Message.state)))
    assert states == [MessageState.waiting] * 3


async def test_of_a_code_that_left_nothing_is_kept(api: Api, sms: FakeGateway, sessions: Sessions) -> None:
    await api.post("/oauth/otp", phone=PHONE)

    message = await the_message(sessions)
    assert (message.state, message.facts_sealed) == (MessageState.sent, None)
