"""A receiver on this machine, as a partner would run one: it keeps what it was sent and answers as it is told."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Received:
    """One request: its headers in lower case, and its raw body."""

    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """The body as a document."""
        read: dict[str, Any] = json.loads(self.body)
        return read


@dataclass
class Receiver:
    """What was received at a port, and how the next requests are answered."""

    port: int = 0
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0
    answers_challenges: bool = True
    got: list[Received] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/hooks"

    @property
    def events(self) -> list[Received]:
        """What was received but for verifications."""
        return [one for one in self.got if one.json["type"] != "endpoint.verification"]


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """A receiver that listens on loopback until the block ends."""
    receiver = Receiver()

    async def handle(reading: asyncio.StreamReader, out: asyncio.StreamWriter) -> None:
        try:
            head = (await reading.readuntil(b"\r\n\r\n")).decode()
            lines = [line.partition(": ") for line in head.splitlines()[1:] if line]
            headers = {name.lower(): value for name, _, value in lines}
            body = await reading.readexactly(int(headers["content-length"]))
            received = Received(headers, body)
            receiver.got.append(received)
            await asyncio.sleep(receiver.delay)
            said = received.json["data"].get("challenge", "") if receiver.answers_challenges else ""
            more = "".join(f"{name}: {value}\r\n" for name, value in receiver.headers.items())
            out.write(f"HTTP/1.1 {receiver.status} X\r\n{more}Content-Length: {len(said)}\r\n\r\n{said}".encode())
            await out.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            out.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    receiver.port = server.sockets[0].getsockname()[1]
    async with server:
        yield receiver
