"""Delivery: a gateway that refuses, stumbles, hangs or is away delays, loses nothing and blocks nobody."""

import asyncio
import time
from asyncio import gather
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from structlog.testing import capture_logs

from plut_api.identity.messages.models import MessagePreference
from plut_api.kit import clock, messages
from plut_api.kit.crypto import vault
from plut_api.kit.ids import new_id
from plut_api.kit.messages.attempts import LEASE, LOGGED_ADDRESS, attempt, claim
from plut_api.kit.messages.delivering import deliver_due, deliver_for_ever, deliver_now
from plut_api.kit.messages.lines import Line
from plut_api.kit.messages.models import Channel, Message, MessageState, Outcome
from plut_api.kit.messages.planning import plan_due
from plut_api.settings import Settings
from tests.factories import Make
from tests.kit.messages.gateway import FakeGateway
from tests.kit.messages.steps import DECISION, Sessions, at, later, log_of, message, using, without_account, written

PHONE = "+6281200000001"
BY_WHATSAPP_FIRST = ["whatsapp", "sms"]


async def wishing(make: Make, **wishes: Any) -> UUID:
    """A person with wishes; their id."""
    person = await make.person(phone=PHONE)
    values: dict[str, Any] = {"channels": ["sms"], "muted_kinds": [], "has_smartphone": True} | wishes
    await make.add(MessagePreference(account_id=person.account_id, **values))
    return person.id


async def test_a_message_leaves_once_and_the_log_says_where_without_its_text(
    app: FastAPI, make: Make, sessions: Sessions, settings: Settings, sms: FakeGateway
) -> None:
    person = await make.person(phone=PHONE)
    with at(10):
        message_id = await written(sessions, person.id)
        assert await deliver_due(using(settings, sms), sessions) == 1
        assert await deliver_due(using(settings, sms), sessions) == 0

    (logged,) = await log_of(sessions, message_id)
    assert [got["to"] for got in sms.got] == [PHONE]
    assert "P-IRT" in sms.texts[0]
    assert (logged.channel, logged.outcome, logged.attempt, logged.gateway_id) == ("sms", "sent", 1, "gw-1")
    assert vault().open(LOGGED_ADDRESS, logged.address_sealed) == PHONE
    assert PHONE.encode() not in logged.address_sealed
    assert (await message(sessions, message_id)).state is MessageState.sent


async def test_an_account_and_its_person_are_reached_alike_and_a_stranger_is_not(
    app: FastAPI, make: Make, sessions: Sessions, settings: Settings, sms: FakeGateway
) -> None:
    person, other = await make.person(phone=PHONE), await without_account(make, "+6281200000002")
    assert person.account_id is not None
    ids = [await written(sessions, each, DECISION) for each in (person.id, person.account_id, other.id)]
    nobody = await written(sessions, new_id(), DECISION)

    await deliver_due(using(settings, sms), sessions)

    assert sorted(got["to"] for got in sms.got) == [PHONE, PHONE, "+6281200000002"]
    assert {(await message(sessions, each)).state for each in ids} == {MessageState.sent}
    assert (await message(sessions, nobody)).reason == "unknown_recipient"


async def test_a_message_is_in_the_language_of_its_recipient(
    app: FastAPI, make: Make, sessions: Sessions, settings: Settings, sms: FakeGateway
) -> None:
    person = await without_account(make, PHONE)
    await make.add(MessagePreference(person_id=person.id, language="en", channels=["sms"], muted_kinds=[]))
    await written(sessions, person.id, DECISION)

    await deliver_due(using(settings, sms), sessions)

    assert "from now on Baiq Sri accompanies you" in sms.texts[0]


async def test_who_has_no_smartphone_gets_sms_alone(
    app: FastAPI, make: Make, sessions: Sessions, settings: Settings, sms: FakeGateway, whatsapp: FakeGateway
) -> None:
    await written(sessions, await wishing(make, channels=["whatsapp"], has_smartphone=False), DECISION)

    await deliver_due(using(settings, sms, whatsapp), sessions)

    assert (len(sms.got), len(whatsapp.got)) == (1, 0)


async def test_a_channel_that_refuses_for_good_gives_way_to_the_next(
    app: FastAPI, make: Make, sessions: Sessions, settings: Settings, sms: FakeGateway, whatsapp: FakeGateway
) -> None:
    whatsapp.status = 422
    message_id = await written(sessions, await wishing(make, channels=BY_WHATSAPP_FIRST), DECISION)

    await deliver_due(using(settings, sms, whatsapp), sessions)

    assert [(each.channel, each.outcome) for each in await log_of(sessions, message_id)] == [
        (Channel.whatsapp, Outcome.refused),
        (Channel.sms, Outcome.sent),
    ]
    assert (await message(sessions, message_id)).state is MessageState.sent


