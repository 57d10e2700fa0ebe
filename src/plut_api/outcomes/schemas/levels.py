"""Outcomes and the rubric on the wire."""

from typing import Annotated

from pydantic import Field

from plut_api.kit.files.schemas import MediaType
from plut_api.kit.wire import TEXT, Day, Id, Instant, Read, Wire
from plut_api.outcomes.models import Dimension

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
ProofCode = Annotated[
    str,
    Field(
        min_length=1,
        max_length=32,
        pattern=r"^[a-z_]+$",
        description="Code of a kind of evidence, of the outcome's version of the rubric.",
        examples=["label"],
    ),
]
Words = Annotated[str, Field(max_length=500, pattern=TEXT, description="Words.", examples=["Foto produk"])]


class BothLanguages(Read):
    """A sentence in both languages."""

    id: Words = Field(description="In Indonesian.", examples=["Foto produk"])
    en: Words = Field(description="In English.", examples=["Photo of the product"])


class EvidenceKind(BothLanguages):
    """A kind of proof that fits an outcome."""

    kind: ProofCode
    levels: Annotated[list[LevelAbove], Field(max_length=4, description="Levels that it can prove.", examples=[[2]])]
    media_types: Annotated[
        list[MediaType],
        Field(max_length=10, description="What its files can be; empty if it takes no files.", examples=[[]]),
    ]
    takes_link: Annotated[bool, Field(description="Whether an address on the web can prove it.", examples=[False])]
    is_system: Annotated[
        bool,
        Field(description="Whether a row of this system speaks for it, so that nobody hands it in.", examples=[False]),
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
    evidence: Annotated[list[EvidenceKind], Field(max_length=20, description="What can prove it.", examples=[[]])]


class Rubric(Read):
    """What each level of the five outcomes asks for."""

    version: RubricVersion
    counts_from_level: Level = Field(description="The lowest level at which an outcome counts.", examples=[2])
    valid_from: Day = Field(description="The first day on which new outcomes name it.", examples=["2016-01-01"])
    dimensions: Annotated[list[RubricDimension], Field(max_length=10, description="The outcomes.", examples=[[]])]


class RubricListed(Read):
    """A version of the rubric. An outcome stays judged by the version that it names."""

    version: RubricVersion
    valid_from: Day = Field(description="The first day on which new outcomes name it.", examples=["2016-01-01"])
    counts_from_level: Level = Field(description="The lowest level at which an outcome counts.", examples=[2])
    in_force: Annotated[bool, Field(description="Whether new outcomes name it today.", examples=[True])]


class Rubrics(Read):
    """The versions of the rubric, the newest first."""

    data: Annotated[list[RubricListed], Field(max_length=100, description="The versions.", examples=[[]])]


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
    target_at: Instant | None = Field(description="When the target was set.", examples=["2026-03-02T01:31:00.000000Z"])
    target_by: Id | None = Field(description="The account that set the target.", examples=[_ID])
    reached_level: Level | None = Field(
        description="The level proven now, by evidence that was verified or by a row of this system; it can fall.",
        examples=[3],
    )
    reached_at: Instant | None = Field(
        description="Since when that level is the one proven.", examples=["2026-03-20T01:30:00.000000Z"]
    )
    counts: Annotated[
        bool,
        Field(
            description="Whether it counts as reached: proven, at the target, above the baseline, and at least at "
            "the rubric's `counts_from_level`.",
            examples=[True],
        ),
    ]


class Outcomes(Read):
    """The five outcomes of one enrolment, those without any entry too."""

    data: Annotated[list[OutcomeRead], Field(max_length=10, description="The outcomes.", examples=[[]])]
