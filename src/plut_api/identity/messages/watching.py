"""Where messages stand, for the Dinas and for gateways."""

from collections.abc import Collection

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.identity.messages.problems import DeliveryNotFound
from plut_api.identity.messages.schemas import GatewayReceipt
from plut_api.kit.database import unit_of_work
from plut_api.kit.messages.models import Channel, Kind, Message, MessageState
from plut_api.kit.messages.receipts import take_receipt


def messages_in(
    states: Collection[MessageState], kinds: Collection[Kind], channels: Collection[Channel]
) -> Select[Message]:
    """Messages by state, kind and channel; no filter is all. Leans on ix_messages_state."""
    query = select(Message)
    if states:
        query = query.where(Message.state.in_(states))
    if kinds:
        query = query.where(Message.kind.in_(kinds))
    return query.where(Message.channel.in_(channels)) if channels else query


async def require_receipt_taken(sessions: async_sessionmaker[AsyncSession], receipt: GatewayReceipt) -> None:
    """Note a receipt, by itself: whoever's token came along with it, gateways stand before no wall.

    Raises DeliveryNotFound.
    """
    async with unit_of_work(sessions) as db:
        known = await take_receipt(db, receipt.channel, receipt.id, arrived=receipt.state == "delivered")
    if not known:
        raise DeliveryNotFound()
