"""Identifiers made by the application."""

import time
from uuid import RFC_4122

from plut_api.kit.ids import new_id


def test_an_id_is_a_version_7_uuid_of_the_present_millisecond() -> None:
    before = time.time_ns() // 1_000_000
    made = new_id()
    after = time.time_ns() // 1_000_000

    assert (made.version, made.variant) == (7, RFC_4122)
    assert before <= made.int >> 80 <= after


def test_ids_sort_by_the_time_they_were_made() -> None:
    made = []
    for _ in range(20):
        made.append(new_id())
        time.sleep(0.00001)

    assert made == sorted(made)


def test_no_two_ids_are_equal() -> None:
    assert len({new_id() for _ in range(20_000)}) == 20_000
