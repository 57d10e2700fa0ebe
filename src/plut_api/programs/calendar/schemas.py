"""The calendar on the wire, and what narrows it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from fastapi import Query
from pydantic import Field

from plut_api.kit import clock
from plut_api.kit.pages import Page
from plut_api.kit.problems import Invalid, fault
from plut_api.kit.wire import Day, Id, RegencyCode
from plut_api.programs.calendar.queries import Wanted
from plut_api.programs.schemas.programs import Regencies, State, Title
from plut_api.programs.schemas.sessions import TrainingSessionRead
from plut_api.programs.schemas.topics import TopicCode, Topics

LONGEST_DAYS = 366
_ID = "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"
Organizations = Annotated[
    list[Id] | None, Query(max_length=50, description="Only of programmes that these organizations run or co-host.")
]
Rooms = Annotated[list[Id] | None, Query(max_length=50, description="Only in these rooms.")]
Trainers = Annotated[list[Id] | None, Query(max_length=50, description="Only where one of these trainers teaches.")]
Facilities = Annotated[list[Id] | None, Query(max_length=50, description="Only in rooms of these facilities.")]
TopicCodes = Annotated[
    list[TopicCode] | None, Query(max_length=20, description="Only of programmes that name one of these topics.")
]
RegencyCodes = Annotated[
    list[RegencyCode] | None,
    Query(
        max_length=20,
        description="Only of programmes for one of these regencies or cities, or for all of NTB.",
        examples=["52.71"],
    ),
]
_BACKWARDS = fault(
    "/query/to",
    "ends_before_it_starts",
    id="Hari terakhir tidak boleh sebelum hari pertama",
    en="The last day must not be before the first",
)
_TOO_LONG = fault(
    "/query/to",
    "period_too_long",
    id=f"Paling lama {LONGEST_DAYS} hari sekali baca",
    en=f"At most {LONGEST_DAYS} days at once",
)


@dataclass
class CalendarFilters:
    """The query parameters of the calendar."""

    first: Annotated[
        Day | None, Query(alias="from", description="From this day on; by default today.", examples=["2026-03-02"])
    ] = None
    to: Annotated[
        Day | None, Query(description=f"Up to this day, {LONGEST_DAYS} days at most; by default as many.")
    ] = None
    organization: Organizations = None
    room: Rooms = None
    trainer: Trainers = None
    facility: Facilities = None
    topic: TopicCodes = None
    regency: RegencyCodes = None

    def wanted(self) -> Wanted:
        """What is asked for. Raises Invalid (`ends_before_it_starts`, `period_too_long`)."""
        first = self.first or clock.today()
        last = self.to or min(date.max - timedelta(days=1), first + timedelta(days=LONGEST_DAYS - 1))
        if last < first:
            raise Invalid(errors=[_BACKWARDS])
        if last - first > timedelta(days=LONGEST_DAYS):
            raise Invalid(errors=[_TOO_LONG])
        return Wanted(
            first,
            last,
            organizations=self.organization or (),
            rooms=self.room or (),
            trainers=self.trainer or (),
            facilities=self.facility or (),
            topics=self.topic or (),
            regencies=self.regency or (),
        )


class CalendarEntry(TrainingSessionRead):
    """A session in the calendar of all organizations."""

    program_title: Title
    program_state: State
    organization_id: Id = Field(description="The organization that runs the programme.", examples=[_ID])
    topics: Topics
    regency_codes: Regencies
    facility_id: Id | None = Field(description="The facility of its room; null without a room.", examples=[_ID])


class CalendarPage(Page[CalendarEntry]):
    """One page of the calendar, by day, the morning first."""
