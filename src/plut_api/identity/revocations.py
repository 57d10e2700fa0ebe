"""Access tokens that must end before their time: those of a sign-in that was ended, of an account switched off.

Each process reads what was revoked every few seconds, as it does with keys, so that no call asks the database. With
the few seconds that a verified token is remembered (tokens.py) a revoked one ends within five seconds everywhere.
"""

import asyncio
import math
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.identity.models import Revocation
from plut_api.kit import clock
from plut_api.kit.caller import Caller
from plut_api.kit.problems import Unauthorized

REMEMBERED_FOR = 3.0
"""Seconds for which a verified token may go unchecked."""
READ_AGAIN_AFTER = 2.0  # Seconds.
_KEPT = timedelta(hours=2)  # Longer than any access token lives.
_OVERLAP = timedelta(minutes=5)  # What a slow transaction wrote is dated back to its begin.


def revoke_access(db: AsyncSession, *subjects: UUID) -> None:
    """End the access tokens that were made up to now for sign-ins, accounts or clients, once `db` commits."""
    now = clock.now()
    # All columns are given, so that callers who may not read this table can write it.
    db.add_all(Revocation(subject_id=subject, revoked_at=now, created_at=now) for subject in subjects)


async def forget_old_revocations(db: AsyncSession) -> None:
    """Remove what no token lives long enough for (worker)."""
    await db.execute(delete(Revocation).where(Revocation.created_at < clock.now() - _KEPT))


class Revocations:
    """What was revoked, as this process last saw it. One read serves everybody who waits for it."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions
        self._revoked: dict[UUID, datetime] = {}
        self._read_at = -math.inf
        self._seen_until: datetime | None = None
        self._reading: asyncio.Task[None] | None = None

    async def require_live(self, caller: Caller, claims: Mapping[str, Any]) -> None:
        """Refuse a token whose sign-in or account was ended after it was made. Raises Unauthorized."""
        if time.monotonic() - self._read_at > READ_AGAIN_AFTER:
            if self._reading is None:
                self._reading = asyncio.create_task(self._read())
            await asyncio.shield(self._reading)  # The read goes on for others when one of them gives up.
        ended_at = self._revoked.get(caller.id)
        if caller.sign_in_id in self._revoked or (ended_at is not None and claims["iat"] <= ended_at.timestamp()):
            raise Unauthorized(headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})

    async def _read(self) -> None:
        try:
            started, now = time.monotonic(), clock.now()
            since = self._seen_until - _OVERLAP if self._seen_until else now - _KEPT
            query = select(Revocation.subject_id, Revocation.revoked_at).where(Revocation.created_at >= since)
            async with self._sessions() as db:
                await db.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
                found = (await db.execute(query.order_by(Revocation.created_at))).all()
            living = {subject: at for subject, at in self._revoked.items() if at > now - _KEPT}
            self._revoked = living | {row.subject_id: row.revoked_at for row in found}
            self._read_at, self._seen_until = started, now
        finally:
            self._reading = None