async def test_what_every_channel_refuses_is_failed_and_stays_in_the_list(
    app: FastAPI, make: Make, sessions: Sessions, settings: Settings, sms: FakeGateway
) -> None:
    sms.status = 400
    message_id = await written(sessions, (await make.person()).id, DECISION)

    await deliver_due(using(settings, sms), sessions)

    kept = await message(sessions, message_id)
    assert (kept.state, kept.reason, kept.facts_sealed is not None) == (MessageState.failed, "no_channel_left", True)


async def test_pauses_double_and_are_spread_and_after_a_day_a_channel_is_let_go(
    app: FastAPI, make: Make, sessions: Sessions, settings: Settings, sms: FakeGateway
) -> None:
    sms.status = 503
    message_id = await written(sessions, (await make.person()).id, DECISION)
    pauses: list[float] = []

    start = clock.now()
    while (kept := await message(sessions, message_id)).state is MessageState.waiting and len(pauses) < 100:
        with clock.clock_at(max(kept.not_before, start)):
            await deliver_due(using(settings, sms), sessions)
            after = await message(sessions, message_id)
            pauses.append((after.not_before - clock.now()).total_seconds())
            given_up = clock.now()

    assert kept.state is MessageState.failed
    assert all(15 * 2**n <= pause <= 30 * 2**n for n, pause in enumerate(pauses[:6]))
    assert max(pauses) <= 3600
    assert timedelta(hours=24) <= given_up - start < timedelta(hours=26)
    assert set(sms.keys) == {f"{message_id}:sms"}


async def test_a_gateway_that_asks_to_be_left_alone_is_and_then_gets_everything(
    app: FastAPI, make: Make, sessions: Sessions, settings: Settings, sms: FakeGateway
) -> None:
    sms.status, sms.headers = 429, {"Retry-After": "600"}
    start = clock.now()
    ids = [await written(sessions, (await make.person()).id, DECISION) for _ in range(3)]
    await deliver_due(using(settings, sms), sessions)
    asked = len(sms.got)

    sms.status = 200
    with clock.clock_at(start + timedelta(seconds=500)):
        await deliver_due(using(settings, sms), sessions)
    in_between = len(sms.got)
    with clock.clock_at(start + timedelta(seconds=700)):
        await deliver_due(using(settings, sms), sessions)

    assert (asked, in_between) == (3, 3)
    assert [(await message(sessions, each)).state for each in ids] == [MessageState.sent] * 3


async def test_after_five_failures_a_line_rests_and_one_message_probes_it(
    app: FastAPI, make: Make, sessions: Sessions, settings: Settings, sms: FakeGateway
) -> None:
    sms.status = 500
    for _ in range(30):
        await written(sessions, (await make.person()).id, DECISION)

    await deliver_due(using(settings, sms), sessions)
    tried = len(sms.got)
    line = Line(Channel.sms, troubles=5)

    assert tried < 30
    assert line.places == 1
    line.had_trouble(None)
    assert line.places == 0
    with later(seconds=120):
        assert line.places == 1
    line.went_well()
    assert line.places > 1


async def test_a_line_that_hangs_takes_its_own_places_and_nothing_of_others(
    app: FastAPI,
    make: Make,
    sessions: Sessions,
    settings: Settings,
    sms: FakeGateway,
    whatsapp: FakeGateway,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("plut_api.kit.messages.gateways.SECONDS", 20.0)
    sms.hanging = True
    hanging = [await written(sessions, (await make.person()).id, DECISION) for _ in range(20)]
    person = await make.person(phone=PHONE)
    await make.add(MessagePreference(account_id=person.account_id, channels=["whatsapp"], muted_kinds=[]))
    working = asyncio.create_task(deliver_for_ever(using(settings, sms, whatsapp), sessions))
    started = time.monotonic()

    await written(sessions, person.id, DECISION)
    while not whatsapp.got and time.monotonic() - started < 10:
        await asyncio.sleep(0.05)
    took = time.monotonic() - started
    most_at_once = sms.most_at_once
    sms.hanging = False
    sms.released.set()
    while time.monotonic() - started < 20 and len(sms.got) < 20:
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.3)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)

    assert took < 4
    assert most_at_once <= 8
    assert {(await message(sessions, each)).state for each in hanging} == {MessageState.sent}


async def test_a_code_goes_another_way_when_its_line_rests(
    app: FastAPI, make: Make, sessions: Sessions, settings: Settings, sms: FakeGateway, whatsapp: FakeGateway
) -> None:
    whatsapp.status = 500
    await wishing(make, channels=BY_WHATSAPP_FIRST)
    code = await written(sessions, messages.Address.phone(PHONE), "sign_in_code")

    both = using(settings, sms, whatsapp)
    await deliver_due(both, sessions)
    with later(seconds=10):
        await deliver_due(both, sessions)

    assert [(each.channel, each.outcome) for each in await log_of(sessions, code)] == [
        (Channel.whatsapp, Outcome.failed),
        (Channel.whatsapp, Outcome.failed),
        (Channel.sms, Outcome.sent),
    ]


