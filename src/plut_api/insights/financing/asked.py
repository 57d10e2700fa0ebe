"""What the report on financing is asked for: how its rows are grouped, and what narrows it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from fastapi import Query

from plut_api.kit.problems import Invalid, fault
from plut_api.kit.wire import Id


class Grouping(StrEnum):
    """What a row of the report stands for."""

    everything = "everything"
    bank = "bank"
    product = "product"
    scheme = "scheme"
    regency = "regency"
    district = "district"
    segment = "segment"
    size_class = "size_class"
    month = "month"
    reason = "reason"


_MONTH = r"^[0-9]{4}-(0[1-9]|1[0-2])$"
_ENDS_BEFORE = fault(
    "/query/to",
    "ends_before_it_starts",
    id="Bulan terakhir sebelum bulan pertama",
    en="The last month is before the first",
)
SchemeCode = Annotated[str, Query(max_length=64, pattern=r"^[a-z0-9_]+$", examples=["kur_mikro"])]


@dataclass
class Narrowing:
    """The query parameters that narrow the report. Whole months, so that no few days can be told apart."""

    first: Annotated[
        str | None,
        Query(
            alias="from",
            max_length=7,
            pattern=_MONTH,
            description="Sent to a bank in this month or later.",
            examples=["2026-01"],
        ),
    ] = None
    to: Annotated[
        str | None,
        Query(max_length=7, pattern=_MONTH, description="Sent in this month or before.", examples=["2026-12"]),
    ] = None
    bank: Annotated[list[Id] | None, Query(max_length=50, description="Only to these banks, by id.")] = None
    scheme: Annotated[list[SchemeCode] | None, Query(max_length=20, description="Only under these schemes.")] = None

    def __post_init__(self) -> None:
        """Raises Invalid (`to`)."""
        if self.first is not None and self.to is not None and self.to < self.first:
            raise Invalid(errors=[_ENDS_BEFORE])
