"""Real processes of the product on the database of the tests, started to be killed."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import httpx

from plut_api.settings import Settings

SECONDS = 90
"""How long anything may take on a busy machine."""


def environment(settings: Settings, **more: str) -> Mapping[str, str]:
    """What a process of its own is told."""
    assert settings.database_url is not None
    told = {
        "PLUT_DATABASE_URL": settings.database_url.get_secret_value(),
        "PLUT_DATA_DIR": str(settings.data_dir),
        "PLUT_OUTGOING_TO_LOOPBACK": "true",
    }
    return os.environ | told | more


@asynccontextmanager
async def running(command: str, settings: Settings, **more: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """`plut <command>`; killed outright when the block ends, or within it by `kill`."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "plut_api", command),
        env=environment(settings, **more),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        await kill(process)


async def kill(process: asyncio.subprocess.Process) -> None:
    """SIGKILL, so that nothing is tidied up."""
    if process.returncode is None:
        process.send_signal(signal.SIGKILL)
    await process.wait()


async def until(met: Callable[[], Awaitable[bool]], what: str) -> None:
    """Wait until something is so. Raises AssertionError if it is not in time."""
    deadline = time.monotonic() + SECONDS
    while not await met():
        assert time.monotonic() < deadline, f"not in time: {what}"
        await asyncio.sleep(0.05)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def is_ready(port: int) -> bool:
    """Whether a server answers there."""
    async with httpx.AsyncClient() as client:
        try:
            return (await client.get(f"http://127.0.0.1:{port}/livez")).status_code == 200
        except httpx.TransportError:
            return False
