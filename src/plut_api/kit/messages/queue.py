"""Which messages are due: codes first, then decisions, then the rest, each kind by age.

A backlog of reminders in the morning must not stand before a code, nor be sorted for every look: each kind is read by
itself along an index, a few rows deep.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Text, Uuid, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import clock
from plut_api.kit.messages.models import Channel, Kind, Message

_ORDER = (Kind.code, Kind.decision, Kind.reminder, Kind.offer)
_DUE = """
    SELECT due.id FROM unnest(CAST(:kinds AS text[])) WITH ORDINALITY AS ranked (kind, rank)
    CROSS JOIN LATERAL (
        SELECT m.id, m.not_before FROM messages m
        WHERE m.state = 'waiting' AND m.kind = ranked.kind AND {way} AND m.not_before <= :now
            AND (m.leased_until IS NULL OR m.leased_until <= :now)
            AND (CAST(:only AS uuid[]) IS NULL OR m.id = ANY(:only))
        ORDER BY m.not_before LIMIT :most FOR UPDATE SKIP LOCKED
    ) AS due ORDER BY ranked.rank, due.not_before LIMIT :most
"""
_TYPES = (
    bindparam("kinds", type_=ARRAY(Text)),
    bindparam("only", type_=ARRAY(Uuid)),
    bindparam("now", type_=DateTime(timezone=True)),
)
_UNPLANNED = text(_DUE.format(way="m.channel IS NULL")).bindparams(*_TYPES)
_BY_CHANNEL = text(_DUE.format(way="m.channel = :channel")).bindparams(*_TYPES)


async def due(
    db: AsyncSession, channel: Channel | None, most: int, only: Collection[UUID] | None = None
) -> list[Message]:
    """Messages of a channel (None: of those without one yet) that are due, most urgent first, locked until the commit.

    Those that somebody else holds are passed over. Leans on ix_messages_due and
    ix_messages_unplanned.
    """
    given = {
        "kinds": [kind.value for kind in _ORDER],
        "now": clock.now(),
        "most": most,
        "only": list(only) if only is not None else None,
    }
    if channel is None:
        ids = list(await db.scalars(_UNPLANNED, given))
    else:
        ids = list(await db.scalars(_BY_CHANNEL, given | {"channel": channel.value}))
    if not ids:
        return []
    found = {message.id: message for message in await db.scalars(select(Message).where(Message.id.in_(ids)))}
    return [found[each] for each in ids]
