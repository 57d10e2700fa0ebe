"""Yearly figures of businesses, and what followed from them, on the wire."""

from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from plut_api.actors.models import FigureSource, SizeCause, SizeClass, Verification
from plut_api.actors.schemas.people import Advice
from plut_api.kit import clock
from plut_api.kit.i18n import Text
from plut_api.kit.pages import Page
from plut_api.kit.wire import Count, Day, Id, Idr, Instant, Read, Wire, Year

_FUTURE_YEAR = Text(id="Tahun ini belum berjalan", en="This year is still to come")


def _begun_year(value: int) -> int:
    if value > clock.today().year:
        raise PydanticCustomError("year_in_future", "Still to come", {"words": _FUTURE_YEAR})
    return value


PastYear = Annotated[Year, AfterValidator(_begun_year)]
Source = Annotated[
    FigureSource, Field(description="Where figures come from. Open: expect new values.", examples=["owner"])
]
Level = Annotated[
    Verification,
    Field(
        description="How well figures are proven, in rising order: `declared`, `document_seen`, `verified`. Open.",
        examples=["declared"],
    ),
]
Cause = Annotated[
    SizeCause,
    Field(
        description="`figures`: a year that had not been reported before, so the business itself changed. "
        "`correction`: another report, or a verification, of a year that had one. `law`: other thresholds. Also "
        "`import`, `merge`. Open: expect new values.",
        examples=["figures"],
    ),
]
Class = Annotated[SizeClass, Field(description="Size class. Open: expect new values.", examples=["micro"])]
_FILE = Field(default=None, description="The paper behind them, from `POST /v1/files`.")


class AnnualFigureCreate(Wire):
    """Figures of one year, as a whole: what is left out is not known. A correction is a new report of the same year."""

    year: PastYear
    capital_idr: Idr | None = Field(
        default=None, description="Capital without land and buildings of the business.", examples=[40_000_000]
    )
    sales_idr: Idr | None = Field(default=None, description="Sales of the year.", examples=[120_000_000])
    assets_idr: Idr | None = Field(default=None, description="Assets at the end of the year.", examples=[60_000_000])
    workers_female: Count | None = Field(default=None, description="Women who work in it.", examples=[2])
    workers_male: Count | None = Field(default=None, description="Men who work in it.", examples=[1])
    workers_disability: Count | None = Field(
        default=None, description="Of these, people with a disability.", examples=[1]
    )
    source: Source | None = Field(
        default=None,
        description="By default who reports: `owner`, or of staff `officer`. Staff may name `tax` or `exchange`.",
        examples=["officer"],
    )
    verification: Level = Field(
        default=Verification.declared,
        description="Staff who saw the papers say `document_seen`. `verified` comes by verifying a report.",
        examples=["declared"],
    )
    file_id: Id | None = _FILE


class FigureVerification(Wire):
    """To what level staff verified a report, and by which paper."""

    verification: Level
    file_id: Id | None = _FILE


class AnnualFigureRead(Read):
    """Figures of one year as reported or verified at one time."""

    id: Id
    year: Year
    capital_idr: Idr | None = Field(
        description="Capital without land and buildings of the business.", examples=[40_000_000]
    )
    sales_idr: Idr | None = Field(description="Sales.", examples=[120_000_000])
    assets_idr: Idr | None = Field(description="Assets.", examples=[60_000_000])
    workers_female: Count | None = Field(description="Women who work in it.", examples=[2])
    workers_male: Count | None = Field(description="Men who work in it.", examples=[1])
    workers_disability: Count | None = Field(description="Of these, people with a disability.", examples=[1])
    source: Source
    verification: Level
    of_figure_id: Id | None = Field(description="Of a verification: the report that it verifies.")
    file_id: Id | None = Field(description="The paper behind them; null while there is none.")
    counts: Annotated[
        bool,
        Field(
            description="Whether this is the one that counts of its year: of those with the highest level of "
            "verification the newest.",
            examples=[True],
        ),
    ]
    created_at: Instant


class AnnualFigureRecorded(AnnualFigureRead):
    """The recorded figures, and what looks wrong but was accepted."""

    warnings: Annotated[
        list[Advice], Field(max_length=10, description="What looks wrong but is accepted.", examples=[[]])
    ]


class AnnualFigurePage(Page[AnnualFigureRead]):
    """One page of yearly figures, newest report first."""


class FigureBehind(Read):
    """Figures that a size class follows from."""

    id: Id
    year: Year
    sales_idr: Idr | None = Field(description="Sales.", examples=[120_000_000])
    capital_idr: Idr | None = Field(description="Capital.", examples=[40_000_000])
    source: Source
    verification: Level


class SizeChangeRead(Read):
    """A step in the size of a business, and what is behind it."""

    id: Id
    from_class: Class | None = Field(description="Before; null if it was unknown.", examples=["micro"])
    to_class: Class | None = Field(description="From then on; null if it is unknown.", examples=["small"])
    by_sales: Class | None = Field(description="The class by yearly sales (PP 7/2021 art. 35(5)).", examples=["small"])
    by_capital: Class | None = Field(description="The class by capital (PP 7/2021 art. 35(3)).", examples=["micro"])
    basis: Annotated[
        str | None,
        Field(
            max_length=16,
            pattern=r"^[a-z]+$",
            description="Which of the two counts: `sales` where they are known, else `capital`.",
            examples=["sales"],
        ),
    ]
    cause: Cause
    effective_on: Day = Field(
        description="From which day it holds: of a law that of its coming into force, else that of the report.",
        examples=["2026-03-02"],
    )
    rule_source: Annotated[
        str | None,
        Field(max_length=200, pattern=r"^[^\x00]*$", description="The law.", examples=["PP 7/2021 art. 35(5)"]),
    ]
    rule_valid_from: Day | None = Field(description="Since when its thresholds hold.", examples=["2021-02-02"])
    figure: FigureBehind | None = Field(description="The figures that decided; null if the class became unknown.")
    capital_figure: FigureBehind | None = Field(description="The figures behind the class by capital.")
    created_at: Instant


class SizeHistory(Page[SizeChangeRead]):
    """One page of the steps, newest first."""
