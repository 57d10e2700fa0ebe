"""Mail to staff. In development it goes to files of the data directory; neither addresses nor texts reach the log."""

import asyncio
import os
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from pathlib import Path
from urllib.parse import unquote, urlsplit

import aiosmtplib
import structlog

from plut_api.kit import clock
from plut_api.kit.ids import new_id
from plut_api.kit.problems import ServiceUnavailable
from plut_api.settings import Settings

log = structlog.get_logger()

LOG = "log"
_SECONDS = 30.0
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class MailFailed(Exception):
    """A mail was not taken. `reason` is a word without address or text."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def outbox(settings: Settings) -> Path:
    """Where mails go in development, one file each, oldest first by name."""
    return settings.data_dir / "outbox"


def require_mail(settings: Settings) -> None:
    """Let nobody wait for a mail that production would only write to a file. Raises ServiceUnavailable."""
    if settings.mode == "production" and (settings.mail == LOG or settings.smtp_url is None):
        log.error("no_mail_server", remedy="set PLUT_MAIL=smtp and PLUT_SMTP_URL")
        raise ServiceUnavailable(headers={"Retry-After": "300"})


async def send_mail(settings: Settings, to: str, subject: str, text: str) -> None:
    """Send a plain text. Raises MailFailed; trying again later is up to the job that sends."""
    message = _composed(settings, to, subject, text)
    if settings.mail == LOG:
        name = await asyncio.to_thread(_keep, outbox(settings), message)
        log.info("mail_written", file=name)
        return
    if settings.smtp_url is None:
        raise MailFailed("no_mail_server")
    await _send(settings.smtp_url.get_secret_value(), message)


def _composed(settings: Settings, to: str, subject: str, text: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = settings.mail_from
        message["To"] = Address(addr_spec=to)
    except (MessageError, ValueError, IndexError):
        raise MailFailed("address") from None
    message["Subject"] = subject
    message["Date"] = formatdate(clock.now().timestamp())
    message["Message-ID"] = make_msgid(domain=urlsplit(settings.public_url).hostname)
    message["Auto-Submitted"] = "auto-generated"  # No holiday notes, please (RFC 3834).
    message.set_content(text, cte="8bit")
    return message


async def _send(url: str, message: EmailMessage) -> None:
    """Hand a mail to the server; TLS from the first byte, or started before anything is said, unless on loopback."""
    server = urlsplit(url)
    direct = server.scheme == "smtps"
    try:
        await aiosmtplib.send(
            message,
            hostname=server.hostname,
            port=server.port or (465 if direct else 587),
            username=unquote(server.username) if server.username else None,
            password=unquote(server.password) if server.password else None,
            use_tls=direct,
            start_tls=None if direct or server.hostname in _LOOPBACK else True,
            timeout=_SECONDS,
        )
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        raise MailFailed(type(error).__name__) from None


def _keep(folder: Path, message: EmailMessage) -> str:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = f"{new_id()}.eml"
    with os.fdopen(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(message.as_bytes())
    return name
