"""Collectibility goes by days past due (POJK 40/2019, as reported); eased terms may make it worse, never better."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plut_api.financing.repayments.quality import class_by_days, quality_faults

VALUES = {
    "repayment.special_mention_from_days": 1,
    "repayment.substandard_from_days": 91,
    "repayment.doubtful_from_days": 121,
    "repayment.loss_from_days": 181,
}
days = st.integers(0, 10_000)
classes = st.integers(1, 5)


@pytest.mark.parametrize(
    ("late", "collectibility"),
    [(0, 1), (1, 2), (90, 2), (91, 3), (120, 3), (121, 4), (180, 4), (181, 5), (10_000, 5)],
)
def test_each_class_begins_and_ends_on_its_day(late: int, collectibility: int) -> None:
    assert class_by_days(late, VALUES) == collectibility


@given(days, days)
def test_who_is_later_never_stands_better(one: int, other: int) -> None:
    earlier, later = sorted((one, other))

    assert class_by_days(earlier, VALUES) <= class_by_days(later, VALUES)


@given(classes, days)
def test_a_loan_stands_in_the_class_of_its_days_and_no_other(collectibility: int, late: int) -> None:
    faults = quality_faults(collectibility, late, False, VALUES)

    assert bool(faults) == (collectibility != class_by_days(late, VALUES))


@given(classes, days)
def test_eased_terms_may_stand_worse_than_their_days_but_never_better(collectibility: int, late: int) -> None:
    faults = quality_faults(collectibility, late, True, VALUES)

    assert bool(faults) == (collectibility < class_by_days(late, VALUES))
