"""Who a recipient is, how they can be reached and want to be, and the house's terms: a room registers and answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import clock
from plut_api.kit.i18n import Locale
from plut_api.kit.messages.models import URGENT, Channel, Kind
from plut_api.kit.messages.sending import Address


@dataclass(frozen=True)
class Recipient:
    """Somebody to be told: by which channels, in their order, in which language, and what they switched off."""

    language: Locale
    addresses: Mapping[Channel, str] = field(repr=False)
    quiet: tuple[time, time]
    muted: frozenset[Kind] = frozenset()

    def wants(self, kind: Kind) -> bool:
        """Whether a kind of message may leave the house for them; codes and decisions always may."""
        return kind in URGENT or kind not in self.muted


@dataclass(frozen=True)
class Terms:
    """What messages cost by channel (whole rupiah, of text messages each part), and how long a channel is tried."""

    costs_idr: Mapping[Channel, int]
    tried_for: timedelta


class Directory(Protocol):
    """What a room answers."""

    async def recipient(self, db: AsyncSession, to: UUID) -> Recipient | None:
        """The recipient of an id (account or person); None if there is none any more."""

    async def holder(self, db: AsyncSession, address: Address) -> Recipient:
        """Whoever holds an address, known or not."""

    async def terms(self, db: AsyncSession) -> Terms:
        """The terms of today."""


_directories: list[Directory] = []


def register_directory(found: Directory) -> None:
    """Say who answers."""
    _directories[:] = [found]


def directory() -> Directory:
    """Who answers. Raises LookupError where no room registered."""
    if not _directories:
        raise LookupError("no room has registered a directory of recipients")
    return _directories[0]


def end_of_quiet(quiet: tuple[time, time], now: datetime) -> datetime | None:
    """When quiet hours that run now end (WITA, also over midnight); None while there are none."""
    begins, ends = quiet
    local = now.astimezone(clock.WITA)
    at = local.time()
    over_midnight = begins > ends
    quiet_now = (at >= begins or at < ends) if over_midnight else begins <= at < ends
    if not quiet_now:
        return None
    day = local.date() + timedelta(days=1 if over_midnight and at >= begins else 0)
    return datetime.combine(day, ends, tzinfo=clock.WITA)


def next_day(now: datetime) -> datetime:
    """The beginning of tomorrow in WITA."""
    return datetime.combine(now.astimezone(clock.WITA).date() + timedelta(days=1), time(), tzinfo=clock.WITA)
