"""Steps of sending that several tests take."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Person
from plut_api.kit import clock, messages
from plut_api.kit.crypto import vault
from plut_api.kit.database import unit_of_work
from plut_api.kit.ids import new_id
from plut_api.kit.messages.models import Message, MessageDelivery
from plut_api.settings import Settings
from tests.factories import Make
from tests.kit.messages.gateway import FakeGateway

Sessions = async_sessionmaker[AsyncSession]
REMINDER = "certificate_ends"
DECISION = "assignment_made"
FACTS: dict[str, dict[str, Any]] = {
    REMINDER: {"business": "Kopi Sembalun", "certificate": "P-IRT", "ends_on": "2026-09-30"},
    DECISION: {"consultant": "Baiq Sri"},
    "sign_in_code": {"code": "042917", "minutes": 5},
}


@contextmanager
def at(hour: int, minute: int = 0, *, days: int = 0) -> Iterator[datetime]:
    """An hour of today in WITA, or so many days later."""
    day = clock.today() + timedelta(days=days)
    with clock.clock_at(datetime.combine(day, time(hour, minute), clock.WITA)):
        yield clock.now()


@contextmanager
def later(**by: float) -> Iterator[None]:
    """Some time from now."""
    with clock.clock_at(clock.now() + timedelta(**by)):
        yield


async def written(sessions: Sessions, to: UUID | messages.Address, template: str = REMINDER, **given: Any) -> UUID:
    """A message, committed."""
    if template == "sign_in_code":
        given.setdefault("expires_at", clock.now() + timedelta(minutes=5))
    async with unit_of_work(sessions) as db:
        message_id = await messages.send(db, to=to, template=template, facts=FACTS[template], **given)
    assert message_id is not None
    return message_id


async def message(sessions: Sessions, message_id: UUID) -> Message:
    """How a message stands."""
    async with sessions() as db:
        return await db.get_one(Message, message_id)


async def log_of(sessions: Sessions, message_id: UUID) -> list[MessageDelivery]:
    """Every attempt of a message, in order."""
    async with sessions() as db:
        query = select(MessageDelivery).where(MessageDelivery.message_id == message_id)
        return list(await db.scalars(query.order_by(MessageDelivery.id)))


async def without_account(make: Make, phone: str) -> Person:
    """A person whom somebody else registered and who never signed in."""
    row = Person(
        id=new_id(),
        full_name="Inaq Contoh",
        phone_sealed=vault().seal("people.phone", phone),
        phone_index=vault().blind("people.phone", phone),
        disabilities=[],
    )
    await make.add(row)
    return row


def using(settings: Settings, sms: FakeGateway, whatsapp: FakeGateway | None = None, **changed: Any) -> Settings:
    """Settings with gateways of this machine."""
    changed |= {"sms_gateway": sms.url, "whatsapp_gateway": whatsapp.url if whatsapp else None}
    return settings.model_copy(update=changed)
