"""What a report leaves out: numbers about a few, and those from which they could be worked out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plut_api.insights.financing.suppression import Parts, is_small, left_out

counts = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(0, 12)), max_size=12)


def rows(*numbers: int) -> list[Parts]:
    return [Parts((number,)) for number in numbers]


@pytest.mark.parametrize(
    ("numbers", "missing"),
    [
        ((9, 8, 7), set()),
        ((9, 0), set()),
        ((9, 8, 4), {1, 2}),  # The total would tell the one that is missing, so the next one goes along.
        ((9, 8, 2, 2), {1, 2, 3}),  # 2 and 2 are 4 together: still a few.
        ((9, 8, 3, 2), {2, 3}),
        ((4,), {0}),
        ((), set()),
    ],
)
def test_a_small_row_is_missing_and_another_with_it(numbers: tuple[int, ...], missing: set[int]) -> None:
    assert left_out(rows(*numbers), 5) == missing


def test_a_row_that_may_not_be_told_for_another_reason_takes_part() -> None:
    assert left_out([Parts((9,)), Parts((8,), may_be_told=False), Parts((7,))], 5) == {1, 2}


@given(counts)
def test_what_is_told_is_never_about_a_few_nor_is_what_is_missing_known_to_be(numbers: list[tuple[int, ...]]) -> None:
    parts = [Parts(each) for each in numbers]

    missing = left_out(parts, 5)

    told = [part for place, part in enumerate(parts) if place not in missing]
    assert not any(is_small(part.counts, 5) for part in told)
    if missing and told:
        together = [sum(each) for each in zip(*(parts[place].counts for place in missing), strict=True)]
        assert len(missing) > 1
        assert not is_small(together, 5)
