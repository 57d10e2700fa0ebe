"""Quotas shared by all processes: fixed windows counted in PostgreSQL, leased so that most calls ask nobody.

A process leases a twentieth of the quota at a time; a caller spread over n processes may so lose up to n leases at
the end of a window, never gain one.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from fastapi import Request
from sqlalchemy import Integer, delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import Mapped, mapped_column
from starlette.types import Scope

from plut_api.kit import clock
from plut_api.kit.database import Model
from plut_api.kit.problems import TooManyRequests


class RateWindow(Model):
    """How much of a quota is used in one window."""

    __tablename__ = "rate_windows"
    __table_args__ = ({"prefixes": ["UNLOGGED"]},)
    key: Mapped[str] = mapped_column(primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(primary_key=True)
    used: Mapped[int] = mapped_column(Integer)


@dataclass(frozen=True)
class Quota:
    """So many calls in so many seconds."""

    name: str
    calls: int
    seconds: int
    by_address: bool = False  # Whoever calls; for operations where nobody is known for certain yet.

    @property
    def policy(self) -> str:
        """The `RateLimit-Policy` member (draft-ietf-httpapi-ratelimit-headers)."""
        return f'"{self.name}";q={self.calls};w={self.seconds}'


@dataclass
class _Lease:
    left: int
    left_elsewhere: int
    renewing: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(frozen=True)
class Standing:
    """What is left of a quota, and the seconds until it is whole again."""

    quota: Quota
    left: int
    resets_in: int
    allowed: bool

    @property
    def field(self) -> str:
        """The `RateLimit` member."""
        return f'"{self.quota.name}";r={self.left};t={self.resets_in}'


async def take(db: AsyncSession, quota: Quota, key: str, calls: int = 1) -> int:
    """Count calls against a quota at once; the total used in the present window, these included."""
    window = _window(quota)
    statement = (
        insert(RateWindow)
        .values(key=f"{quota.name}:{key}", starts_at=window, used=calls)
        .on_conflict_do_update(
            index_elements=[RateWindow.key, RateWindow.starts_at], set_={"used": RateWindow.used + literal(calls)}
        )
        .returning(RateWindow.used)
    )
    return await db.scalar(statement) or 0


async def used(db: AsyncSession, quota: Quota, key: str) -> int:
    """How many calls are counted against a quota in the present window."""
    query = select(RateWindow.used).where(RateWindow.key == f"{quota.name}:{key}")
    return await db.scalar(query.where(RateWindow.starts_at == _window(quota))) or 0


async def require_quota(request: Request, quota: Quota, key: str) -> None:
    """Count one call, committed on its own so that a refused request counts too. Raises TooManyRequests."""
    async with request.app.state.sessions() as db, db.begin():
        total = await take(db, quota, key)
    if total > quota.calls:
        raise too_many(quota)


def too_many(quota: Quota) -> TooManyRequests:
    """The problem of a used-up quota, with the seconds to wait."""
    return TooManyRequests(headers={"Retry-After": str(_resets_in(quota))})


class Meter:
    """One quota for many keys in this process, backed by the shared windows."""

    def __init__(self, quota: Quota, sessions: async_sessionmaker[AsyncSession]) -> None:
        self.quota = quota
        self._sessions = sessions
        self._window: datetime | None = None
        self._leases: dict[str, _Lease] = {}

    async def count(self, key: str) -> Standing:
        """Count one call of a key."""
        window = _window(self.quota)
        if window != self._window:  # A new window makes the old leases worthless.
            self._window, self._leases = window, {}
        lease = self._leases.get(key)
        if lease is None:
            lease = self._leases[key] = _Lease(0, self.quota.calls)
        if lease.left == 0 and lease.left_elsewhere > 0:
            async with lease.renewing:  # Calls that come at once share one renewal, or each would take a lease.
                if lease.left == 0 and lease.left_elsewhere > 0:
                    await self._renew(key, lease)
        allowed = lease.left > 0
        if allowed:
            lease.left -= 1
        return Standing(self.quota, lease.left + max(lease.left_elsewhere, 0), _resets_in(self.quota), allowed)

    async def _renew(self, key: str, lease: _Lease) -> None:
        size = min(max(self.quota.calls // 20, 1), lease.left_elsewhere)
        async with self._sessions() as db, db.begin():
            used = await take(db, self.quota, key, size)
        over = max(used - self.quota.calls, 0)
        lease.left += max(size - over, 0)
        lease.left_elsewhere = max(self.quota.calls - used, 0)


class Meters:
    """A meter for each class of operations."""

    def __init__(
        self, quotas: Mapping[str, Quota], class_of: Callable[[Scope], str], sessions: async_sessionmaker[AsyncSession]
    ) -> None:
        self._class_of = class_of
        self._meters = {name: Meter(quota, sessions) for name, quota in quotas.items()}

    def of(self, scope: Scope) -> Meter:
        """The meter that counts a request."""
        return self._meters[self._class_of(scope)]


async def forget_old_windows(db: AsyncSession) -> None:
    """Remove windows that ended more than an hour ago (worker)."""
    await db.execute(delete(RateWindow).where(RateWindow.starts_at < func.now() - timedelta(hours=2)))


def _window(quota: Quota) -> datetime:
    stamp = clock.now()
    return datetime.fromtimestamp(stamp.timestamp() // quota.seconds * quota.seconds, stamp.tzinfo)


def _resets_in(quota: Quota) -> int:
    return quota.seconds - int(clock.now().timestamp()) % quota.seconds
