"""Where a business sells, since when until when. A channel that ended stays on file."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.access import require_actor
from plut_api.actors.business_problems import ChannelNotFound
from plut_api.actors.models import SalesChannel
from plut_api.actors.schemas.channels import ChannelCreate
from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller
from plut_api.kit.etags import require_match
from plut_api.kit.ids import new_id
from plut_api.kit.problems import Invalid, fault


async def channels_of(db: AsyncSession, caller: Caller, actor_id: UUID) -> Select[SalesChannel]:
    """The sales channels of a business within the caller's rows. Raises ActorNotFound."""
    actor = await require_actor(db, caller, actor_id)
    return select(SalesChannel).where(SalesChannel.actor_id == actor.id)


def wanted(query: Select[SalesChannel], active: bool | None) -> Select[SalesChannel]:
    """Only those where it sells, or only those that ended, or all."""
    if active is None:
        return query
    return query.where(SalesChannel.until.is_(None) if active else SalesChannel.until.is_not(None))


async def one_channel(
    db: AsyncSession, caller: Caller, actor_id: UUID, channel_id: UUID, *, for_update: bool = False
) -> SalesChannel:
    """A sales channel of a business within the caller's rows. Raises ActorNotFound, ChannelNotFound."""
    query = (await channels_of(db, caller, actor_id)).where(SalesChannel.id == channel_id)
    channel = await db.scalar(query.with_for_update() if for_update else query)
    if channel is None:
        raise ChannelNotFound()
    return channel


async def add_channel(db: AsyncSession, caller: Caller, actor_id: UUID, given: ChannelCreate) -> SalesChannel:
    """Register a sales channel. Raises ActorNotFound. Emits channel.added."""
    actor = await require_actor(db, caller, actor_id)
    channel = SalesChannel(id=new_id(), actor_id=actor.id, recorded_by=caller.id, **given.model_dump())
    db.add(channel)
    await db.flush()
    await db.refresh(channel)
    await _tell(db, "channel.added", channel, caller)
    return channel


async def change_channel(
    db: AsyncSession,
    caller: Caller,
    actor_id: UUID,
    channel_id: UUID,
    if_match: str | None,
    changes: Mapping[str, Any],
) -> SalesChannel:
    """Change a sales channel, or say that it has ended, or that it sells there again.

    Raises ActorNotFound, ChannelNotFound, Invalid (`ends_before_it_begins`), and for `If-Match`. Emits channel.changed.
    """
    channel = await one_channel(db, caller, actor_id, channel_id, for_update=True)
    require_match(channel, if_match)
    since, until = (changes.get(name, getattr(channel, name)) for name in ("since", "until"))
    if since is not None and until is not None and until < since:
        raise Invalid(errors=[_ENDS_BEFORE])
    for name, value in changes.items():
        setattr(channel, name, value)
    channel.version += 1
    await db.flush()
    await db.refresh(channel)
    await _tell(db, "channel.changed", channel, caller)
    return channel


async def end_channel(db: AsyncSession, caller: Caller, actor_id: UUID, channel_id: UUID, if_match: str | None) -> None:
    """Say that a business no longer sells somewhere, from today; one that has ended stays as it is.

    Raises ActorNotFound, ChannelNotFound, and for `If-Match`. Emits channel.changed.
    """
    channel = await one_channel(db, caller, actor_id, channel_id, for_update=True)
    require_match(channel, if_match)
    if channel.until is None:
        channel.until = clock.today()
        channel.version += 1
        await db.flush()
        await _tell(db, "channel.changed", channel, caller)


async def _tell(db: AsyncSession, event: str, channel: SalesChannel, caller: Caller) -> None:
    facts = {"actor_id": channel.actor_id, "channel_id": channel.id, "kind": channel.kind.value}
    await outbox.record(db, event, channel.id, by=caller, **facts)


_ENDS_BEFORE = fault("#/until", "ends_before_it_begins", id="Berakhir sebelum dimulai", en="It ends before it begins")
