"""Reports on the wire."""

from typing import Annotated

from pydantic import Field

from plut_api.insights.reports.asked import Grouping
from plut_api.kit.pages import Page
from plut_api.kit.wire import LINE, Day, Id, Idr, Instant, Name, Read
from plut_api.outcomes.schemas import DimensionField
from plut_api.programs.schemas.enrolments import State
from plut_api.programs.schemas.programs import Title

_ID = "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"
Number = Annotated[
    int,
    Field(ge=0, le=2**53, json_schema_extra={"format": "int64"}, description="A number.", examples=[12]),
]
Share = Annotated[
    float, Field(ge=0, le=1, description="A share, 0 to 1; null where there is nothing to divide.", examples=[0.4])
]
Mean = Annotated[
    float, Field(ge=0, le=4, description="A mean level of the rubric; null where none is known.", examples=[1.8])
]
Dimensions = Annotated[list[DimensionField], Field(max_length=10, description="Dimensions.", examples=[["packaging"]])]


class Movement(Read):
    """Where the participants of a group began in one dimension, what they aim at, where they stand today."""

    dimension: DimensionField
    assessed: Number = Field(description="Participants whose level before is known.", examples=[20])
    aimed: Number = Field(description="Participants who aim at a level.", examples=[20])
    mean_baseline: Mean | None = Field(description="Mean of the levels before.", examples=[0.8])
    mean_level: Mean | None = Field(
        description="Mean of the levels today; the level before where nothing is proven.", examples=[1.9]
    )
    proven: Number = Field(description="Outcomes that count: proven, at the target, above the baseline.", examples=[11])
    risen: Number = Field(description="Participants who stand above their baseline.", examples=[14])
    fallen: Number = Field(description="Participants who stand below a level once verified.", examples=[1])
    without_evidence: Number = Field(
        description="Targets for which no evidence is submitted or verified.", examples=[5]
    )
    to_verify: Number = Field(description="Outcomes whose evidence waits for a consultant.", examples=[2])


class Asked(Read):
    """What participants said so many months after they completed. Who did not answer is not known, not a success."""

    months: Annotated[
        int, Field(ge=0, le=120, json_schema_extra={"format": "int32"}, description="Months after.", examples=[3])
    ]
    asked: Number = Field(description="Participants who were asked.", examples=[80])
    answered: Number = Field(description="Who answered.", examples=[61])
    missed: Number = Field(description="Who did not answer in time.", examples=[12])
    running: Number = Field(description="Whose business runs.", examples=[57])
    selling_more: Number = Field(description="Who sell more than before.", examples=[40])


class ReportRow(Read):
    """One group of a report. Every figure opens to its enrolments: add `figure` (and `dimension`) to `rows`."""

    key: Annotated[
        str | None,
        Field(
            max_length=64,
            pattern=LINE,
            description="What the group stands for: an id, a code, a month; null where it is not known.",
            examples=["52.71"],
        ),
    ]
    name: Annotated[
        str, Field(max_length=300, pattern=LINE, description="The group in words.", examples=["Kota Mataram"])
    ]
    participants: Number = Field(description="Seats that were not given back.", examples=[120])
    completed: Number = Field(description="Participants who completed their programme.", examples=[101])
    all_five: Number = Field(description="Participants with all five outcomes proven.", examples=[48])
    share_all_five: Share | None = Field(description="`all_five` of `participants`.", examples=[0.4])
    proven: Number = Field(description="Proven outcomes of all dimensions.", examples=[377])
    cost_idr: Idr = Field(
        description="What the seats cost: spent, or the budget until that is told, an equal part a seat.",
        examples=[50_000_000],
    )
    cost_per_proven_idr: Idr | None = Field(
        description="Cost for each proven outcome, rounded; null while none is proven.", examples=[132_626]
    )
    dimensions: Annotated[list[Movement], Field(max_length=10, description="The five, each with its movement.")]
    follow_ups: Annotated[
        list[Asked], Field(max_length=20, description="What was said months later, the earliest first.", examples=[[]])
    ]
    rows: Annotated[
        str | None,
        Field(
            max_length=4000,
            pattern=r"^/v1/[A-Za-z0-9/_?&=.%+-]*$",
            description="Where the enrolments behind the row are; null where no filter names the group.",
            examples=["/v1/reports/outcomes/participants?regency=52.71"],
        ),
    ]


class OutcomeReport(Read):
    """What training came to, as the rows stand at this moment."""

    by: Annotated[Grouping, Field(description="What a row stands for. Open: expect new values.", examples=["regency"])]
    as_of: Day = Field(description="The day on which people belong to their segments.", examples=["2026-11-24"])
    data: Annotated[list[ReportRow], Field(max_length=2000, description="The groups, the largest first.")]
    is_cut: Annotated[
        bool, Field(description="Whether there are more groups than the answer holds; narrow it.", examples=[False])
    ]


class ParticipantRow(Read):
    """An enrolment behind a figure."""

    id: Id = Field(description="The enrolment.", examples=[_ID])
    program_id: Id
    program_title: Title
    person_id: Id
    person_name: Name = Field(description="The participant's name, as far as the caller may see it.")
    actor_id: Id | None = Field(description="The business it is for.", examples=[_ID])
    state: State
    completed_at: Instant | None = Field(description="When it was completed.", examples=["2026-03-06T08:00:00Z"])
    proven: Dimensions = Field(description="Dimensions that are proven.", examples=[["packaging"]])
    without_evidence: Dimensions = Field(description="Dimensions with a target and no evidence.", examples=[["market"]])


class ParticipantPage(Page[ParticipantRow]):
    """One page of the enrolments behind a figure."""
