"""The receiver as a partner runs it: a process of its own, to which the worker sends."""

import asyncio
import os
import socket
import sys
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.integration.webhooks.delivering import send_due
from plut_api.kit.caller import Role
from plut_api.kit.ids import new_id
from plut_api.organizations.models import OrganizationKind
from plut_api.settings import Settings
from tests.conftest import Api
from tests.factories import Make
from tests.identity.signing_in import put_settings
from tests.integration.webhooks.test_webhooks import happen

RECEIVER = Path(__file__).parents[2] / "examples" / "webhook_receiver.py"


async def test_the_receiver_proves_itself_takes_each_event_once_and_refuses_what_is_not_from_plut(
    app: FastAPI,
    api: Api,
    make: Make,
    sessions: async_sessionmaker[AsyncSession],
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put_settings(monkeypatch, app, outgoing_to_loopback=True)
    loopback = settings.model_copy(update={"outgoing_to_loopback": True})
    bank = await make.organization(OrganizationKind.bank)
    teller = api.as_(await make.staff(Role.bank, bank))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    made = (await teller.post("/v1/webhook-endpoints", url=f"http://127.0.0.1:{port}/")).json()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(RECEIVER), "127.0.0.1", str(port)),
        env=os.environ | {"PLUT_WEBHOOK_SECRET": made["secret"]},
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        await _listening(port)
        await send_due(loopback, sessions)
        subject = new_id()
        await happen(sessions, bank, subject)
        await send_due(loopback, sessions)
        forged = await _status(port, b"{}")
    finally:
        process.terminate()
    told, _ = await process.communicate()

    assert (await teller.get(f"/v1/webhook-endpoints/{made['id']}")).json()["state"] == "active"
    assert told.decode().count(str(subject)) == 2  # The subject and its address, of one event.
    assert forged == 400


async def _listening(port: int) -> None:
    for _ in range(100):
        try:
            _, out = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
            continue
        out.close()
        return
    raise TimeoutError(port)


async def _status(port: int, body: bytes) -> int:
    reading, out = await asyncio.open_connection("127.0.0.1", port)
    out.write(b"POST / HTTP/1.1\r\nHost: x\r\nwebhook-id: a\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    line = await reading.readline()
    out.close()
    return int(line.split()[1])
