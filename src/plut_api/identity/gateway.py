"""The message gateway: where one-time codes leave the house. Neither numbers nor texts reach the application log."""

import asyncio
import json
import os
from pathlib import Path

import httpx
import structlog

from plut_api.kit import clock
from plut_api.kit.problems import ServiceUnavailable
from plut_api.settings import Settings

log = structlog.get_logger()

LOG = "log"
TRIES = 4
FIRST_PAUSE_SECONDS = 1.0
_TIMEOUT_SECONDS = 10
_WORTH_ANOTHER_TRY = {408, 425, 429}


def messages_file(settings: Settings) -> Path:
    """Where the `log` gateway writes; for development only."""
    return settings.data_dir / "messages.log"


def require_gateway(settings: Settings) -> None:
    """Let nobody wait for a message that production would only write to a file. Raises ServiceUnavailable."""
    if settings.mode == "production" and settings.sms_gateway == LOG:
        log.error("no_message_gateway", remedy="set PLUT_SMS_GATEWAY to the URL of an HTTP gateway")
        raise ServiceUnavailable(headers={"Retry-After": "300"})


async def send_message(settings: Settings, phone: str, text: str) -> None:
    """Send a text to a phone. Failure is logged, not raised: the person asks again, the caller has its answer.

    An HTTP gateway gets `POST` with `{"to": …, "text": …}` and the bearer token of the settings; any 2xx is success.
    """
    if settings.sms_gateway == LOG:
        try:
            await asyncio.to_thread(_append, messages_file(settings), phone, text)
        except OSError as error:
            log.error("message_given_up", error=type(error).__name__)
        return
    token = settings.sms_gateway_token
    headers = {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}
    async with httpx.AsyncClient(timeout=_TIMEOUT_SECONDS, headers=headers, follow_redirects=False) as client:
        for attempt in range(TRIES):
            if attempt:
                await asyncio.sleep(FIRST_PAUSE_SECONDS * 2 ** (attempt - 1))
            failure, worth_another_try = await _attempt(client, settings.sms_gateway, phone, text)
            if failure is None:
                return
            log.warning("message_not_sent", attempt=attempt + 1, error=failure)
            if not worth_another_try:
                break
    log.error("message_given_up", error=failure)


async def _attempt(client: httpx.AsyncClient, url: str, phone: str, text: str) -> tuple[str | None, bool]:
    """What went wrong, in a word without number or text, and whether it may pass; None if nothing did."""
    try:
        answer = await client.post(url, json={"to": phone, "text": text})
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return type(error).__name__, isinstance(error, httpx.TransportError)
    if answer.is_success:
        return None, False
    return f"HTTP {answer.status_code}", answer.is_server_error or answer.status_code in _WORTH_ANOTHER_TRY


def _append(file: Path, phone: str, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps({"at": clock.now().isoformat(), "phone": phone, "text": text}, ensure_ascii=False)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as lines:
        lines.write(line + "\n")
