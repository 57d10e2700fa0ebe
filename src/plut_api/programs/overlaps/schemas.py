"""Likenesses, findings and decisions on the wire."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from plut_api.kit.pages import Page
from plut_api.kit.wire import LINE, Id, Instant, Name, Note, Read, Wire
from plut_api.programs.models import ProgramLevel
from plut_api.programs.overlaps.models import OverlapState, ResolutionKind, Verdict
from plut_api.programs.schemas.details import Districts, Prerequisite, TargetKblis, TargetVersion
from plut_api.programs.schemas.programs import (
    Aim,
    FirstDay,
    LastDay,
    LevelField,
    Regencies,
    Seats,
    Segments,
    State,
    Title,
)
from plut_api.programs.schemas.topics import Topics

_ID = "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"


class Part(StrEnum):
    """What of two programmes is compared."""

    topic = "topic"
    kbli = "kbli"
    region = "region"
    period = "period"
    audience = "audience"
    text = "text"


class Guard(StrEnum):
    """Why a score is not just the sum of its parts."""

    same_text = "same_text"
    nothing_in_common = "nothing_in_common"
    other_region = "other_region"
    other_period = "other_period"
    other_audience = "other_audience"
    ladder = "ladder"
    other_topic = "other_topic"


Percent = Annotated[
    int, Field(ge=0, le=100, json_schema_extra={"format": "int32"}, description="Percent.", examples=[93])
]
Words = Annotated[
    str, Field(min_length=1, max_length=300, pattern=LINE, description="Words.", examples=["Topik dan tingkat"])
]
Code = Annotated[
    str, Field(min_length=1, max_length=64, pattern=r"^[a-z_]+$", description="A code.", examples=["enrolments"])
]
VerdictField = Annotated[
    Verdict,
    Field(
        description="`block`: nothing is approved before the Dinas decides; `warn`: look at it. "
        "Open: expect new values.",
        examples=["block"],
    ),
]
StateField = Annotated[
    OverlapState,
    Field(
        description="`open` waits for a decision; `past` no longer holds, since one of the two was changed, rejected, "
        "called off or merged. Open: expect new values.",
        examples=["open"],
    ),
]
KindField = Annotated[
    ResolutionKind,
    Field(
        description="`merge`: one goes on, with everything of the other; `co_host`: the other organization runs the "
        "programme together with its own; `differentiate`: both go on, for the reason; `reject`: the programme that "
        "came later goes back. Open: expect new values.",
        examples=["differentiate"],
    ),
]


class OverlapDraft(Wire):
    """What of a programme that is not stored is compared."""

    title: Title
    aim: Aim
    topics: Topics
    level: LevelField = ProgramLevel.basic
    prerequisite_id: Prerequisite | None = Field(
        default=None, description="A programme one level below that it builds upon.", examples=[_ID]
    )
    kbli_version: TargetVersion | None = Field(
        default=None, description="Version of `kbli_codes`; 2025 by default.", examples=["2025"]
    )
    kbli_codes: TargetKblis = Field(default_factory=list)
    segments: Segments = Field(default_factory=list)
    regency_codes: Regencies = Field(default_factory=list)
    district_codes: Districts = Field(default_factory=list)
    starts_on: FirstDay
    ends_on: LastDay


class OverlapCheck(Wire):
    """What to compare: a draft, or a programme that is stored; one of them."""

    draft: OverlapDraft | None = Field(default=None, description="A programme that is not stored.")
    program_id: Id | None = Field(default=None, description="A stored programme of one's own.", examples=[_ID])

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.draft is None) == (self.program_id is None):
            raise PydanticCustomError("one_of_two", "Name either a draft or a programme")
        return self


class OverlapPart(Read):
    """One of the six parts of a score."""

    part: Part = Field(description="The part. Open: expect new values.", examples=["topic"])
    name: Words = Field(description="In the language of the request.", examples=["Topik dan tingkat"])
    percent: Percent = Field(description="How much it is the same, in percent.", examples=[100])
    weight_percent: Percent = Field(description="What it weighs in the score today, in percent.", examples=[30])


class OverlapGuard(Read):
    """A rule that changed the score, or kept it below a line."""

    code: Guard = Field(description="The guard. Open: expect new values.", examples=["other_region"])
    words: Words = Field(description="In the language of the request.", examples=["Wilayahnya berbeda"])


class OverlapProgram(Read):
    """What an organization sees of another's programme that resembles its own, also before that is published.

    What is needed to talk to each other, and no more: no budget, no seats, nobody who takes part.
    """

    id: Id
    organization_id: Id = Field(description="The organization that owns it.", examples=[_ID])
    organization_name: Name = Field(description="Its name.", examples=["Dinas Perindustrian"])
    title: Title
    state: State
    topics: Topics
    level: LevelField
    segments: Segments
    regency_codes: Regencies
    starts_on: FirstDay
    ends_on: LastDay


class Scored(Read):
    """How much two programmes resemble each other, and why."""

    score: Percent = Field(description="Of 100, after the guards.", examples=[93])
    raw_score: Percent = Field(description="The sum of the weighted parts, before a guard caps it.", examples=[93])
    verdict: VerdictField
    parts: list[OverlapPart] = Field(max_length=6, description="The six parts.")
    guards: list[OverlapGuard] = Field(max_length=8, description="The guards that fired, if any.")


class LikenessRead(Scored):
    """A programme that resembles the one that was asked about."""

    program: OverlapProgram


class OverlapCheckRead(Read):
    """What resembles a programme."""

    block_percent: Percent = Field(description="From this score on nothing is approved undecided.", examples=[70])
    warn_percent: Percent = Field(description="From this score on a programme is listed.", examples=[45])
    data: list[LikenessRead] = Field(max_length=200, description="The likest first; empty: nothing resembles it.")


class ResolutionCreate(Wire):
    """What the Dinas decides about two programmes that resemble each other."""

    kind: KindField
    reason: Note = Field(description="Why.", examples=["Sasaran dan kurikulumnya berbeda; lihat lampiran."])
    keep: Id | None = Field(
        default=None,
        description="Which of the two survives a merge: by default the one that is further, else the one that came "
        "first. The other one cannot be further than it.",
        examples=[_ID],
    )
    merge: bool = Field(
        default=False, strict=True, description="With `co_host`: become one programme as well.", examples=[False]
    )
    seats: Seats | None = Field(
        default=None, description="The quota of what a merge leaves; by default both together.", examples=[60]
    )


class ResolutionRead(Read):
    """What was decided, by whom, when and why."""

    kind: KindField
    reason: Note = Field(description="Why.", examples=["Sasaran dan kurikulumnya berbeda."])
    resolved_by: Id = Field(description="The account that decided.", examples=[_ID])
    resolved_at: Instant
    decided_score: Percent = Field(description="The score that was decided on; a higher one opens it.", examples=[82])


class OverlapRead(Scored):
    """A finding: two programmes that resemble each other."""

    id: Id
    program_id: Id = Field(description="The programme that came later and waits for the decision.", examples=[_ID])
    other: OverlapProgram = Field(description="The one that resembles the programme of the path.")
    state: StateField
    noted_at: Instant
    resolution: ResolutionRead | None = Field(description="What was decided; null while nothing was.")


class OverlapPage(Page[OverlapRead]):
    """One page of findings, the likest first."""


class MovedRead(Read):
    """How much of one kind of thing went along in a merge, or how many rupiah."""

    what: Code = Field(description="What it is, as its table is called.", examples=["training_sessions"])
    how: Code = Field(description="What became of it.", examples=["moved"])
    number: int = Field(
        ge=0, le=10**15, json_schema_extra={"format": "int64"}, description="How many, or rupiah.", examples=[4]
    )


class ProgramMergeRead(Read):
    """A programme that ended in another, with the trail of what moved."""

    id: Id
    from_id: Id = Field(description="The programme that ended; its address leads to the other.", examples=[_ID])
    into_id: Id = Field(description="The programme that goes on.", examples=[_ID])
    merged_by: Id = Field(description="The account that decided.", examples=[_ID])
    reason: Note = Field(description="Why.", examples=["Satu program, dua penyelenggara."])
    moved: list[MovedRead] = Field(max_length=200, description="What went along.")
    created_at: Instant


class ProgramMergePage(Page[ProgramMergeRead]):
    """One page of merges, in the order they were made."""
