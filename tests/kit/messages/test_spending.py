"""What messages may cost in a day: never more, however many workers, and codes still go by a reserve of their own."""

from asyncio import gather
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from sqlalchemy import func, select

from plut_api.kit import clock, messages
from plut_api.kit.database import unit_of_work
from plut_api.kit.messages.delivering import deliver_due
from plut_api.kit.messages.models import Channel, MessageDelivery, MessageSpending, MessageState
from plut_api.kit.messages.spending import CAP_REACHED, RESERVE_REACHED, pay
from plut_api.kit.outbox import Event
from plut_api.settings import Settings
from tests.factories import Make
from tests.kit.messages.gateway import FakeGateway
from tests.kit.messages.steps import DECISION, Sessions, at, log_of, message, using, written

EACH = 350
"""Rupiah of one part of an SMS by the rule values."""


async def spent(sessions: Sessions) -> MessageSpending:
    """The only day there is."""
    async with sessions() as db:
        return (await db.scalars(select(MessageSpending))).one()


async def events(sessions: Sessions) -> list[str]:
    async with sessions() as db:
        query = select(Event.name).where(Event.name.in_((CAP_REACHED, RESERVE_REACHED)))
        return list(await db.scalars(query.order_by(Event.id)))


async def states(sessions: Sessions, ids: list[UUID]) -> list[MessageState]:
    return [(await message(sessions, each)).state for each in ids]


async def test_workers_that_pay_at_once_never_exceed_the_days_money(
    app: FastAPI, sessions: Sessions, settings: Settings
) -> None:
    capped = settings.model_copy(update={"messages_daily_idr": 10 * EACH, "messages_reserve_idr": 3 * EACH})

    async def paid(urgent: bool) -> bool | None:
        async with unit_of_work(sessions) as db:
            return await pay(db, capped, Channel.sms, EACH, urgent=urgent)

    ordinary = await gather(*(paid(False) for _ in range(24)))
    urgent = await gather(*(paid(True) for _ in range(8)))

    kept = await spent(sessions)
    assert (ordinary.count(False), ordinary.count(None)) == (10, 14)
    assert (urgent.count(True), urgent.count(None)) == (3, 5)
    assert (kept.ordinary_idr, kept.reserve_idr, kept.sms_idr) == (10 * EACH, 3 * EACH, 13 * EACH)
    assert await events(sessions) == [CAP_REACHED, RESERVE_REACHED]


async def test_over_the_cap_reminders_wait_for_tomorrow_and_decisions_and_codes_still_go(
    app: FastAPI, make: Make, sessions: Sessions, settings: Settings, sms: FakeGateway
) -> None:
    capped = using(settings, sms, messages_daily_idr=2 * EACH, messages_reserve_idr=10 * EACH)
    with at(10):
        reminders = [await written(sessions, (await make.person()).id) for _ in range(4)]
        await gather(*(deliver_due(capped, sessions) for _ in range(3)))
        decision = await written(sessions, (await make.person()).id, DECISION)
        code = await written(sessions, messages.Address.phone("+6281200000001"), "sign_in_code")
        await deliver_due(capped, sessions)
        today = await states(sessions, reminders)
        kept = [await message(sessions, each) for each in reminders]
        waiting = next(each for each in kept if each.state is MessageState.waiting)
        money = await spent(sessions)
    with at(7, days=1):
        await deliver_due(capped, sessions)

    assert sorted(today) == ["sent", "sent", "waiting", "waiting"]
    assert waiting.reason == "daily_cap"
    assert (waiting.not_before.astimezone(clock.WITA).hour, waiting.not_before > clock.now()) == (0, True)
    assert await states(sessions, [decision, code]) == [MessageState.sent] * 2
    assert (money.ordinary_idr, money.reserve_idr) == (2 * EACH, 2 * EACH)
    assert await states(sessions, reminders) == [MessageState.sent] * 4
    assert await events(sessions) == [CAP_REACHED]


async def test_when_the_reserve_is_spent_as_well_decisions_wait_and_codes_are_given_up(
    app: FastAPI, make: Make, sessions: Sessions, settings: Settings, sms: FakeGateway
) -> None:
    nothing = using(settings, sms, messages_daily_idr=0, messages_reserve_idr=0)
    with at(10):
        decision = await written(sessions, (await make.person()).id, DECISION)
        code = await written(sessions, messages.Address.phone("+6281200000001"), "sign_in_code")
        await deliver_due(nothing, sessions)

    assert sms.got == []
    assert (await message(sessions, decision)).reason == "daily_cap"
    given_up = await message(sessions, code)
    assert (given_up.state, given_up.reason) == (MessageState.failed, "reserve_spent")


async def test_what_surely_was_not_sent_costs_nothing_and_what_may_have_been_does(
    app: FastAPI, make: Make, sessions: Sessions, settings: Settings, sms: FakeGateway, monkeypatch: Any
) -> None:
    sms.status = 500
    await written(sessions, (await make.person()).id, DECISION)
    await deliver_due(using(settings, sms), sessions)
    after_a_refusal = (await spent(sessions)).ordinary_idr
    monkeypatch.setattr("plut_api.kit.messages.gateways.SECONDS", 0.2)
    sms.status, sms.hanging = 200, True
    message_id = await written(sessions, (await make.person()).id, DECISION)
    await deliver_due(using(settings, sms), sessions)

    assert after_a_refusal == 0
    assert (await spent(sessions)).ordinary_idr == EACH
    assert [each.cost_idr for each in await log_of(sessions, message_id)] == [EACH]


async def test_a_long_text_costs_each_of_its_parts_and_the_log_adds_up_to_the_sum(
    app: FastAPI, make: Make, sessions: Sessions, settings: Settings, sms: FakeGateway
) -> None:
    person = await make.person()
    async with unit_of_work(sessions) as db:
        facts = {"consultant": "ᬩᬮᬶ ᬩᬮᬶ"}  # Letters beyond the GSM alphabet: 67 characters a part.
        await messages.send(db, to=person.id, template=DECISION, facts=facts)
    await deliver_due(using(settings, sms), sessions)

    kept = await spent(sessions)
    async with sessions() as db:
        logged = await db.scalar(select(func.sum(MessageDelivery.cost_idr)))
    assert kept.ordinary_idr == logged == 2 * EACH


async def test_a_file_in_development_costs_nothing(
    app: FastAPI, make: Make, sessions: Sessions, settings: Settings
) -> None:
    message_id = await written(sessions, (await make.person()).id, DECISION)

    await deliver_due(settings.model_copy(update={"messages_daily_idr": 0, "messages_reserve_idr": 0}), sessions)

    assert (await message(sessions, message_id)).state is MessageState.sent
