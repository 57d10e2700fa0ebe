"""The way out leads to the open internet and nowhere else, whatever a name or a redirect says."""

import asyncio
import ipaddress
import json
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from plut_api.kit import outgoing
from plut_api.kit.outgoing import OutgoingFailed, call, fetch, get_json, is_public
from plut_api.settings import Settings

CLOSED = Settings(data_dir=Path("unused"))
OPEN = CLOSED.model_copy(update={"outgoing_to_loopback": True})
Answer = Callable[[str, asyncio.StreamWriter], Awaitable[None]]


def replying(body: bytes, head: str = "200 OK", *lines: str) -> Answer:
    async def answer(request: str, out: asyncio.StreamWriter) -> None:
        more = "".join(f"{line}\r\n" for line in lines)
        out.write(f"HTTP/1.1 {head}\r\nContent-Length: {len(body)}\r\n{more}\r\n".encode() + body)

    return answer


@asynccontextmanager
async def serving(answer: Answer, tls: ssl.SSLContext | None = None) -> AsyncIterator[tuple[int, list[str]]]:
    """A server of this machine that answers every request alike; its port, and what was asked."""
    asked: list[str] = []

    async def handle(reading: asyncio.StreamReader, out: asyncio.StreamWriter) -> None:
        try:
            asked.append((await reading.readuntil(b"\r\n\r\n")).decode())
            await answer(asked[-1], out)
            await out.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            out.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1], asked


