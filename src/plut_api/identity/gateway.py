"""The message gateway: where one-time codes leave the house. Neither numbers nor texts reach the application log."""

import asyncio
import json
import os
from pathlib import Path

import httpx
import structlog

from plut_api.kit import clock
from plut_api.settings import Settings

log = structlog.get_logger()

LOG = "log"
TRIES = 4
_TIMEOUT_SECONDS = 10


def messages_file(settings: Settings) -> Path:
    """Where the `log` gateway writes; for development only."""
    return settings.data_dir / "messages.log"


async def send_message(settings: Settings, phone: str, text: str) -> None:
    """Send a text to a phone. Failure is logged, not raised: the person asks again, the caller has its answer."""
    if settings.sms_gateway == LOG:
        await asyncio.to_thread(_append, messages_file(settings), phone, text)
        return
    token = settings.sms_gateway_token
    headers = {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}
    async with httpx.AsyncClient(timeout=_TIMEOUT_SECONDS, headers=headers, follow_redirects=False) as client:
        for attempt in range(TRIES):
            try:
                answer = await client.post(settings.sms_gateway, json={"to": phone, "text": text})
                answer.raise_for_status()
            except httpx.HTTPError as error:
                log.warning("message_not_sent", attempt=attempt + 1, error=type(error).__name__)
                await asyncio.sleep(2**attempt)
            else:
                return


def _append(file: Path, phone: str, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps({"at": clock.now().isoformat(), "phone": phone, "text": text}, ensure_ascii=False)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as lines:
        lines.write(line + "\n")
