"""What the server puts up with of a client: how much, how slowly, how many; and whom it believes."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from structlog.testing import capture_logs

from plut_api.cli.serve import Server, make_server
from plut_api.kit import clock
from plut_api.kit.connections import Connection
from plut_api.settings import Settings
from tests.kit.test_rate_limits import NOON, Sessions
from tests.kit.workshop import router

Serve = Callable[..., Any]


@pytest.fixture
def serve(settings: Settings, app: Any, sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> Serve:
    """A server as `plut serve` makes it, with other limits; gives its port."""

    @asynccontextmanager
    async def serving(limits: dict[str, Any] | None = None, **changes: Any) -> AsyncIterator[int]:
        for name, value in (limits or {}).items():
            monkeypatch.setattr(Connection, name, value)
        server = make_server(settings.model_copy(update={"port": 0} | changes))
        server.config.app.include_router(router)  # type: ignore[union-attr]
        task = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        yield _port(server)
        server.should_exit = True
        await asyncio.wait_for(task, 10)

    return serving


def _port(server: Server) -> int:
    port: int = server.servers[0].sockets[0].getsockname()[1]
    return port


async def ask(port: int, *pieces: bytes, pause: float = 0.0, then: float = 5.0) -> tuple[int, dict[str, str], bytes]:
    """Send pieces, each after a pause, and read until the server hangs up: status, headers, body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        answer = asyncio.create_task(reader.read())
        for piece in pieces:
            writer.write(piece)
            await asyncio.sleep(pause)
            if answer.done():
                break
        return read(await asyncio.wait_for(answer, then))
    finally:
        writer.close()


def read(answer: bytes) -> tuple[int, dict[str, str], bytes]:
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *fields = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (field.partition(": ") for field in fields)}
    return int(status.split()[1]) if status else 0, headers, body


def request(path: str = "/livez", *fields: str, method: str = "GET") -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: plut", "Connection: close", *fields, "", ""]).encode()


@pytest.mark.parametrize("pieces", [[b"GET /livez HTTP/1.1\r\nHost: pl"], [b"GET /", *[b"a"] * 30]])
async def test_a_head_that_takes_too_long_is_given_up_however_it_trickles(serve: Serve, pieces: list[bytes]) -> None:
    async with serve({"head_seconds": 0.3}) as port:
        started = time.monotonic()
        status, headers, body = await ask(port, *pieces, pause=0.05)

    assert (status, json.loads(body)["code"]) == (408, "request_timeout")
    assert headers["content-type"] == "application/problem+json"
    assert 0.2 < time.monotonic() - started < 2


async def test_who_connects_and_says_nothing_is_let_go(serve: Serve) -> None:
    async with serve({"head_seconds": 0.2}) as port:
        assert await ask(port) == (0, {}, b"")


async def test_the_next_request_of_a_kept_connection_has_to_be_as_quick(serve: Serve) -> None:
    whole = request().replace(b"Connection: close\r\n", b"")

    async with serve({"head_seconds": 0.3}) as port:
        answer = await ask(port, whole, b"GET /livez HT", pause=0.1)

    assert answer[0] == 200
    assert b"HTTP/1.1 408" in answer[2]


async def test_an_endless_header_is_refused_before_it_ends(serve: Serve) -> None:
    async with serve() as port:
        status, _, body = await ask(port, b"GET /livez HTTP/1.1\r\nX-Long: ", *[b"a" * 8192] * 12, pause=0.01)

    assert (status, json.loads(body)["code"]) == (431, "request_head_too_large")


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ([f"X-{n}: 1" for n in range(98)], 200),
        ([f"X-{n}: 1" for n in range(99)], 431),
        (["X-Long: " + "a" * 65_000], 200),
        (["X-Long: " + "a" * 66_000], 431),
    ],
)
async def test_headers_are_limited_in_number_and_size(serve: Serve, fields: list[str], status: int) -> None:
    async with serve() as port:
        assert (await ask(port, request("/livez", *fields)))[0] == status


async def test_a_body_that_stops_is_given_up_and_leaves_no_failure_in_the_log(serve: Serve) -> None:
    head = request("/v1/workshop/echo", "Content-Type: application/json", "Content-Length: 500", method="POST")

    with capture_logs() as logs:
        async with serve({"body_seconds": 0.2}) as port:
            status, _, body = await ask(port, head, b'{"name": "Ko')
            await asyncio.sleep(0.1)

    assert (status, json.loads(body)["code"]) == (408, "request_timeout")
    assert [entry for entry in logs if entry["log_level"] == "error"] == []
    assert [entry["status"] for entry in logs if entry["event"] == "request"] == [400]


