"""What gateways tell afterwards: that a message arrived, or will not. Signed, and the same told twice changes nothing.

The signature is that of Standard Webhooks: `webhook-signature: v1,<base64 of HMAC-SHA256 over id.timestamp.body>`.
"""

import base64
import hmac
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import clock
from plut_api.kit.messages.models import Channel, Message, MessageDelivery, MessageState, Outcome

TOLERANCE = timedelta(minutes=5)
"""Between the time that was signed and ours."""
_OPEN = (Outcome.sent, Outcome.unknown, Outcome.started)


def is_signed(secret: str, receipt_id: str, timestamp: str, signature: str, body: bytes) -> bool:
    """Whether a receipt comes from who holds the secret, about now. Several signatures may stand side by side."""
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        return False
    if abs(clock.now().timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
        return False
    digest = hmac.digest(secret.encode(), f"{receipt_id}.{timestamp}.".encode() + body, "sha256")
    wanted = f"v1,{base64.b64encode(digest).decode()}".encode()
    return any(hmac.compare_digest(given.encode(), wanted) for given in signature.split()[:10])


async def take_receipt(db: AsyncSession, channel: Channel, gateway_id: str, *, arrived: bool) -> bool:
    """Note what became of a delivery; False if no such one is known. One that will not arrive goes by the next channel.

    What is settled stays: a receipt that comes twice, or late, changes nothing.
    """
    query = select(MessageDelivery).where(MessageDelivery.gateway_id == gateway_id, MessageDelivery.channel == channel)
    delivery: MessageDelivery | None = await db.scalar(
        query.order_by(MessageDelivery.id.desc()).limit(1).with_for_update()
    )
    if delivery is None:
        return False
    if delivery.outcome not in _OPEN:
        return True
    delivery.outcome = Outcome.delivered if arrived else Outcome.undelivered
    delivery.ended_at = delivery.ended_at or clock.now()
    message = await db.get(Message, delivery.message_id, with_for_update=True)
    if message is not None and message.state is MessageState.sent:
        _settle(message, channel, arrived=arrived)
    return True


def _settle(message: Message, channel: Channel, *, arrived: bool) -> None:
    if arrived:
        message.state = MessageState.delivered
        return
    message.reason = "undelivered"
    if message.facts_sealed is None:  # A code, of which nothing is kept: whoever waits asks for another.
        message.state = MessageState.failed
        return
    message.state, message.ended_at, message.channel = MessageState.waiting, None, None
    message.tried, message.not_before = [*message.tried, channel.value], clock.now()
