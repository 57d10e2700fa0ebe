"""What crosses the wire of the outcomes room."""

from typing import Annotated

from pydantic import Field

from plut_api.kit.pages import Page
from plut_api.kit.wire import LINE, TEXT, Id, Instant, Note, Read, Trimmed, Unicode, Wire
from plut_api.outcomes.models import Dimension, EvidenceState

_ID = "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"
_INT32 = {"format": "int32"}

DimensionField = Annotated[
    Dimension, Field(description="Which of the five outcomes. Open: expect new values.", examples=["packaging"])
]
Level = Annotated[
    int,
    Field(
        strict=True, ge=0, le=4, json_schema_extra=_INT32, description="A level of the rubric, 0 to 4.", examples=[2]
    ),
]
LevelAbove = Annotated[
    int,
    Field(
        strict=True, ge=1, le=4, json_schema_extra=_INT32, description="A level of the rubric, 1 to 4.", examples=[3]
    ),
]
RubricVersion = Annotated[
    str, Field(max_length=16, pattern=r"^[0-9a-z.]+$", description="Version of the rubric.", examples=["1"])
]
Words = Annotated[str, Field(max_length=500, pattern=TEXT, description="Words.", examples=["Foto produk"])]
FileReference = Annotated[
    str,
    Field(
        min_length=1,
        max_length=500,
        pattern=LINE,
        description="Where the proof is kept: an address, or a name that PLUT's archive knows.",
        examples=["foto/label-depan.jpg"],
    ),
    Trimmed,
    Unicode,
]


class BothLanguages(Read):
    """A sentence in both languages."""

    id: Words = Field(description="In Indonesian.", examples=["Foto produk"])
    en: Words = Field(description="In English.", examples=["Photo of the product"])


class EvidenceKind(BothLanguages):
    """A kind of proof that fits an outcome."""

    kind: Annotated[
        str, Field(max_length=32, pattern=r"^[a-z_]+$", description="Code of the kind.", examples=["batch_log"])
    ]


class RubricLevel(Read):
    """One level of one outcome."""

    level: Level
    criteria: Annotated[
        list[BothLanguages], Field(max_length=10, description="All of them must be met and evidenced.", examples=[[]])
    ]


class RubricDimension(Read):
    """One of the five outcomes with its levels."""

    dimension: DimensionField
    name: BothLanguages
    levels: Annotated[list[RubricLevel], Field(max_length=5, description="From 0 up.", examples=[[]])]
    evidence: Annotated[list[EvidenceKind], Field(max_length=10, description="What can prove it.", examples=[[]])]


class Rubric(Read):
    """What each level of the five outcomes asks for."""

    version: RubricVersion
    counts_from_level: Level = Field(description="The lowest level at which an outcome counts.", examples=[2])
    dimensions: Annotated[list[RubricDimension], Field(max_length=10, description="The outcomes.", examples=[[]])]


class BaselineSet(Wire):
    """The level at which a participant begins."""

    level: Level


class TargetSet(Wire):
    """The level that a participant aims at, above the baseline."""

    level: LevelAbove


class OutcomeRead(Read):
    """One outcome of one enrolment: level before, level aimed at, level reached. Null is not known yet."""

    enrolment_id: Id
    dimension: DimensionField
    rubric_version: RubricVersion = Field(description="The version it is judged by.", examples=["1"])
    baseline_level: Level | None = Field(description="The level before.", examples=[1])
    baseline_at: Instant | None = Field(
        description="When the baseline was set.", examples=["2026-03-02T01:30:00.000000Z"]
    )
    baseline_by: Id | None = Field(description="The account that set the baseline.", examples=[_ID])
    target_level: LevelAbove | None = Field(description="The level aimed at.", examples=[3])
    reached_level: Level | None = Field(description="The highest level that a consultant verified.", examples=[3])
    reached_at: Instant | None = Field(
        description="When that level was verified.", examples=["2026-03-20T01:30:00.000000Z"]
    )
    counts: Annotated[
        bool,
        Field(
            description="Whether it counts as reached: verified, at the target, above the baseline, and at least at "
            "the rubric's `counts_from_level`.",
            examples=[True],
        ),
    ]


class Outcomes(Read):
    """The five outcomes of one enrolment, those without any entry too."""

    data: Annotated[list[OutcomeRead], Field(max_length=10, description="The outcomes.", examples=[[]])]


class EvidenceCreate(Wire):
    """Proof of a level."""

    claimed_level: LevelAbove
    note: Note
    file_reference: FileReference


class EvidenceVerify(Wire):
    """What a consultant found proven."""

    level: LevelAbove
    note: Note | None = Field(default=None, description="What was looked at.", examples=["Label lengkap, enam sisi."])


class EvidenceReject(Wire):
    """Why evidence does not prove the level, and what to do next."""

    reason: Note = Field(description="Why.", examples=["Tanggal kedaluwarsa tidak terbaca."])
    next_step: Note = Field(description="What to do next.", examples=["Foto ulang sisi belakang kemasan."])


class EvidenceRead(Read):
    """Proof of a level, and what was decided about it."""

    id: Id
    enrolment_id: Id
    dimension: DimensionField
    claimed_level: LevelAbove
    note: Note
    file_reference: FileReference
    state: Annotated[
        EvidenceState, Field(description="What became of it. Open: expect new values.", examples=["submitted"])
    ]
    submitted_by: Id = Field(description="The account that submitted it.", examples=[_ID])
    verified_level: LevelAbove | None = Field(description="The level found proven.", examples=[2])
    decided_by: Id | None = Field(description="The consultant who decided.", examples=[_ID])
    decided_at: Instant | None = Field(description="When it was decided.", examples=["2026-03-20T01:30:00.000000Z"])
    reason: Note | None = Field(description="Why it was decided so.", examples=["Label lengkap, enam sisi."])
    next_step: Note | None = Field(description="What to do after a rejection.", examples=["Foto ulang sisi belakang."])
    created_at: Instant


class EvidencePage(Page[EvidenceRead]):
    """One page of evidence."""
