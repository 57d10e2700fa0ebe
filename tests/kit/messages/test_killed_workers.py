"""A worker that is killed outright, in the middle of handing messages over, loses none of them."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import timedelta

from fastapi import FastAPI

from plut_api.kit import clock
from plut_api.kit.messages.attempts import LEASE
from plut_api.kit.messages.delivering import deliver_due
from plut_api.kit.messages.models import MessageState, Outcome
from plut_api.settings import Settings
from tests.factories import Make
from tests.kit.messages.gateway import FakeGateway
from tests.kit.messages.steps import DECISION, Sessions, log_of, message, using, written


def environment(settings: Settings, sms: FakeGateway) -> Mapping[str, str]:
    """What a worker of another process is told."""
    assert settings.database_url is not None
    return os.environ | {
        "PLUT_DATABASE_URL": settings.database_url.get_secret_value(),
        "PLUT_DATA_DIR": str(settings.data_dir),
        "PLUT_SMS_GATEWAY": sms.url,
    }


async def test_a_worker_that_is_killed_loses_no_message(
    app: FastAPI, make: Make, sessions: Sessions, settings: Settings, sms: FakeGateway
) -> None:
    sms.hanging = True
    ids = [await written(sessions, (await make.person()).id, DECISION) for _ in range(12)]
    worker = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "plut_api", "worker"),
        env=environment(settings, sms),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 60
        while len(sms.got) < 3 and time.monotonic() < deadline:
            await asyncio.sleep(0.1)
    finally:
        worker.send_signal(signal.SIGKILL)
        await worker.wait()
    begun = len(sms.got)
    sms.hanging = False
    sms.released.set()

    with clock.clock_at(clock.now() + LEASE + timedelta(seconds=30)):
        await deliver_due(using(settings, sms), sessions)

    assert begun >= 3
    assert [(await message(sessions, each)).state for each in ids] == [MessageState.sent] * 12
    assert set(sms.keys) == {f"{each}:sms" for each in ids}
    twice = [each for each in ids if sms.keys.count(f"{each}:sms") == 2]
    assert len(twice) == begun
    for each in twice:
        assert [attempt.outcome for attempt in await log_of(sessions, each)] == [Outcome.unknown, Outcome.sent]
