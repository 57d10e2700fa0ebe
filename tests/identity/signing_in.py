"""Steps of signing in that several tests take."""

import json
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests.conftest import Api

PHONE = "+6281234567890"
OTP = "urn:plut:grant:otp"
PASSWORD = "urn:plut:grant:password"


async def token(api: Api, **form: Any) -> httpx.Response:
    """An answer of the token endpoint."""
    return await api.request("POST", "/oauth/token", data=form)


def sent_messages(app: FastAPI) -> list[dict[str, str]]:
    """What left through the gateway that writes to a file, oldest first."""
    lines = (app.state.settings.data_dir / "messages.log").read_text().splitlines()
    return [json.loads(line) for line in lines]


def sent_code(app: FastAPI, phone: str = PHONE) -> str:
    """The newest code that left for a phone."""
    newest = next(message["text"] for message in reversed(sent_messages(app)) if message["phone"] == phone)
    return newest[:6]


async def with_code(api: Api, app: FastAPI, phone: str = PHONE) -> str:
    """A fresh code for a phone."""
    answer = await api.post("/oauth/otp", phone=phone)
    assert answer.status_code == 202, answer.text
    return sent_code(app, phone)


async def signed_in_person(api: Api, app: FastAPI, phone: str = PHONE, **form: Any) -> dict[str, Any]:
    """The answer to a person's sign-in."""
    answer = await token(api, grant_type=OTP, phone=phone, code=await with_code(api, app, phone), **form)
    assert answer.status_code == 200, answer.text
    tokens: dict[str, Any] = answer.json()
    return tokens


async def renewed(api: Api, refresh_token: str, **form: Any) -> httpx.Response:
    """The answer to a refresh token."""
    return await token(api, grant_type="refresh_token", refresh_token=refresh_token, **form)


def bearer(access_token: str) -> dict[str, str]:
    """The header that carries an access token."""
    return {"Authorization": f"Bearer {access_token}"}


def put_state(monkeypatch: pytest.MonkeyPatch, app: FastAPI, name: str, value: Any) -> None:
    """Another member of the application's state, until the test ends."""
    monkeypatch.setitem(app.state._state, name, value)


def put_settings(monkeypatch: pytest.MonkeyPatch, app: FastAPI, **changed: Any) -> None:
    """Other settings, until the test ends."""
    put_state(monkeypatch, app, "settings", app.state.settings.model_copy(update=changed))