def named(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Let every name have these addresses."""

    async def look_up(self: Any, host: Any, port: Any, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(asyncio.get_running_loop().__class__, "getaddrinfo", look_up)


async def reason(trying: Awaitable[Any]) -> str:
    with pytest.raises(OutgoingFailed) as failure:
        await trying
    return failure.value.reason


async def test_a_document_of_this_machine_is_read_where_the_sandbox_allows_it() -> None:
    async with serving(replying(json.dumps({"keys": []}).encode())) as (port, asked):
        found = await get_json(OPEN, f"http://127.0.0.1:{port}/keys?x=1")

    assert found == {"keys": []}
    assert asked[0].startswith("GET /keys?x=1 HTTP/1.1")
    assert f"host: 127.0.0.1:{port}" in asked[0].lower()


@pytest.mark.parametrize("settings", [CLOSED, OPEN.model_copy(update={"mode": "production"})])
async def test_elsewhere_nothing_of_this_machine_is_called(settings: Settings) -> None:
    async with serving(replying(b"{}")) as (port, asked):
        plain = await reason(fetch(settings, f"http://127.0.0.1:{port}/"))
        secure = await reason(fetch(settings, f"https://127.0.0.1:{port}/"))

    assert (plain, secure) == ("not_https", "address_refused")
    assert asked == []


ADDRESSES = [
    *("127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254"),  # noqa: S104
    *("100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1"),
    *("255.255.255.255", "::", "::1", "fe80::1", "fc00::1", "fd12::1", "fec0::1", "ff02::1", "2001:db8::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "2002:7f00:1::", "64:ff9b::7f00:1"),
    *("64:ff9b::a9fe:a9fe", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "::7f00:1"),
]


@pytest.mark.parametrize("address", ADDRESSES)
async def test_a_name_that_leads_inside_is_refused_before_anything_is_sent(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    named(monkeypatch, address)

    assert await reason(fetch(CLOSED, "https://keys.example/")) == "address_refused"


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_addresses_of_the_open_internet_are_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


async def test_one_bad_address_among_good_ones_spoils_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    named(monkeypatch, "8.8.8.8", "127.0.0.1")

    assert await reason(fetch(CLOSED, "https://keys.example/")) == "address_refused"


async def test_the_sandbox_opens_loopback_and_not_the_network_around(monkeypatch: pytest.MonkeyPatch) -> None:
    named(monkeypatch, "192.168.1.1")

    assert await reason(fetch(OPEN, "https://keys.example/")) == "address_refused"
    assert await reason(fetch(OPEN, "http://keys.example/")) == "not_https"


@pytest.mark.parametrize(
    ("host", "expected"),
    [("2130706433", "address_refused"), ("0x7f.1", "address_refused"), ("[::1]", "address_refused")],
)
async def test_other_spellings_of_this_machine_are_seen_through(host: str, expected: str) -> None:
    assert await reason(fetch(CLOSED, f"https://{host}/")) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("", "malformed"),
        ("/keys", "malformed"),
        ("https:///keys", "malformed"),
        ("https://user:word@keys.example/", "malformed"),
        ("https://keys.example/#part", "malformed"),
        ("https://keys.example/" + "x" * 500, "malformed"),
        ("https://keys.example:port/", "malformed"),
        ("http://keys.example/", "not_https"),
        ("file:///etc/passwd", "malformed"),
        ("ftp://keys.example/", "not_https"),
        ("gopher://127.0.0.1/", "not_https"),
    ],
)
async def test_addresses_of_another_form_are_refused_unread(url: str, expected: str) -> None:
    assert await reason(fetch(CLOSED, url)) == expected


async def test_a_name_is_asked_once_and_the_connection_goes_to_what_was_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = iter(["127.0.0.1", "169.254.169.254"])

    async def rebinding(self: Any, host: Any, port: Any, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    async with serving(replying(b'{"ok": true}')) as (port, asked):
        monkeypatch.setattr(asyncio.get_running_loop().__class__, "getaddrinfo", rebinding)
        found = await get_json(OPEN, f"http://keys.example:{port}/")

    assert found == {"ok": True}
    assert f"host: keys.example:{port}" in asked[0].lower()
    assert list(answers) == ["169.254.169.254"]


async def test_a_redirect_is_not_followed() -> None:
    async with serving(replying(b"", "302 Found", "Location: http://127.0.0.1:1/")) as (port, asked):
        assert await reason(fetch(OPEN, f"http://127.0.0.1:{port}/")) == "redirect"
        reply = await call(OPEN, "POST", f"http://127.0.0.1:{port}/", content=b"{}")

    assert reply.status == 302
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (replying(b"x" * 300_000), "too_large"),
        (replying(b"gone", "410 Gone"), "status"),
        (replying(b"x", "200 OK", "Content-Encoding: gzip"), "encoded"),
        (replying(b"<html>"), "not_json"),
        (replying(b"[" * 100_000), "not_json"),
        (replying(b"\xff\xfe"), "not_json"),
    ],
)
async def test_an_answer_that_is_no_document_is_a_failure_with_a_reason(answer: Answer, expected: str) -> None:
    async with serving(answer) as (port, _):
        assert await reason(get_json(OPEN, f"http://127.0.0.1:{port}/")) == expected


async def test_an_endless_answer_is_cut_off() -> None:
    async def endless(request: str, out: asyncio.StreamWriter) -> None:
        out.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            out.write(b"x" * 65_536)
            await out.drain()

    async with serving(endless) as (port, _):
        assert await reason(fetch(OPEN, f"http://127.0.0.1:{port}/")) == "too_large"


async def test_a_server_that_trickles_is_given_up_after_the_time_allowed() -> None:
    async def trickle(request: str, out: asyncio.StreamWriter) -> None:
        out.write(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(100):
            out.write(b" ")
            await out.drain()
            await asyncio.sleep(0.05)

    async with serving(trickle) as (port, _):
        assert await reason(call(OPEN, "GET", f"http://127.0.0.1:{port}/", seconds=0.3)) == "timeout"


async def test_nobody_listening_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    assert await reason(fetch(OPEN, f"http://127.0.0.1:{port}/")) == "unreachable"


async def test_the_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    async with serving(replying(b"{}")) as (port, _):
        assert await get_json(OPEN, f"http://127.0.0.1:{port}/") == {}


def certificate(name: str, folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate that signs itself, and a server's side of it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    shown, held = folder / "shown.pem", folder / "held.pem"
    shown.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    held.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown, held)
    return shown, context


async def test_tls_proves_the_name_though_the_connection_goes_to_an_address(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shown, context = certificate("keys.example", tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(shown))
    outgoing._tls.cache_clear()
    try:
        async with serving(replying(b'{"ok": true}'), context) as (port, asked):
            named(monkeypatch, "127.0.0.1")
            found = await get_json(OPEN, f"https://keys.example:{port}/")
            other = await reason(get_json(OPEN, f"https://other.example:{port}/"))
    finally:
        outgoing._tls.cache_clear()

    assert found == {"ok": True}
    assert other == "unreachable"
    assert len(asked) == 1
