"""What a report is asked for: how its rows are grouped, which figure is opened, what narrows it."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query

from plut_api.actors.models import SegmentKind
from plut_api.kit import clock
from plut_api.kit.problems import Invalid, fault
from plut_api.kit.wire import Day, Id, RegencyCode
from plut_api.outcomes.models import Dimension
from plut_api.programs.models import FundSource
from plut_api.programs.schemas.topics import TopicCode


class Grouping(StrEnum):
    """What a row of a report stands for."""

    everything = "everything"
    program = "program"
    organization = "organization"
    topic = "topic"
    fund_source = "fund_source"
    month = "month"
    regency = "regency"
    district = "district"
    segment = "segment"


class Figure(StrEnum):
    """A figure of a report that opens to the enrolments behind it."""

    participants = "participants"
    completed = "completed"
    all_five = "all_five"
    not_all_five = "not_all_five"
    proven = "proven"
    risen = "risen"
    fallen = "fallen"
    without_evidence = "without_evidence"
    to_verify = "to_verify"


_ENDS_BEFORE = fault(
    "/query/to", "ends_before_it_starts", id="Hari terakhir sebelum hari pertama", en="The last day is before the first"
)
DistrictCode = Annotated[str, Query(max_length=8, pattern=r"^[0-9]{2}\.[0-9]{2}\.[0-9]{2}$", examples=["52.71.01"])]
_OF_PEOPLE = "of people who live in"


@dataclass
class Narrowing:
    """The query parameters that narrow a report. The same ones narrow the rows behind it."""

    first: Annotated[
        Day | None,
        Query(alias="from", description="Programmes that began on this day or later.", examples=["2026-01-01"]),
    ] = None
    to: Annotated[
        Day | None, Query(description="Programmes that began by this day; by default today.", examples=["2026-12-31"])
    ] = None
    program: Annotated[list[Id] | None, Query(max_length=50, description="Only these programmes, by id.")] = None
    organization: Annotated[
        list[Id] | None, Query(max_length=50, description="Only programmes of these organizations, by id.")
    ] = None
    topic: Annotated[
        list[TopicCode] | None, Query(max_length=20, description="Only programmes whose main topic is one of these.")
    ] = None
    fund_source: Annotated[
        list[FundSource] | None, Query(max_length=10, description="Only programmes paid from these funds.")
    ] = None
    regency: Annotated[
        list[RegencyCode] | None, Query(max_length=20, description=f"Only {_OF_PEOPLE} these regencies or cities.")
    ] = None
    district: Annotated[
        list[DistrictCode] | None, Query(max_length=50, description=f"Only {_OF_PEOPLE} these districts.")
    ] = None
    segment: Annotated[
        list[SegmentKind] | None,
        Query(max_length=10, description="Only of people who belong to one of these segments."),
    ] = None
    month: Annotated[
        str | None,
        Query(
            max_length=7,
            pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$",
            description="Only programmes that began in this month.",
            examples=["2026-03"],
        ),
    ] = None
    kept: dict[str, list[str]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        """Keep what was asked for, for the addresses of the rows behind a figure. Raises Invalid (`to`)."""
        if self.first is not None and self.to is not None and self.to < self.first:
            raise Invalid(errors=[_ENDS_BEFORE])
        for name, values in (
            ("program", self.program),
            ("organization", self.organization),
            ("topic", self.topic),
            ("fund_source", self.fund_source),
            ("regency", self.regency),
            ("district", self.district),
            ("segment", self.segment),
            ("from", self.first and [self.first]),
            ("to", self.to and [self.to]),
            ("month", self.month and [self.month]),
        ):
            if values:
                self.kept[name] = [str(value) for value in values]

    @property
    def as_of(self) -> date:
        """The day on which people belong to their segments: the last one asked for, at most today."""
        today = clock.today()
        return min(self.to or today, today)

    def address(self, grouping: Grouping, key: str | None) -> str | None:
        """Where the rows behind a row of the report are; none where no filter could name them."""
        kept = dict(self.kept)
        if grouping is not Grouping.everything:
            if key is None:
                return None
            kept[grouping.value] = [key]
        query = urlencode(sorted((name, value) for name, values in kept.items() for value in values))
        return "/v1/reports/outcomes/participants" + (f"?{query}" if query else "")


@dataclass
class Opened:
    """Which figure is opened, and of which dimension."""

    figure: Annotated[Figure, Query(description="The figure to open. Open: expect new values.")] = Figure.participants
    dimension: Annotated[
        Dimension | None,
        Query(description="Only outcomes of this dimension; for figures that are counted in outcomes."),
    ] = None
