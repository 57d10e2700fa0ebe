"""Cards on the wire."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from plut_api.kit.wire import LINE, TEXT, Count, Day, Id, Instant, Read
from plut_api.outcomes.follow_ups.schemas import Months
from plut_api.outcomes.schemas import BothLanguages, DimensionField, Level, LevelAbove
from plut_api.outcomes.schemas.levels import EvidenceKind, RubricVersion
from plut_api.programs.attendance.schemas import Percent, Sessions
from plut_api.programs.schemas.enrolments import State
from plut_api.programs.schemas.programs import ShiftField, Title

_ID = "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"
Words = Annotated[str, Field(max_length=3000, pattern=TEXT, description="Words.", examples=["Unggah foto kemasan."])]
Free = Annotated[str, Field(max_length=2000, pattern=TEXT, description="Free text.", examples=["Foto ulang."])]
Href = Annotated[
    str,
    Field(
        max_length=300,
        pattern=r"^/v1/[A-Za-z0-9_./?=&-]*$",
        description="Where to go on.",
        examples=[f"/v1/follow-ups/{_ID}"],
    ),
]


class StepKind(StrEnum):
    """What a participant, or PLUT, does next."""

    mend_evidence = "mend_evidence"
    answer_follow_up = "answer_follow_up"
    attend_session = "attend_session"
    prove_level = "prove_level"
    fetch_certificate = "fetch_certificate"
    wait_for_verification = "wait_for_verification"
    wait_for_assessment = "wait_for_assessment"


class Spoken(Read):
    """A sentence in both languages, with all that was filled in."""

    id: Words = Field(description="In Indonesian.", examples=["Jawab 3 pertanyaan."])
    en: Words = Field(description="In English.", examples=["Answer 3 questions."])


class Step(Read):
    """One thing to do, or to wait for."""

    kind: Annotated[StepKind, Field(description="What. Open: expect new values.", examples=["prove_level"])]
    dimension: DimensionField | None = Field(description="In which outcome, if in one.", examples=["packaging"])
    on: Day | None = Field(description="The day of it, or by which.", examples=["2026-06-02"])
    words: Words = Field(description="In the language that was asked for.", examples=["Jawab 3 pertanyaan."])
    text: Spoken
    href: Href


class Rejection(Read):
    """Evidence that was not accepted, and what to do about it."""

    evidence_id: Id
    level: LevelAbove = Field(description="The level that it was to prove.", examples=[2])
    reason: Free = Field(description="Why it was not accepted.", examples=["Tanggal tidak terbaca."])
    next_step: Free | None = Field(description="What to do.", examples=["Foto ulang sisi belakang."])
    decided_at: Instant


class LevelAsked(Read):
    """A level of the rubric: all that it asks for, and what can prove it."""

    level: LevelAbove
    criteria: Annotated[list[BothLanguages], Field(max_length=10, description="All must be met.", examples=[[]])]
    evidence: Annotated[list[EvidenceKind], Field(max_length=20, description="What can prove it.", examples=[[]])]


class CardDimension(Read):
    """Where a participant stands in one outcome."""

    dimension: DimensionField
    name: BothLanguages
    rubric_version: RubricVersion = Field(description="The version it is judged by.", examples=["1"])
    baseline_level: Level | None = Field(description="The level before.", examples=[1])
    target_level: LevelAbove | None = Field(description="The level aimed at.", examples=[3])
    reached_level: Level | None = Field(description="The level proven now.", examples=[2])
    counts: Annotated[bool, Field(description="Whether it counts as reached.", examples=[False])]
    stands: Annotated[
        list[BothLanguages],
        Field(max_length=10, description="What the rubric says of the level where they stand.", examples=[[]]),
    ]
    next_level: LevelAsked | None = Field(description="The next level; null at the highest.", examples=[None])
    evidence_waiting: Count = Field(description="Pieces of evidence that a consultant has not decided on.")
    rejected: Rejection | None = Field(description="The newest evidence, where it was not accepted.", examples=[None])


class CardSession(Read):
    """A session to come."""

    session_id: Id
    held_on: Day
    shift: ShiftField
    title: Title
    place: Annotated[str, Field(max_length=200, pattern=LINE)] | None = Field(
        description="Where.", examples=["PLUT NTB"]
    )


class CardAttendance(Read):
    """How far somebody is from completing the programme."""

    sessions_held: Sessions = Field(description="Sessions that count.", examples=[5])
    sessions_attended: Sessions = Field(description="Of them attended.", examples=[4])
    attended_percent: Percent | None = Field(description="The share; null without any session.", examples=[80])
    asked_percent: Percent = Field(description="The share that completion asks for.", examples=[80])


class CardCertificate(Read):
    """The certificate that holds."""

    code: Annotated[str, Field(max_length=64, pattern=r"^[A-Z0-9]+$", description="To verify it by.")]
    number: Annotated[str, Field(max_length=64, pattern=LINE, description="Its number.")]
    issued_at: Instant


class CardFollowUp(Read):
    """What is asked now, months after training."""

    id: Id
    months: Months
    closes_on: Day = Field(description="The last day to answer.", examples=["2026-07-17"])


class _Known(Read):
    """What a card says in short and in full."""

    enrolment_id: Id
    program_id: Id
    program_title: Title
    state: State
    starts_on: Day = Field(description="First day of the programme.", examples=["2026-03-02"])
    ends_on: Day = Field(description="Last day of the programme.", examples=["2026-03-06"])
    proven: Count = Field(description="How many of the five outcomes count by now.", examples=[2])
    of: Count = Field(description="How many outcomes there are.", examples=[5])
    next: Annotated[list[Step], Field(max_length=40, description="What to do, the most useful first.", examples=[[]])]


class Card(_Known):
    """Where one participant stands, and what is next."""

    person_id: Id
    actor_id: Id | None = Field(description="The business that the enrolment is for.", examples=[_ID])
    completed_at: Instant | None = Field(
        description="When the programme was completed.", examples=["2026-03-06T08:00:00.000000Z"]
    )
    dimensions: Annotated[list[CardDimension], Field(max_length=10, description="By outcome.", examples=[[]])]
    attendance: CardAttendance
    sessions: Annotated[list[CardSession], Field(max_length=10, description="The next sessions.", examples=[[]])]
    certificate: CardCertificate | None = Field(description="Null while there is none.", examples=[None])
    follow_up: CardFollowUp | None = Field(description="Null while nothing is asked.", examples=[None])


class LevelShort(Read):
    """One outcome in short."""

    dimension: DimensionField
    reached_level: Level | None = Field(description="The level proven now.", examples=[2])
    target_level: LevelAbove | None = Field(description="The level aimed at.", examples=[3])
    counts: Annotated[bool, Field(description="Whether it counts as reached.", examples=[False])]


class CardShort(_Known):
    """One enrolment on the card of a person: as much as a phone shows at once."""

    person_id: Id = Field(description="Who takes part: the caller, or a minor in their care.", examples=[_ID])
    levels: Annotated[list[LevelShort], Field(max_length=10, description="The five outcomes.", examples=[[]])]
    href: Href = Field(description="The whole card.", examples=[f"/v1/enrolments/{_ID}/card"])


class MyCard(Read):
    """All that I take or took part in."""

    data: Annotated[list[CardShort], Field(max_length=50, description="The newest first.", examples=[[]])]
