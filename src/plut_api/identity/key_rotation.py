"""Changing the signing key in full run: the new one signs, older ones verify until they are retired."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.identity.models import SigningKey
from plut_api.identity.problems import SigningKeyInUse, SigningKeyNotFound
from plut_api.kit.i18n import Text
from plut_api.settings import Settings

MARGIN = timedelta(seconds=60)
"""What a token's answer may take on its way, and what the clocks of our machines may differ."""
_STILL_SIGNS = Text(
    id="Kunci {kid} masih menandatangani; buat kunci baru dahulu: plut keys rotate",
    en="The key {kid} still signs; make another first: plut keys rotate",
)
_TOKENS_LIVE = Text(
    id="Token dari kunci {kid} mungkin berlaku sampai {until}; ulangi sesudahnya, atau paksa dengan --force",
    en="Tokens of the key {kid} may be valid until {until}; repeat it then, or use --force",
)


class KeyState(StrEnum):
    """What a signing key does at present."""

    waits = "waits"
    signs = "signs"
    verifies = "verifies"
    retired = "retired"


@dataclass(frozen=True)
class Standing:
    """A key, what it does, and from when on no token of it can be valid (None while it signs or waits)."""

    key: SigningKey
    state: KeyState
    idle_from: datetime | None


async def standings(db: AsyncSession, settings: Settings) -> list[Standing]:
    """Every key, newest first."""
    query = select(SigningKey).order_by(SigningKey.signs_from.desc(), SigningKey.id.desc())
    now = (await db.scalars(select(func.now()))).one()
    return _judged(list(await db.scalars(query)), now, settings)


async def retire(db: AsyncSession, settings: Settings, key_id: UUID, *, force: bool = False) -> SigningKey:
    """Believe a key no longer. Processes notice within two minutes.

    Raises SigningKeyNotFound, SigningKeyInUse: it signs, or (unless forced) tokens that it signed may be valid.
    """
    now = (await db.scalars(select(func.now()))).one()
    found = next((s for s in await standings(db, settings) if s.key.id == key_id), None)
    if found is None:
        raise SigningKeyNotFound()
    if found.state is KeyState.signs:
        raise SigningKeyInUse(detail=_STILL_SIGNS.filled(kid=key_id))
    if not force and found.idle_from is not None and found.idle_from > now:
        raise SigningKeyInUse(detail=_TOKENS_LIVE.filled(kid=key_id, until=f"{found.idle_from:%Y-%m-%d %H:%M:%S} UTC"))
    if found.key.retired_at is None:
        found.key.retired_at = now
        await db.flush()
    return found.key


async def retire_older_than(db: AsyncSession, settings: Settings, age: timedelta) -> list[SigningKey]:
    """Retire every key that was made so long ago and of which no token can be valid."""
    now = (await db.scalars(select(func.now()))).one()
    over = [
        standing.key
        for standing in await standings(db, settings)
        if standing.state is KeyState.verifies
        and standing.key.created_at <= now - age
        and standing.idle_from is not None
        and standing.idle_from <= now
    ]
    for key in over:
        key.retired_at = now
    await db.flush()
    return over


def _judged(keys: Sequence[SigningKey], now: datetime, settings: Settings) -> list[Standing]:
    """The states of keys, newest first. A key signed until the next newer one that was not retired took over."""
    judged = []
    taken_over_at: datetime | None = None
    for key in keys:
        idle_from = taken_over_at + timedelta(seconds=settings.access_token_seconds) + MARGIN if taken_over_at else None
        if key.retired_at is not None:
            state = KeyState.retired
        elif key.signs_from > now:
            state = KeyState.waits
        elif taken_over_at is None:
            state, taken_over_at = KeyState.signs, key.signs_from
        else:
            state, taken_over_at = KeyState.verifies, key.signs_from
        judged.append(Standing(key, state, None if state is KeyState.signs else idle_from))
    return judged
