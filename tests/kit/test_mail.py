"""Mail: what leaves, how, and that neither addresses nor texts reach a log."""

import asyncio
import email
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.policy import default
from pathlib import Path

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from plut_api.kit.mail import MailFailed, outbox, require_mail, send_mail
from plut_api.kit.problems import ServiceUnavailable
from plut_api.settings import Settings

TEXT = "Buka https://plut.example/password#token\n\nSalam ☂\n"


@asynccontextmanager
async def mail_server(refuses: bool = False) -> AsyncIterator[tuple[int, list[str]]]:
    """A server that speaks as much SMTP as it takes; its port, and what was said to it."""
    heard: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        in_body = False
        while line := (await reader.readline()).decode():
            heard.append(line.rstrip("\r\n"))
            word = line[:4].upper().strip()
            if in_body:
                in_body = line != ".\r\n"
                answer = "" if in_body else "250 taken"
            elif word == "DATA":
                in_body, answer = True, "354 go on"
            elif word == "RCPT" and refuses:
                answer = "550 nobody here"
            else:
                answer = {"EHLO": "250-here\r\n250 8BITMIME", "QUIT": "221 bye"}.get(word, "250 fine")
            if answer:
                writer.write(f"{answer}\r\n".encode())
            if word == "QUIT":
                break
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], heard


def by_smtp(port: int) -> Settings:
    return Settings(mail="smtp", smtp_url=SecretStr(f"smtp://127.0.0.1:{port}"), mail_from="PLUT <plut@plut.example>")


async def test_in_development_a_mail_is_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)

    with capture_logs() as logs:
        await send_mail(settings, "ibu@contoh.example", "Undangan ☂", TEXT)

    (file,) = outbox(settings).iterdir()
    message = email.message_from_bytes(file.read_bytes(), policy=default)
    assert (message["To"], message["Subject"]) == ("ibu@contoh.example", "Undangan ☂")
    assert message.get_content().replace("\r\n", "\n") == TEXT
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert logs == [{"event": "mail_written", "file": file.name, "log_level": "info"}]


async def test_a_mail_goes_out_whole_by_smtp() -> None:
    async with mail_server() as (port, heard):
        await send_mail(by_smtp(port), "ibu@contoh.example", "Undangan", TEXT)

    assert any(line.startswith("MAIL FROM:<plut@plut.example>") for line in heard)
    assert any(line.startswith("RCPT TO:<ibu@contoh.example>") for line in heard)
    assert "Salam ☂" in heard
    assert "Auto-Submitted: auto-generated" in heard


async def test_a_refused_mail_fails_without_a_word_of_it() -> None:
    async with mail_server(refuses=True) as (port, _):
        with pytest.raises(MailFailed) as failure:
            await send_mail(by_smtp(port), "ibu@contoh.example", "Undangan", TEXT)

    assert "contoh" not in str(failure.value)
    assert failure.value.__cause__ is None


async def test_an_unreachable_server_fails_soon() -> None:
    with pytest.raises(MailFailed, match="Connect"):
        await send_mail(by_smtp(1), "ibu@contoh.example", "Undangan", TEXT)


async def test_beyond_this_machine_nothing_is_said_without_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plut_api.kit.mail._LOOPBACK", ())
    async with mail_server() as (port, heard):
        with pytest.raises(MailFailed):
            await send_mail(by_smtp(port), "ibu@contoh.example", "Undangan", TEXT)

    assert not any(line.startswith(("MAIL", "AUTH", "DATA")) for line in heard)


@pytest.mark.parametrize("to", ["a@b.example\r\nBcc: c@d.example", "no address", ""])
async def test_an_address_smuggles_no_header(tmp_path: Path, to: str) -> None:
    with pytest.raises(MailFailed, match="address"):
        await send_mail(Settings(data_dir=tmp_path), to, "Undangan", TEXT)

    assert not outbox(Settings(data_dir=tmp_path)).exists()


def test_production_wants_a_server() -> None:
    with pytest.raises(ServiceUnavailable):
        require_mail(Settings(mode="production"))
    with pytest.raises(ServiceUnavailable):
        require_mail(Settings(mode="production", mail="smtp"))
    require_mail(Settings(mode="production", mail="smtp", smtp_url=SecretStr("smtps://mail.plut.example")))
    require_mail(Settings())
