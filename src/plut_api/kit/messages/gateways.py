"""Handing a message to a gateway: an HTTP one for SMS and WhatsApp, the mail server, or in development a file.

An HTTP gateway gets `POST {"to", "text"}` with the bearer token of the settings and an `Idempotency-Key` that is the
same for every attempt of one message by one channel; any 2xx is success, and `{"id": "…"}` in the answer is the id that
receipts name. Neither numbers nor texts reach a log.
"""

import asyncio
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx
import structlog

from plut_api.kit import clock
from plut_api.kit.mail import LOG as MAIL_LOG
from plut_api.kit.mail import MailFailed, send_mail
from plut_api.kit.messages.models import Channel, Outcome
from plut_api.kit.messages.templates import Rendered
from plut_api.settings import Settings

log = structlog.get_logger()

LOG = "log"
SECONDS = 10.0
"""For a whole exchange; who hangs longer has not answered."""
MAIL_SECONDS = 30.0
_LONGEST_ANSWER = 65_536
_LONGEST_WAIT = timedelta(hours=1)
# The message itself is at fault, so no other attempt by this channel helps. All else is trouble of the gateway.
_REFUSALS = frozenset({400, 410, 413, 422, 451})


@dataclass(frozen=True)
class Answer:
    """What a gateway made of a message. `wait` is how long it asks to be left alone."""

    outcome: Outcome
    reason: str | None = None
    gateway_id: str | None = None
    wait: timedelta | None = None


def messages_file(settings: Settings) -> Path:
    """Where the `log` gateway writes; for development only."""
    return settings.data_dir / "messages.log"


def gateway_of(settings: Settings, channel: Channel) -> str | None:
    """The gateway of a channel: `log`, an address, or None where there is none."""
    if channel is Channel.email:
        return MAIL_LOG if settings.mail == MAIL_LOG else "smtp" if settings.smtp_url is not None else None
    return settings.sms_gateway if channel is Channel.sms else settings.whatsapp_gateway


def is_free(settings: Settings, channel: Channel) -> bool:
    """Whether a channel costs nothing, since nothing leaves the house."""
    return gateway_of(settings, channel) == LOG


async def hand_over(settings: Settings, channel: Channel, to: str, message: Rendered, key: str) -> Answer:
    """Hand one message to the gateway of a channel; it ends within `MAIL_SECONDS`, and raises nothing."""
    gateway = gateway_of(settings, channel)
    if gateway is None or (gateway == LOG and settings.mode == "production"):
        return Answer(Outcome.failed, "no_gateway")
    if channel is Channel.email:
        return await _mail(settings, to, message)
    if gateway == LOG:
        return await _written(settings, channel, to, message.text)
    try:
        async with asyncio.timeout(SECONDS):
            return await _post(settings, channel, gateway, to, message.text, key)
    except (TimeoutError, httpx.TimeoutException) as error:
        # Before the connection stood, nothing can have been taken.
        unsent = isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout)
        return Answer(Outcome.failed if unsent else Outcome.unknown, "timeout")
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        sure = isinstance(error, httpx.ConnectError | httpx.InvalidURL | httpx.UnsupportedProtocol)
        return Answer(Outcome.failed if sure else Outcome.unknown, type(error).__name__)


async def _post(settings: Settings, channel: Channel, url: str, to: str, text: str, key: str) -> Answer:
    token = settings.sms_gateway_token if channel is Channel.sms else settings.whatsapp_gateway_token
    headers = {"Idempotency-Key": key} | ({"Authorization": f"Bearer {token.get_secret_value()}"} if token else {})
    client = httpx.AsyncClient(timeout=SECONDS, headers=headers, follow_redirects=False, trust_env=False)
    async with client, client.stream("POST", url, json={"to": to, "text": text}) as answer:
        if answer.is_success:
            return Answer(Outcome.sent, gateway_id=await _id_in(answer))
        outcome = Outcome.refused if answer.status_code in _REFUSALS else Outcome.failed
        wait = _asked_to_wait(answer.headers.get("retry-after"))
        return Answer(outcome, f"HTTP {answer.status_code}", wait=wait)


async def _id_in(answer: httpx.Response) -> str | None:
    """The gateway's own id of a message that it took. Whatever it says beside that is of no interest."""
    body = bytearray()
    try:
        async for chunk in answer.aiter_bytes():
            body += chunk
            if len(body) > _LONGEST_ANSWER:
                return None
        given = json.loads(body)
    except (httpx.HTTPError, ValueError, RecursionError):
        return None
    found = given.get("id") if isinstance(given, dict) else None
    return str(found)[:200] if isinstance(found, str | int) and str(found) else None


def _asked_to_wait(retry_after: str | None) -> timedelta | None:
    """`Retry-After` in seconds or as a date (RFC 9110 section 10.2.3), an hour at most."""
    if not retry_after:
        return None
    try:
        if retry_after.strip().isdigit():
            wait = timedelta(seconds=min(int(retry_after), 86_400))
        else:
            at: datetime = parsedate_to_datetime(retry_after)
            wait = at.replace(tzinfo=at.tzinfo or UTC) - clock.now()
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(wait, timedelta()), _LONGEST_WAIT)


async def _mail(settings: Settings, to: str, message: Rendered) -> Answer:
    try:
        async with asyncio.timeout(MAIL_SECONDS):
            await send_mail(settings, to, message.subject, message.mail)
    except TimeoutError:
        return Answer(Outcome.unknown, "timeout")
    except MailFailed as failure:
        refused = failure.reason in ("address", "SMTPRecipientsRefused", "SMTPRecipientRefused")
        return Answer(Outcome.refused if refused else Outcome.failed, failure.reason)
    except OSError as error:
        return Answer(Outcome.failed, type(error).__name__)
    return Answer(Outcome.sent)


async def _written(settings: Settings, channel: Channel, to: str, text: str) -> Answer:
    try:
        await asyncio.to_thread(_append, messages_file(settings), channel, to, text)
    except OSError as error:
        return Answer(Outcome.failed, type(error).__name__)
    return Answer(Outcome.sent)


def _append(file: Path, channel: Channel, phone: str, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    written = {"at": clock.now().isoformat(), "phone": phone, "text": text}
    if channel is not Channel.sms:
        written["channel"] = channel.value
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as lines:
        lines.write(json.dumps(written, ensure_ascii=False) + "\n")
