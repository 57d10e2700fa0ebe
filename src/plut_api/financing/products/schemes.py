"""Schemes: what the government, or a bank on its own, allows of products. Dated data, shared by all banks."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Literal, Self

import yaml
from pydantic import Field, model_validator

from plut_api.financing.products.models import BorrowerKind, Principle
from plut_api.financing.products.requirements import CODE, Requirement
from plut_api.financing.rules.checking import check_condition
from plut_api.financing.rules.grammar import Part, Words

SUBJECT_OF: Mapping[BorrowerKind, str] = {
    BorrowerKind.business: "business",
    BorrowerKind.cooperative: "cooperative",
}
"""Whose facts requirements read; nothing is held of state companies."""


class SchemeKind(StrEnum):
    """Which family a scheme belongs to."""

    kur = "kur"
    village_cooperative = "village_cooperative"
    own = "own"


class WorkingCapital(Part):
    """Narrower ceilings where the money is working capital."""

    max_amount_idr: int | None = None
    max_tenor_months: int | None = None


class Scheme(Part):
    """The terms of one scheme within its dates. What is null is not limited, or not known to be.

    `over_amount_idr` is exclusive, ceilings are inclusive; rates are basis points a year. `status`: C the text of the
    rule was read, R reported by press or a guide, V to be verified.
    """

    code: str = Field(pattern=CODE)
    kind: SchemeKind
    name: Words
    borrower_kinds: tuple[BorrowerKind, ...] = Field(min_length=1)
    principles: tuple[Principle, ...] = tuple(Principle)
    over_amount_idr: int | None = None
    max_amount_idr: int | None = None
    max_tenor_months: int | None = None
    working_capital: WorkingCapital | None = None
    max_rate_bp: int | None = None
    npwp_above_idr: int | None = None
    no_collateral_up_to_idr: int | None = None
    needs_village_approval: bool = False
    papers: tuple[str, ...] = ()
    notes: Words | None = None
    requirements: tuple[Requirement, ...] = ()
    valid_from: date
    valid_until: date | None = None
    source: str
    status: Literal["C", "R", "V"]

    @model_validator(mode="after")
    def _can_be_asked(self) -> Self:
        for kind in self.borrower_kinds:
            for requirement in self.requirements:
                check_condition(SUBJECT_OF[kind], requirement.condition)
        return self

    def holds_on(self, day: date) -> bool:
        """Whether these terms are in force on a day."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


@cache
def shipped_schemes() -> tuple[Scheme, ...]:
    """Every row that ships with the product, checked, by code and first day. Raises ValueError for what is wrong."""
    content = files("plut_api.financing.products").joinpath("schemes.yaml").read_text(encoding="utf-8")
    given = yaml.safe_load(content)
    rows = [Scheme.model_validate(row) for row in given["schemes"]]
    rows.sort(key=lambda row: (row.code, row.valid_from))
    for before, after in pairwise(rows):
        if before.code == after.code and (before.valid_until is None or before.valid_until >= after.valid_from):
            raise ValueError(f"two rows of {after.code} hold on {after.valid_from}")
    return tuple(rows)


def schemes_on(day: date) -> Mapping[str, Scheme]:
    """The schemes in force on a day, by code."""
    return {row.code: row for row in shipped_schemes() if row.holds_on(day)}


def scheme_codes(kind: SchemeKind | None = None) -> frozenset[str]:
    """The codes of all schemes that there are or were, of one kind or of any."""
    return frozenset(row.code for row in shipped_schemes() if kind is None or row.kind is kind)


def rows_between(code: str, first: date, last: date) -> tuple[list[Scheme], date | None]:
    """The rows of a scheme that hold on any day of a period, and the first day on which none does (None: none such).

    By their dates, so that a period that is longer than one row is held against each of them.
    """
    rows = [row for row in shipped_schemes() if row.code == code]
    touched = [row for row in rows if row.valid_from <= last and (row.valid_until is None or row.valid_until >= first)]
    day = first
    for row in touched:
        if row.valid_from > day:
            break
        if row.valid_until is None or row.valid_until >= last:
            return touched, None
        day = row.valid_until + timedelta(days=1)
    return touched, day
