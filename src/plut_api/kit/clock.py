"""The one clock of the product. Instants are UTC; schedules are dates in WITA (Asia/Makassar)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

WITA = ZoneInfo("Asia/Makassar")


def _system_time() -> datetime:
    return datetime.now(UTC)


_read: Callable[[], datetime] = _system_time


def now() -> datetime:
    """The present instant, UTC."""
    return _read()


def today() -> date:
    """The present day in Nusa Tenggara Barat (WITA)."""
    return now().astimezone(WITA).date()


@contextmanager
def clock_at(instant: datetime) -> Iterator[None]:
    """Hold the clock still at an instant, for tests and reproducible samples."""
    global _read
    before, _read = _read, lambda: instant
    try:
        yield
    finally:
        _read = before
