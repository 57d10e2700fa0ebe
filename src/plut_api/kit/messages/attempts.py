"""One attempt: claimed under a lease, noted and paid for, handed over, and settled.

Who dies in the middle leaves a lease behind; when it ends, the message is tried again under the same idempotency key,
so a gateway that heeds it sends it once. No transaction is open while a gateway is waited for.
"""

import random
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.kit import clock
from plut_api.kit.crypto import vault
from plut_api.kit.database import unit_of_work
from plut_api.kit.ids import new_id
from plut_api.kit.messages.directory import Recipient, directory, next_day
from plut_api.kit.messages.gateways import Answer, hand_over, is_free
from plut_api.kit.messages.lines import Line
from plut_api.kit.messages.making import maker_of
from plut_api.kit.messages.metrics import count
from plut_api.kit.messages.models import URGENT, Channel, Kind, Message, MessageDelivery, MessageState, Outcome
from plut_api.kit.messages.planning import end, plan, put_off
from plut_api.kit.messages.queue import due
from plut_api.kit.messages.sending import FACTS, Address
from plut_api.kit.messages.sms import plain, segments
from plut_api.kit.messages.spending import give_back, pay
from plut_api.kit.messages.templates import Rendered, render, template
from plut_api.settings import Settings

log = structlog.get_logger()

LEASE = timedelta(seconds=90)
"""Longer than any gateway is waited for."""
LOGGED_ADDRESS = "message_deliveries.address"
_PAUSES = {Kind.code: (timedelta(seconds=2), timedelta(seconds=30))}
_PAUSE, _LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
_TRIES_OF_A_CODE = 2
"""By one channel, while there is another: a code is dead in minutes."""


@dataclass(frozen=True)
class Claim:
    """A message that is one's own until a lease ends."""

    message_id: UUID
    channel: Channel
    until: datetime


@dataclass(frozen=True)
class _Prepared:
    delivery_id: UUID
    to: str = field(repr=False)
    words: Rendered = field(repr=False)
    others: list[Channel]
    tried_for: timedelta


async def claim(
    sessions: async_sessionmaker[AsyncSession], channel: Channel, most: int, only: Collection[UUID] | None = None
) -> list[Claim]:
    """Messages of a channel that are due, codes first, each for oneself alone until the lease ends."""
    now = clock.now()
    async with unit_of_work(sessions) as db:
        found = await due(db, channel, most, only)
        for message in found:
            message.leased_until = now + LEASE
            message.attempts = min(message.attempts + 1, 30_000)
            message.first_tried_at = message.first_tried_at or now
    return [Claim(message.id, channel, now + LEASE) for message in found]


async def attempt(sessions: async_sessionmaker[AsyncSession], settings: Settings, line: Line, claimed: Claim) -> None:
    """Try to deliver a claimed message. Raises what the database raises; the lease covers that too."""
    async with unit_of_work(sessions) as db:
        message = await _still_mine(db, claimed)
        prepared = await _prepared(db, settings, message) if message is not None else None
    if prepared is None:
        return
    key = f"{claimed.message_id}:{claimed.channel}"
    answer = await hand_over(settings, claimed.channel, prepared.to, prepared.words, key)
    if answer.outcome in (Outcome.sent, Outcome.refused):
        line.went_well()
    else:
        line.had_trouble(answer.wait)
        log.warning("message_not_sent", channel=claimed.channel, error=answer.reason)
    count(claimed.channel, answer.outcome)
    async with unit_of_work(sessions) as db:
        delivery = await db.get(MessageDelivery, prepared.delivery_id, with_for_update=True)
        message = await _still_mine(db, claimed)
        if delivery is None:  # Erased meanwhile, with everything that was said.
            return
        await _note(db, delivery, answer)
        if message is not None:
            _settle(message, answer, prepared, claimed.channel)


async def _still_mine(db: AsyncSession, claimed: Claim) -> Message | None:
    query = select(Message).where(
        Message.id == claimed.message_id,
        Message.state == MessageState.waiting,
        Message.channel == claimed.channel,
        Message.leased_until == claimed.until,
    )
    found: Message | None = await db.scalar(query.with_for_update())
    return found


