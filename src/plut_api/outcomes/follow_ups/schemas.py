"""Follow-ups on the wire."""

from typing import Annotated, Literal

from pydantic import Field

from plut_api.kit.pages import Page
from plut_api.kit.wire import TEXT, Count, Day, Id, Instant, Name, Note, Read, Wire
from plut_api.outcomes.follow_ups.models import AnswerChannel, BusinessAnswer, FollowUpState, SalesAnswer, UseAnswer
from plut_api.outcomes.schemas import BothLanguages, DimensionField, Level
from plut_api.programs.schemas.programs import Title

_ID = "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"
_OPEN = "Open: expect new values."
Business = Annotated[
    BusinessAnswer, Field(description=f"Whether the business is running. {_OPEN}", examples=["running"])
]
Sales = Annotated[
    SalesAnswer, Field(description=f"Sales compared with those before the training. {_OPEN}", examples=["more"])
]
Use = Annotated[UseAnswer, Field(description=f"Whether what was reached is still in use. {_OPEN}", examples=["partly"])]
Channel = Annotated[
    AnswerChannel,
    Field(description=f"By the participant in the app, or told to staff by phone or on a visit. {_OPEN}"),
]
State = Annotated[
    FollowUpState,
    Field(
        description=f"What became of it; after a missed one nothing is known, not that all is well. {_OPEN}",
        examples=["open"],
    ),
]
Months = Annotated[
    int,
    Field(
        strict=True,
        ge=0,
        le=120,
        json_schema_extra={"format": "int32"},
        description="Months since the training was completed.",
        examples=[6],
    ),
]
Code = Annotated[str, Field(max_length=32, pattern=r"^[a-z_]+$", description="Code.", examples=["running"])]
Version = Annotated[
    str, Field(max_length=16, pattern=r"^[0-9a-z.]+$", description="Version of the questions.", examples=["1"])
]


class UseGiven(Wire):
    """Whether what was reached in one dimension is still in use."""

    dimension: DimensionField
    answer: Use


class Answers(Wire):
    """The answers to the questions of a follow-up."""

    business: Business
    sales: Sales | None = Field(
        default=None,
        description="Sales compared with those before the training; left out only where the business is closed.",
        examples=["more"],
    )
    still_in_use: Annotated[
        list[UseGiven],
        Field(
            default_factory=list,
            max_length=10,
            description="One answer for each dimension that is asked about (`questions`).",
            examples=[[{"dimension": "packaging", "answer": "yes"}]],
        ),
    ]


class FollowUpAnswer(Wire):
    """An answer: by the participant, or told to PLUT's staff."""

    answers: Answers
    channel: Channel | None = Field(
        default=None,
        description="How it came; `app` by default for participants. Staff say which.",
        examples=["phone"],
    )
    note: Note | None = Field(
        default=None, description="What else was said.", examples=["Ingin ikut pelatihan pemasaran."]
    )


class FollowUpCorrect(Wire):
    """What the answers should have been, and why."""

    answers: Answers
    reason: Note = Field(description="Why the first answer was wrong.", examples=["Salah pencet; label masih dipakai."])


class FollowUpNoted(Wire):
    """What PLUT's staff found between the planned follow-ups."""

    answers: Answers
    channel: Literal["phone", "visit"] = Field(description="How it was found.", examples=["visit"])
    note: Note | None = Field(default=None, description="What else was found.", examples=["Gerai pindah ke pasar."])


class Choice(BothLanguages):
    """One possible answer."""

    code: Code


class AskedDimension(Read):
    """A dimension that is asked about: what was reached in it stands above where it began."""

    dimension: DimensionField
    name: BothLanguages
    level: Level = Field(description="The level proven now.", examples=[3])


class Question(Read):
    """One question with its choices."""

    code: Code
    kind: Literal["single", "per_dimension"] = Field(
        description="One choice, or one for each of `dimensions`. Open: expect new values.", examples=["single"]
    )
    words: BothLanguages
    choices: Annotated[list[Choice], Field(max_length=10, description="What can be answered.", examples=[[]])]
    dimensions: Annotated[
        list[AskedDimension], Field(max_length=10, description="What `per_dimension` asks about.", examples=[[]])
    ]
    not_when_closed: bool = Field(description="Whether it is left out where the business is closed.", examples=[False])


class UseRead(Read):
    """What was said about one dimension, and what became of its level."""

    dimension: DimensionField
    answer: Use
    level_before: Level = Field(description="The level before the answer.", examples=[3])
    level_after: Level = Field(description="The level that the answer left.", examples=[2])


class AnswersRead(Read):
    """The answers that hold."""

    business: Business
    sales: Sales | None = Field(description="Null where the business is closed.", examples=["more"])
    still_in_use: Annotated[list[UseRead], Field(max_length=10, description="By dimension.", examples=[[]])]


class FollowUpRead(Read):
    """What is asked, or was answered, months after training was completed."""

    id: Id
    enrolment_id: Id
    program_id: Id
    program_title: Title
    person_id: Id
    person_name: Name = Field(description="The participant's full name.", examples=["Baiq Contoh"])
    actor_id: Id | None = Field(description="The business that the enrolment is for.", examples=[_ID])
    planned: bool = Field(description="False for what staff noted between the planned ones.", examples=[True])
    months: Months
    state: State
    due_on: Day = Field(description="The day it falls on.", examples=["2026-06-02"])
    asked_on: Day = Field(description="The day from which it was asked.", examples=["2026-06-02"])
    call_from: Day = Field(description="The day from which a consultant calls.", examples=["2026-06-23"])
    closes_on: Day = Field(description="The last day to answer.", examples=["2026-07-17"])
    reminders: Count = Field(description="How many messages reminded of it.", examples=[1])
    questions_version: Version
    answers: AnswersRead | None = Field(description="Null while there are none.", examples=[None])
    channel: Channel | None = Field(description="How the answer came.", examples=["app"])
    note: Annotated[str, Field(max_length=2000, pattern=TEXT)] | None = Field(
        description="What else was said.", examples=["Ingin ikut pelatihan pemasaran."]
    )
    answered_at: Instant | None = Field(description="When.", examples=["2026-06-03T01:30:00.000000Z"])
    answered_by: Id | None = Field(description="The account that answered.", examples=[_ID])
    corrected_at: Instant | None = Field(description="When a consultant corrected it.", examples=[None])
    correction_reason: Annotated[str, Field(max_length=2000, pattern=TEXT)] | None = Field(
        description="Why it was corrected.", examples=[None]
    )


class FollowUpDetail(FollowUpRead):
    """A follow-up with its questions, as long as it is open."""

    questions: Annotated[
        list[Question], Field(max_length=10, description="At most three; none once it is not open.", examples=[[]])
    ]


class FollowUpPage(Page[FollowUpRead]):
    """One page of follow-ups."""


class OpenFollowUpPage(Page[FollowUpDetail]):
    """One page of follow-ups to answer."""
