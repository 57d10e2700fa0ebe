"""Quiet hours: reminders and offers wait for the morning, codes and decisions do not."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from plut_api.identity.messages.models import MessagePreference
from plut_api.kit import clock, messages
from plut_api.kit.messages.delivering import deliver_due
from plut_api.kit.messages.directory import end_of_quiet, next_day
from plut_api.kit.messages.models import MessageState
from plut_api.settings import Settings
from tests.factories import Make
from tests.kit.messages.gateway import FakeGateway
from tests.kit.messages.steps import DECISION, REMINDER, Sessions, at, message, using, written

NIGHT = (time(21), time(6))


def wita(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=clock.WITA)


@pytest.mark.parametrize(
    ("quiet", "now", "ends"),
    [
        (NIGHT, wita(2, 20, 59), None),
        (NIGHT, wita(2, 21), wita(3, 6)),
        (NIGHT, wita(2, 23, 59), wita(3, 6)),
        (NIGHT, wita(3, 0), wita(3, 6)),
        (NIGHT, wita(3, 5, 59), wita(3, 6)),
        (NIGHT, wita(3, 6), None),
        ((time(12), time(13, 30)), wita(2, 12), wita(2, 13, 30)),
        ((time(12), time(13, 30)), wita(2, 13, 30), None),
        ((time(12), time(12)), wita(2, 12), None),
    ],
)
def test_quiet_hours_end_in_wita_also_over_midnight(
    quiet: tuple[time, time], now: datetime, ends: datetime | None
) -> None:
    assert end_of_quiet(quiet, now) == ends


def test_the_next_day_begins_at_midnight_in_wita() -> None:
    assert next_day(wita(2, 23, 59)) == wita(3, 0)
    assert next_day(datetime.fromisoformat("2026-03-02T16:30:00+00:00")) == wita(4, 0)


@pytest.mark.parametrize(("template", "leaves"), [(REMINDER, False), (DECISION, True), ("sign_in_code", True)])
async def test_at_night_only_codes_and_decisions_leave(
    app: FastAPI,
    make: Make,
    sessions: Sessions,
    settings: Settings,
    sms: FakeGateway,
    template: str,
    leaves: bool,
) -> None:
    person = await make.person(phone="+6281200000001")
    to: Any = messages.Address.phone("+6281200000001") if template == "sign_in_code" else person.id
    with at(23):
        await written(sessions, to, template)
        await deliver_due(using(settings, sms), sessions)

    assert len(sms.got) == leaves


async def test_what_waited_leaves_in_the_morning_and_not_before(
    app: FastAPI, make: Make, sessions: Sessions, settings: Settings, sms: FakeGateway
) -> None:
    with at(22):
        message_id = await written(sessions, (await make.person()).id)
        await deliver_due(using(settings, sms), sessions)
        waiting = await message(sessions, message_id)
    with at(5, 59, days=1):
        await deliver_due(using(settings, sms), sessions)
        before = len(sms.got)
    with at(6, days=1) as morning:
        await deliver_due(using(settings, sms), sessions)

    assert (waiting.state, waiting.reason) == (MessageState.waiting, "quiet_hours")
    assert waiting.not_before == morning
    assert (before, len(sms.got)) == (0, 1)


async def test_hours_of_ones_own_come_before_those_of_the_house(
    app: FastAPI, make: Make, sessions: Sessions, settings: Settings, sms: FakeGateway
) -> None:
    person = await make.person()
    wishes = {"channels": ["sms"], "muted_kinds": [], "quiet_from": time(8), "quiet_to": time(17)}
    await make.add(MessagePreference(account_id=person.account_id, **wishes))
    with at(10):
        await written(sessions, person.id)
        await deliver_due(using(settings, sms), sessions)
        at_work = len(sms.got)
    with at(22):
        await deliver_due(using(settings, sms), sessions)

    assert (at_work, len(sms.got)) == (0, 1)


async def test_a_retry_that_falls_into_the_night_waits_as_well(
    app: FastAPI, make: Make, sessions: Sessions, settings: Settings, sms: FakeGateway
) -> None:
    sms.statuses = [500]
    with at(20, 59):
        message_id = await written(sessions, (await make.person()).id)
        await deliver_due(using(settings, sms), sessions)
    with at(21, 10):
        await deliver_due(using(settings, sms), sessions)
        waiting = await message(sessions, message_id)
        wakes = end_of_quiet(NIGHT, clock.now())

    assert (len(sms.got), waiting.not_before) == (1, wakes)


async def test_what_is_switched_off_lies_in_the_inbox_alone(
    app: FastAPI, make: Make, sessions: Sessions, settings: Settings, sms: FakeGateway
) -> None:
    person = await make.person()
    await make.add(MessagePreference(account_id=person.account_id, channels=["sms"], muted_kinds=["reminder"]))
    with at(10):
        reminder = await written(sessions, person.id)
        decision = await written(sessions, person.id, DECISION)
        await deliver_due(using(settings, sms), sessions)

    kept = await message(sessions, reminder)
    assert (kept.state, kept.reason) == (MessageState.inbox, "switched_off")
    assert (await message(sessions, decision)).state is MessageState.sent


async def test_what_nobody_waits_for_any_more_does_not_leave(
    app: FastAPI, make: Make, sessions: Sessions, settings: Settings, sms: FakeGateway
) -> None:
    with at(22):
        message_id = await written(sessions, (await make.person()).id, expires_at=clock.now() + timedelta(hours=1))
        await deliver_due(using(settings, sms), sessions)
    with at(7, days=1):
        await deliver_due(using(settings, sms), sessions)

    assert (await message(sessions, message_id)).reason == "expired"
    assert sms.got == []
