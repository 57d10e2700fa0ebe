"""What messages may cost in a day. Counted by one guarded UPDATE, so that no number of workers exceeds it."""

from datetime import date
from typing import Any

from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import clock, outbox
from plut_api.kit.ids import new_id
from plut_api.kit.messages.models import Channel, MessageDelivery, MessageSpending
from plut_api.settings import Settings

CAP_REACHED = "messages.cap_reached"
RESERVE_REACHED = "messages.reserve_reached"


async def pay(db: AsyncSession, settings: Settings, channel: Channel, cost_idr: int, *, urgent: bool) -> bool | None:
    """Take the cost of a message from today's money, or for an urgent one from the reserve.

    Whether it came from the reserve; None if there is no money left for it today. The first message of a day that its
    money does not suffice for records messages.cap_reached, the first that has no reserve, messages.reserve_reached.
    """
    if cost_idr == 0:
        return False
    day = clock.today()
    caps = {"cap_idr": settings.messages_daily_idr, "reserve_cap_idr": settings.messages_reserve_idr}
    await db.execute(insert(MessageSpending).values(day=day, **caps).on_conflict_do_nothing())
    if await _take(db, day, channel, cost_idr, "ordinary_idr", settings.messages_daily_idr):
        return False
    await _tell_once(db, day, "cap_reached_at", CAP_REACHED, settings.messages_daily_idr)
    if not urgent:
        return None
    if await _take(db, day, channel, cost_idr, "reserve_idr", settings.messages_reserve_idr):
        return True
    await _tell_once(db, day, "reserve_reached_at", RESERVE_REACHED, settings.messages_reserve_idr)
    return None


async def give_back(db: AsyncSession, delivery: MessageDelivery) -> None:
    """Return what an attempt was to cost that surely sent nothing."""
    if not delivery.cost_idr:
        return
    purse = "reserve_idr" if delivery.from_reserve else "ordinary_idr"
    day = delivery.created_at.astimezone(clock.WITA).date()
    await db.execute(
        update(MessageSpending)
        .where(MessageSpending.day == day)
        .values(
            {
                name: func.greatest(getattr(MessageSpending, name) - delivery.cost_idr, 0)
                for name in _sums(purse, delivery.channel)
            }
        )
        .execution_options(synchronize_session=False)
    )
    delivery.cost_idr = 0


async def _take(db: AsyncSession, day: date, channel: Channel, cost_idr: int, purse: str, most_idr: int) -> bool:
    """Whether there was enough; the row's lock queues whoever asks at once."""
    column: Any = getattr(MessageSpending, purse)
    taken = (
        update(MessageSpending)
        .where(MessageSpending.day == day, column + cost_idr <= most_idr)
        .values({name: getattr(MessageSpending, name) + cost_idr for name in _sums(purse, channel)})
        .returning(MessageSpending.day)
        .execution_options(synchronize_session=False)
    )
    return await db.scalar(taken) is not None


async def _tell_once(db: AsyncSession, day: date, mark: str, event: str, most_idr: int) -> None:
    column: Any = getattr(MessageSpending, mark)
    marked = (
        update(MessageSpending)
        .where(MessageSpending.day == day, column.is_(None))
        .values({mark: clock.now()})
        .returning(MessageSpending.day)
        .execution_options(synchronize_session=False)
    )
    if await db.scalar(marked) is not None:
        await outbox.record(db, event, new_id(), by=None, day=day.isoformat(), cap_idr=most_idr)


def _sums(purse: str, channel: Channel) -> tuple[str, str]:
    return purse, f"{channel}_idr"