async def _prepared(db: AsyncSession, settings: Settings, message: Message) -> _Prepared | None:
    """Everything for the attempt, noted in the log of deliveries; None if the message does not go now."""
    channel = message.channel
    await _close_unanswered(db, message)
    planned = await plan(db, settings, message)
    if planned is None:
        return None
    recipient, ways = planned
    if message.channel is not channel:  # What the recipient wants has changed; the other line takes it.
        message.leased_until = None
        return None
    try:
        words = await _words(db, settings, message, recipient)
    except (LookupError, ValueError) as error:  # A template of another release, or facts that do not open.
        log.error("message_not_worded", message_id=str(message.id), error=type(error).__name__)
        end(message, MessageState.failed, "cannot_be_worded")
        return None
    if words is None:
        end(message, MessageState.failed, "nothing_to_say")
        return None
    if ways[0] is Channel.sms:
        words = replace(words, text=plain(words.text))
    terms = await directory().terms(db)
    cost = _cost(settings, ways[0], words, terms.costs_idr)
    from_reserve = await pay(db, settings, ways[0], cost, urgent=message.kind in URGENT)
    if from_reserve is None:
        _wait_for_money(message)
        return None
    to = recipient.addresses[ways[0]]
    delivery = _begun(message, ways[0], to, cost, from_reserve=from_reserve)
    db.add(delivery)
    return _Prepared(delivery.id, to, words, ways[1:], terms.tried_for)


def _begun(message: Message, channel: Channel, to: str, cost_idr: int, *, from_reserve: bool) -> MessageDelivery:
    """An attempt for the log, before its outcome is known."""
    return MessageDelivery(
        id=new_id(),
        created_at=clock.now(),
        message_id=message.id,
        channel=channel,
        attempt=message.attempts,
        outcome=Outcome.started,
        address_sealed=vault().seal(LOGGED_ADDRESS, to),
        address_index=vault().blind(LOGGED_ADDRESS, to),
        cost_idr=cost_idr,
        from_reserve=from_reserve,
    )


async def _close_unanswered(db: AsyncSession, message: Message) -> None:
    """Whoever made the attempt before died over it."""
    left = update(MessageDelivery).where(
        MessageDelivery.message_id == message.id, MessageDelivery.outcome == Outcome.started
    )
    values = {"outcome": Outcome.unknown, "reason": "interrupted", "ended_at": clock.now()}
    await db.execute(left.values(values).execution_options(synchronize_session=False))


async def _words(db: AsyncSession, settings: Settings, message: Message, recipient: Recipient) -> Rendered | None:
    of = template(message.template)
    facts: dict[str, Any] = orjson.loads(vault().open(FACTS, message.facts_sealed)) if message.facts_sealed else {}
    if of.made:
        made = await maker_of(of.name)(db, settings, _recipient(message), facts)
        if made is None:
            return None
        facts |= made
    return render(of, "en" if (message.language or recipient.language) == "en" else "id", facts)


def _recipient(message: Message) -> UUID | Address:
    if message.recipient_id is not None:
        return message.recipient_id
    if message.address_sealed is None:
        raise LookupError("a message to nobody")
    return Address.opened(message.address_sealed)


def _cost(settings: Settings, channel: Channel, words: Rendered, costs_idr: Any) -> int:
    if is_free(settings, channel):
        return 0
    each: int = costs_idr[channel]
    return each * segments(words.text) if channel is Channel.sms else each


def _wait_for_money(message: Message) -> None:
    tomorrow = next_day(clock.now())
    if message.expires_at is not None and message.expires_at <= tomorrow:
        end(message, MessageState.failed, "reserve_spent")
    else:
        put_off(message, tomorrow, "daily_cap")


async def _note(db: AsyncSession, delivery: MessageDelivery, answer: Answer) -> None:
    """Log what became of the attempt, unless somebody took its lease meanwhile for the end of it."""
    if delivery.outcome in (Outcome.started, Outcome.unknown):
        delivery.outcome, delivery.reason, delivery.gateway_id = answer.outcome, answer.reason, answer.gateway_id
        delivery.ended_at = clock.now()
        if answer.outcome in (Outcome.refused, Outcome.failed):
            await give_back(db, delivery)


def _settle(message: Message, answer: Answer, prepared: _Prepared, channel: Channel) -> None:
    now = clock.now()
    if answer.outcome is Outcome.sent:
        end(message, MessageState.sent)
    elif answer.outcome is Outcome.refused or _is_enough(message, prepared, now):
        message.tried = [*message.tried, channel.value]
        put_off(message, now, answer.reason or "failed")
    else:
        message.reason, message.leased_until = answer.reason, None
        message.not_before = now + max(_pause(message.kind, message.attempts), answer.wait or timedelta())


def _is_enough(message: Message, prepared: _Prepared, now: datetime) -> bool:
    """Whether to let go of a channel that keeps failing."""
    if message.kind is Kind.code and message.attempts >= _TRIES_OF_A_CODE and prepared.others:
        return True
    return now - (message.first_tried_at or now) >= prepared.tried_for


def _pause(kind: Kind, attempts: int) -> timedelta:
    """Doubling, up to a bound, and spread, so that what failed together does not come back together."""
    first, longest = _PAUSES.get(kind, (_PAUSE, _LONGEST_PAUSE))
    doubled: timedelta = min(first * 2.0 ** min(attempts - 1, 20), longest)
    return doubled * random.uniform(0.5, 1)  # noqa: S311 (spreads load, guards nothing)
