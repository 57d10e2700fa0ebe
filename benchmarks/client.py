"""A small load client: 16 keep-alive connections, plain sockets, the same for every server."""

import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

CONNECTIONS = 16


@dataclass(frozen=True)
class Load:
    """What a server did under load."""

    per_second: float
    p99_ms: float


async def load(port: int, paths: Sequence[str], seconds: float, token: str | None = None) -> Load:
    """Ask for the paths in turn, on every connection, for some seconds. Raises ValueError for an answer not 200."""
    took: list[float] = []
    end = time.perf_counter() + seconds
    started = time.perf_counter()
    await asyncio.gather(*(_connection(port, paths, end, token, took, n) for n in range(CONNECTIONS)))
    elapsed = time.perf_counter() - started
    return Load(len(took) / elapsed, statistics.quantiles(took, n=100)[98] * 1000)


async def one(port: int, path: str, token: str | None = None, repeats: int = 50) -> float:
    """Median seconds of one path asked for again and again on one connection."""
    took: list[float] = []
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 24)
    for _ in range(repeats):
        began = time.perf_counter()
        await ask(reader, writer, path, token)
        took.append(time.perf_counter() - began)
    writer.close()
    return statistics.median(took)


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str, token: str | None = None) -> bytes:
    """The body of one GET."""
    sign_in = f"Authorization: Bearer {token}\r\n" if token else ""
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{sign_in}\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise ValueError(f"{path}: {head[:200]!r}")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    if lengths:
        return await reader.readexactly(int(lengths[0].partition(b":")[2]))
    body = b""
    while size := int(await reader.readline(), 16):  # Chunked.
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body


async def _connection(
    port: int, paths: Sequence[str], end: float, token: str | None, took: list[float], offset: int
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 24)
    number = offset
    while (began := time.perf_counter()) < end:
        await ask(reader, writer, paths[number % len(paths)], token)
        took.append(time.perf_counter() - began)
        number += 1
    writer.close()