async def test_who_dies_in_the_middle_loses_nothing_and_the_gateway_sees_the_same_key(
    app: FastAPI, make: Make, sessions: Sessions, settings: Settings, sms: FakeGateway
) -> None:
    sms.hanging = True
    message_id = await written(sessions, (await make.person()).id, DECISION)
    dying = asyncio.create_task(deliver_due(using(settings, sms), sessions))
    while not sms.got:
        await asyncio.sleep(0.02)
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    sms.hanging = False
    sms.released.set()

    assert await deliver_due(using(settings, sms), sessions) == 0
    with clock.clock_at(clock.now() + LEASE + timedelta(seconds=1)):
        await deliver_due(using(settings, sms), sessions)

    assert sms.keys == [f"{message_id}:sms"] * 2
    assert [each.outcome for each in await log_of(sessions, message_id)] == [Outcome.unknown, Outcome.sent]
    assert (await message(sessions, message_id)).state is MessageState.sent


async def test_many_workers_deliver_each_message_once(
    app: FastAPI, make: Make, sessions: Sessions, settings: Settings, sms: FakeGateway
) -> None:
    for _ in range(20):
        await written(sessions, (await make.person()).id, DECISION)

    await gather(*(deliver_due(using(settings, sms), sessions) for _ in range(5)))

    assert len(sms.got) == len(set(sms.keys)) == 20


async def test_a_late_answer_does_not_touch_what_another_worker_has_taken_up(
    app: FastAPI, make: Make, sessions: Sessions, settings: Settings, sms: FakeGateway
) -> None:
    message_id = await written(sessions, (await make.person()).id, DECISION)
    await plan_due(sessions, settings)
    (first,) = await claim(sessions, Channel.sms, 1)
    with clock.clock_at(clock.now() + LEASE + timedelta(seconds=1)):
        (second,) = await claim(sessions, Channel.sms, 1)
        await attempt(sessions, using(settings, sms), Line(Channel.sms), first)
        before = len(sms.got)
        await attempt(sessions, using(settings, sms), Line(Channel.sms), second)

    assert (before, len(sms.got)) == (0, 1)
    assert (await message(sessions, message_id)).state is MessageState.sent


async def test_codes_are_handed_over_before_all_else(
    app: FastAPI, make: Make, sessions: Sessions, settings: Settings, sms: FakeGateway
) -> None:
    for _ in range(4):
        await written(sessions, (await make.person()).id, DECISION)
    with later(seconds=1):
        await written(sessions, messages.Address.phone(PHONE), "sign_in_code")
        await plan_due(sessions, using(settings, sms))
        (first,) = await claim(sessions, Channel.sms, 1)

    async with sessions() as db:
        assert await db.scalar(select(Message.template).where(Message.id == first.message_id)) == "sign_in_code"


async def test_one_message_that_cannot_be_worded_stops_no_other(
    app: FastAPI, make: Make, sessions: Sessions, settings: Settings, sms: FakeGateway
) -> None:
    broken = await written(sessions, (await make.person()).id, DECISION)
    good = await written(sessions, (await make.person()).id, DECISION)
    async with sessions() as db, db.begin():
        (await db.get_one(Message, broken)).facts_sealed = b"no seal"

    with capture_logs() as logs:
        await deliver_due(using(settings, sms), sessions)

    assert (await message(sessions, broken)).reason == "cannot_be_worded"
    assert (await message(sessions, good)).state is MessageState.sent
    assert "P-IRT" not in str(logs)


async def test_a_code_leaves_right_after_the_answer_without_a_worker(
    app: FastAPI, sessions: Sessions, settings: Settings, sms: FakeGateway
) -> None:
    code = await written(sessions, messages.Address.phone(PHONE), "sign_in_code")
    other = await written(sessions, messages.Address.phone("+6281200000009"), "sign_in_code")

    await deliver_now(using(settings, sms), sessions, [code])

    assert (await message(sessions, code)).state is MessageState.sent
    assert (await message(sessions, other)).state is MessageState.waiting


async def test_production_writes_no_message_to_a_file(
    app: FastAPI, make: Make, sessions: Sessions, settings: Settings
) -> None:
    message_id = await written(sessions, (await make.person()).id, DECISION)

    await deliver_due(settings.model_copy(update={"mode": "production"}), sessions)

    kept = await message(sessions, message_id)
    assert (kept.state, kept.reason) == (MessageState.waiting, "no_gateway")
