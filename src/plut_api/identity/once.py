"""What a client signed for a single use is used once in all processes: assertions (RFC 7523), proofs (RFC 9449)."""

import hashlib
from datetime import datetime

from sqlalchemy import DateTime, LargeBinary, bindparam, delete, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.identity.models import UsedOnce
from plut_api.kit import clock

# One statement, one way there and back. Not waiting for the disk loses at most the last moment before a crash of the
# database, and a proof that old is seconds from its end; an unlogged table would lose them all, and on every failover.
_USE = text(
    "WITH unhurried AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))"
    " INSERT INTO used_once (key, expires_at) SELECT :key, :expires_at FROM unhurried"
    " ON CONFLICT DO NOTHING RETURNING true"
).bindparams(bindparam("key", type_=LargeBinary), bindparam("expires_at", type_=DateTime(timezone=True)))


async def used_for_the_first_time(
    sessions: async_sessionmaker[AsyncSession], owner: str, jti: str, expires_at: datetime
) -> bool:
    """Whether nobody came with this `jti` of this owner before; remembered until it would be too old anyway."""
    key = hashlib.sha256(f"{owner}\0{jti}".encode()).digest()
    async with sessions() as db:
        await db.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
        return await db.scalar(_USE, {"key": key, "expires_at": expires_at}) is not None


async def forget_used_ones(db: AsyncSession) -> None:
    """Remove what would be refused for its age by now (worker)."""
    await db.execute(delete(UsedOnce).where(UsedOnce.expires_at < clock.now()))
