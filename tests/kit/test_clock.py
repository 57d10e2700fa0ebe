"""The one clock."""

from datetime import UTC, date, datetime, timedelta

import pytest

from plut_api.kit import clock


def test_the_day_changes_at_midnight_in_wita() -> None:
    with clock.clock_at(datetime(2026, 3, 1, 15, 59, 59, tzinfo=UTC)):
        assert clock.today() == date(2026, 3, 1)
    with clock.clock_at(datetime(2026, 3, 1, 16, 0, tzinfo=UTC)):
        assert clock.today() == date(2026, 3, 2)


def test_now_is_utc_and_moves() -> None:
    first = clock.now()
    second = clock.now()

    assert first.utcoffset() == timedelta(0)
    assert second >= first
    assert abs(datetime.now(UTC) - second) < timedelta(seconds=5)


def test_a_held_clock_runs_on_after_a_failure() -> None:
    def fail_while_held() -> None:
        with clock.clock_at(datetime(2020, 1, 1, tzinfo=UTC)):
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_while_held()

    assert clock.now().year > 2020
