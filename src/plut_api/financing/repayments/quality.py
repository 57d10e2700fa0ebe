"""Collectibility by days past due: the five classes, as dated rule values (POJK 40/POJK.03/2019, as reported).

The regulation weighs prospects and ability, too, but small loans go by punctuality alone. A loan whose terms were eased
keeps a worse class until it was paid on time for a while, so it may stand worse than its days, never better.
"""

from collections.abc import Mapping

from plut_api.financing.repayments.words import CLASSES
from plut_api.kit.problems import Fault, fault

PREFIX = "repayment."
_FIRST_DAYS = (
    "repayment.special_mention_from_days",
    "repayment.substandard_from_days",
    "repayment.doubtful_from_days",
    "repayment.loss_from_days",
)


def class_by_days(days_past_due: int, values: Mapping[str, int]) -> int:
    """The class that follows from days past due alone: 1 (lancar) to 5 (macet)."""
    return 1 + sum(days_past_due >= values[code] for code in _FIRST_DAYS)


def quality_faults(
    collectibility: int, days_past_due: int, is_restructured: bool, values: Mapping[str, int]
) -> list[Fault]:
    """What is wrong with a class, given its days past due; empty if nothing is."""
    by_days = class_by_days(days_past_due, values)
    if collectibility == by_days or (is_restructured and collectibility > by_days):
        return []
    words = CLASSES[by_days]
    return [
        fault(
            "#/collectibility",
            "collectibility_differs",
            id=f"Tunggakan {days_past_due} hari berarti {by_days} ({words.id})",
            en=f"{days_past_due} days past due mean {by_days} ({words.en})",
        )
    ]