async def test_a_body_that_is_slow_but_goes_on_arrives(serve: Serve) -> None:
    body = json.dumps({"name": "Kopi", "note": "a" * 400}).encode()
    head = request("/v1/workshop/echo", "Content-Type: application/json", f"Content-Length: {len(body)}", method="POST")
    pieces = [body[n : n + 80] for n in range(0, len(body), 80)]

    async with serve({"body_seconds": 0.5, "body_bytes": 60}) as port:
        status, _, _ = await ask(port, head, *pieces, pause=0.2)

    assert status == 200


async def test_who_does_not_read_a_long_answer_is_let_go(serve: Serve) -> None:
    with capture_logs() as logs:
        async with serve({"unread_seconds": 0.3}) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
            for _ in range(200):
                writer.write(request("/v1/workshop/large?size=100000").replace(b"Connection: close\r\n", b""))
            await asyncio.sleep(1.5)
            writer.close()
            del reader

    assert [entry["reason"] for entry in logs if entry["event"] == "connection_ended"] == ["unread"]


async def test_connections_over_the_limit_are_told_to_come_back(serve: Serve) -> None:
    async with serve(max_connections=2) as port:
        held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
        await asyncio.sleep(0.05)
        status, headers, body = await ask(port, request())
        for _, writer in held:
            writer.close()
        await asyncio.sleep(0.05)
        later = await ask(port, request())

    assert (status, json.loads(body)["code"], headers["retry-after"]) == (503, "service_unavailable", "5")
    assert later[0] == 200


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # TLS.
        b"GET /livez HTTP/1.1\r\nHost: plut\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET /livez HTTP/1.1\r\nHost: plut\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"GET /livez HTTP/1.1\r\nHost: plut\r\nBad header: 1\r\n\r\n",
        b"GET /livez HTTP/1.1\r\nHost: plut\r\nTransfer-Encoding: xchunked\r\n\r\n",
        b"CONNECT elsewhere.example:443 HTTP/1.1\r\nHost: plut\r\n\r\n",
        b"BREW /livez HTTP/1.1\r\nHost: plut\r\n\r\n",
    ],
)
async def test_what_is_no_http_is_a_problem_and_the_end(serve: Serve, sent: bytes) -> None:
    async with serve() as port:
        status, headers, body = await ask(port, sent)

    assert (status, json.loads(body)["code"]) == (400, "bad_request")
    assert headers["connection"] == "close"


@pytest.mark.parametrize(("method", "path", "status"), [("TRACE", "/livez", 405), ("PROPFIND", "/v1/regions", 405)])
async def test_methods_that_nobody_needs_are_not_there(serve: Serve, method: str, path: str, status: int) -> None:
    async with serve() as port:
        found = await ask(port, request(path, "X-Secret: 1", method=method))

    assert (found[0], found[1]["allow"]) == (status, "GET, HEAD")
    assert b"X-Secret" not in found[2]


async def test_an_upgrade_to_another_protocol_is_passed_over(serve: Serve) -> None:
    fields = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: eA==")
    sent = request("/livez", *fields).replace(b"Connection: close\r\n", b"")

    async with serve({"head_seconds": 0.5}) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        line = await asyncio.wait_for(reader.readline(), 5)
        writer.close()

    assert line == b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(("trusted", "left"), [((), "17"), (("127.0.0.0/8",), "19")])
async def test_only_a_trusted_proxy_is_believed_for_whom_it_calls(
    serve: Serve, trusted: tuple[str, ...], left: str
) -> None:
    async with serve(rate_limit_per_minute=20, trusted_proxies=trusted) as port:
        with clock.clock_at(NOON):
            for address in ("203.0.113.1", "203.0.113.2", "203.0.113.3"):
                _, headers, _ = await ask(port, request("/v1/regions?limit=1", f"X-Forwarded-For: {address}"))

    assert headers["ratelimit"] == f'"read";r={left};t=60'


async def test_of_an_ipv6_network_every_address_counts_as_one(serve: Serve) -> None:
    async with serve(rate_limit_per_minute=20, trusted_proxies=("127.0.0.1",)) as port:
        with clock.clock_at(NOON):
            for address in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::7", "::ffff:203.0.113.9", "203.0.113.9"):
                _, headers, _ = await ask(port, request("/v1/regions?limit=1", f"X-Forwarded-For: {address}"))
                seen = headers["ratelimit"]

    assert seen == '"read";r=18;t=60'
