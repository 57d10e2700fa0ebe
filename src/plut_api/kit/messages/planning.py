"""Which way a message goes, and when: by its recipient's channels in their order, outside their quiet hours."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.kit import clock
from plut_api.kit.database import unit_of_work
from plut_api.kit.messages.directory import Recipient, directory, end_of_quiet
from plut_api.kit.messages.gateways import gateway_of
from plut_api.kit.messages.models import URGENT, Channel, Kind, Message, MessageState
from plut_api.kit.messages.queue import due
from plut_api.kit.messages.sending import Address
from plut_api.kit.messages.templates import template
from plut_api.settings import Settings

log = structlog.get_logger()

BATCH = 100


async def plan_due(
    sessions: async_sessionmaker[AsyncSession], settings: Settings, only: Collection[UUID] | None = None
) -> int:
    """Decide the way of messages that are due and have none yet, a batch in one transaction; how many there were."""
    async with unit_of_work(sessions) as db:
        found = await due(db, None, BATCH, only)
        for message in found:
            try:
                async with db.begin_nested():
                    await plan(db, settings, message)
            except (LookupError, ValueError) as error:  # A template that is gone, or an address that does not open.
                log.error("message_not_planned", message_id=str(message.id), error=type(error).__name__)
                end(message, MessageState.failed, "cannot_be_planned")
        return len(found)


async def plan(db: AsyncSession, settings: Settings, message: Message) -> tuple[Recipient, list[Channel]] | None:
    """Set a message's channel, or end it, or put it off. Its recipient and ways if it may go right now."""
    now = clock.now()
    if message.expires_at is not None and message.expires_at <= now:
        end(message, MessageState.failed, "expired")
        return None
    recipient = await recipient_of(db, message)
    ways = ways_of(settings, recipient, message) if recipient is not None else []
    if recipient is None or not ways or not recipient.wants(message.kind):
        end(message, *_why_not(message, recipient))
        return None
    if message.channel is not ways[0]:
        message.channel, message.attempts, message.first_tried_at = ways[0], 0, None
    if message.kind not in URGENT and (morning := end_of_quiet(recipient.quiet, now)) is not None:
        put_off(message, morning, "quiet_hours")
        return None
    return recipient, ways


def ways_of(settings: Settings, recipient: Recipient, message: Message) -> list[Channel]:
    """The channels that are left to a message, in the order to try."""
    allowed = template(message.template).channels or tuple(Channel)
    return [
        channel
        for channel in recipient.addresses
        if channel in allowed and channel not in message.tried and gateway_of(settings, channel) is not None
    ]


async def recipient_of(db: AsyncSession, message: Message) -> Recipient | None:
    """Who a message is for. Raises SealBroken."""
    if message.recipient_id is not None:
        return await directory().recipient(db, message.recipient_id)
    if message.address_sealed is not None:
        return await directory().holder(db, Address.opened(message.address_sealed))
    return None


def end(message: Message, state: MessageState, reason: str | None = None) -> None:
    """Let a message be done. What a code was made of goes."""
    message.state, message.reason, message.ended_at, message.leased_until = state, reason, clock.now(), None
    if message.kind is Kind.code:
        message.facts_sealed = None


def put_off(message: Message, until: datetime, reason: str) -> None:
    """Let a message wait; its way is decided anew then, since what its recipient wants may have changed."""
    message.not_before, message.reason, message.leased_until = until, reason, None
    message.channel, message.attempts, message.first_tried_at = None, 0, None


def _why_not(message: Message, recipient: Recipient | None) -> tuple[MessageState, str]:
    """How a message ends that leaves by no channel."""
    if recipient is None:
        return MessageState.failed, "unknown_recipient"
    if not recipient.wants(message.kind):
        return MessageState.inbox, "switched_off"
    if message.tried:
        return MessageState.failed, "no_channel_left"
    in_inbox = message.kind is not Kind.code and message.recipient_id is not None
    return MessageState.inbox if in_inbox else MessageState.failed, "no_address"
