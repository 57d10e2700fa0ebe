"""Where codes leave the house: a file for development, or an HTTP gateway that may be slow or away."""

import json
import logging
import stat
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from structlog.testing import capture_logs

from plut_api.identity import gateway
from tests.conftest import Api
from tests.identity.signing_in import PHONE, put_settings, sent_messages


class SmsGateway:
    """An HTTP gateway on this machine that answers with given statuses, then with 200, and keeps what it got."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.got: list[dict[str, Any]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                outer.got.append({"at": time.monotonic(), "authorization": self.headers["authorization"], **body})
                self.send_response(outer.statuses.pop(0) if outer.statuses else 200)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/send"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def sms(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmsGateway]:
    """The gateway that the application is set to use."""
    running = SmsGateway()
    put_settings(monkeypatch, app, sms_gateway=running.url, sms_gateway_token=SecretStr("an-invented-token"))
    monkeypatch.setattr(gateway, "FIRST_PAUSE_SECONDS", 0.01)
    yield running
    running.server.shutdown()
    running.server.server_close()


async def test_the_file_gets_one_line_a_message_that_only_its_owner_reads(api: Api, app: FastAPI) -> None:
    await api.post("/oauth/otp", phone=PHONE)

    file = gateway.messages_file(app.state.settings)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert set(sent_messages(app)[-1]) == {"at", "phone", "text"}


@pytest.mark.parametrize(
    ("language", "words"), [("id", "adalah kode masuk PLUT NTB"), ("en", "is your PLUT NTB sign-in")]
)
async def test_the_message_is_in_the_language_of_the_request(
    api: Api, sms: SmsGateway, language: str, words: str
) -> None:
    await api.post("/oauth/otp", headers={"Accept-Language": language}, phone=PHONE)

    assert words in sms.got[0]["text"]


async def test_an_http_gateway_gets_number_text_and_token(api: Api, sms: SmsGateway) -> None:
    answer = await api.post("/oauth/otp", phone=PHONE)

    assert answer.status_code == 202
    assert [(got["to"], got["authorization"]) for got in sms.got] == [(PHONE, "Bearer an-invented-token")]
    assert sms.got[0]["text"][:6].isdigit()


async def test_a_gateway_that_stumbles_is_asked_again_and_no_log_tells_number_or_text(
    api: Api, sms: SmsGateway, caplog: pytest.LogCaptureFixture
) -> None:
    sms.statuses = [500, 429]

    with capture_logs() as logs, caplog.at_level(logging.DEBUG):
        await api.post("/oauth/otp", phone=PHONE)

    told = json.dumps(logs, default=str) + caplog.text
    assert len(sms.got) == 3
    assert [entry["error"] for entry in logs if entry["event"] == "message_not_sent"] == ["HTTP 500", "HTTP 429"]
    assert PHONE not in told
    assert sms.got[0]["text"][:6] not in told
    assert "an-invented-token" not in told


@pytest.mark.parametrize(("statuses", "tries"), [([500] * 9, gateway.TRIES), ([403] * 9, 1)])
async def test_a_gateway_that_never_takes_the_message_is_given_up(
    api: Api, sms: SmsGateway, statuses: list[int], tries: int
) -> None:
    sms.statuses = statuses

    with capture_logs() as logs:
        answer = await api.post("/oauth/otp", phone=PHONE)

    assert answer.status_code == 202
    assert len(sms.got) == tries
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == ["message_given_up"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/send", "gateway.example", "http://[broken"])
async def test_an_address_where_nobody_answers_is_logged_and_not_told(
    api: Api, app: FastAPI, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setattr(gateway, "FIRST_PAUSE_SECONDS", 0.01)
    put_settings(monkeypatch, app, sms_gateway=url)

    with capture_logs() as logs:
        answer = await api.post("/oauth/otp", phone=PHONE)

    assert answer.status_code == 202
    assert "message_given_up" in [entry["event"] for entry in logs]


async def test_the_answer_does_not_wait_for_the_gateway(app: FastAPI, api: Api, sms: SmsGateway) -> None:
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


async def test_the_time_of_the_gateway_is_none_of_the_answer(
    api: Api, sms: SmsGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    sms.statuses = [500]
    monkeypatch.setattr(gateway, "FIRST_PAUSE_SECONDS", 0.5)

    with capture_logs() as logs:
        started = time.monotonic()
        await api.post("/oauth/otp", phone=PHONE)

    (answer,) = [entry for entry in logs if entry["event"] == "request"]
    assert time.monotonic() - started > 0.5
    assert answer["milliseconds"] < 400
