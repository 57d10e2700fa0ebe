"""The inbox: every message to an account or its person but codes, worded in the reader's language."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.identity.messages.people import known_ids
from plut_api.identity.messages.problems import MessageNotFound
from plut_api.kit import clock
from plut_api.kit.caller import Caller
from plut_api.kit.crypto import SealBroken, vault
from plut_api.kit.i18n import Locale, Text
from plut_api.kit.messages.models import Kind, Message
from plut_api.kit.messages.sending import FACTS
from plut_api.kit.messages.templates import Rendered, render, template

_GONE = Text(id="Pesan ini tidak dapat ditampilkan lagi.", en="This message can no longer be shown.")


@dataclass(frozen=True)
class Letter:
    """A message as its recipient reads it."""

    id: UUID
    kind: Kind
    template: str
    sent_at: datetime
    read_at: datetime | None
    subject: str = field(repr=False)
    text: str = field(repr=False)


async def letters(db: AsyncSession, caller: Caller, *, unread: bool | None, kinds: list[Kind]) -> Select[Message]:
    """What lies in the caller's inbox by now."""
    query = await _own(db, caller)
    if unread is not None:
        query = query.where(Message.read_at.is_(None) if unread else Message.read_at.is_not(None))
    return query.where(Message.kind.in_(kinds)) if kinds else query


async def read(db: AsyncSession, caller: Caller, message_id: UUID) -> Message:
    """Note that the caller read a message; reading it again changes nothing. Raises MessageNotFound."""
    query = (await _own(db, caller)).where(Message.id == message_id)
    message: Message | None = await db.scalar(query.with_for_update())
    if message is None:
        raise MessageNotFound()
    message.read_at = message.read_at or clock.now()
    await db.flush()
    return message


def letter(message: Message, locale: Locale) -> Letter:
    """A message in words."""
    words = _words(message, locale)
    return Letter(
        message.id,
        message.kind,
        message.template,
        message.shown_from,
        message.read_at,
        words.subject,
        words.text,
    )


async def _own(db: AsyncSession, caller: Caller) -> Select[Message]:
    return select(Message).where(
        Message.recipient_id.in_(await known_ids(db, caller.id)),
        Message.kind != Kind.code,
        Message.shown_from <= clock.now(),
    )


def _words(message: Message, locale: Locale) -> Rendered:
    """Templates of an earlier release may be gone, keys lost; the inbox still opens."""
    try:
        facts = orjson.loads(vault().open(FACTS, message.facts_sealed or b""))
        return render(template(message.template), locale, facts)
    except (LookupError, ValueError, SealBroken):
        return Rendered(message.template, _GONE.in_locale(locale), "")
