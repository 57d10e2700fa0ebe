"""Readiness on the wire."""

from typing import Annotated, Literal

from pydantic import Field

from plut_api.financing.models import ReadinessStatus
from plut_api.kit.wire import Day, Id, Instant, Note, Read, Wire

RuleCode = Annotated[
    str, Field(max_length=8, pattern=r"^[UC]-[GS][0-9]{2}$", description="Code of the rule.", examples=["U-G03"])
]
RuleSetVersion = Annotated[
    str, Field(max_length=32, pattern=r"^[a-z]+-v[0-9]+$", description="Rule set used.", examples=["umkm-v0"])
]
Result = Annotated[
    Literal["pass", "fail", "unknown", "not_applicable"],
    Field(description="What the rule found; unknown never passes. Open: expect new values.", examples=["pass"]),
]
Sentence = Annotated[
    str, Field(max_length=500, pattern=r"^[^\x00]*$", description="In the language asked for.", examples=["Urus NIB"])
]
Score = Annotated[
    int,
    Field(
        ge=0,
        le=100,
        json_schema_extra={"format": "int32"},
        description="Sum of the weights that pass. For PLUT and the owner only; no measure of creditworthiness.",
        examples=[75],
    ),
]
Status = Annotated[
    ReadinessStatus,
    Field(
        description="`ready`: every gate passes and enough signals; `almost`: one gate short, or few signals; "
        "else `building`. Open: expect new values.",
        examples=["ready"],
    ),
]


class RuleResult(Read):
    """What one rule found."""

    code: RuleCode
    kind: Annotated[Literal["gate", "signal"], Field(description="Gates must pass; signals count.", examples=["gate"])]
    title: Sentence
    result: Result
    weight: Annotated[
        int,
        Field(ge=0, le=100, json_schema_extra={"format": "int32"}, description="What it counts.", examples=[20]),
    ]
    value: Annotated[
        str | None,
        Field(max_length=200, pattern=r"^[^\x00]*$", description="The value seen, as text.", examples=["14"]),
    ]
    as_of: Day | None = Field(
        description="The day the value is from; null: it holds on the day of asking, or is not known.",
        examples=["2026-03-02"],
    )
    source: Annotated[
        str,
        Field(max_length=300, pattern=r"^[^\x00]*$", description="Law or reason behind it.", examples=["PP 28/2025"]),
    ]


class NextStep(Read):
    """What would help, the most helpful first."""

    code: RuleCode
    step: Sentence
    gain: Annotated[
        int,
        Field(ge=0, le=100, json_schema_extra={"format": "int32"}, description="Score it adds.", examples=[20]),
    ]


class ReadinessRead(Read):
    """Whether the file is complete and the rules are met, with every reason. Says nothing about creditworthiness."""

    actor_id: Id
    rule_set: RuleSetVersion
    status: Status
    score: Score
    gates: Annotated[list[RuleResult], Field(max_length=50, description="What must pass.", examples=[[]])]
    signals: Annotated[list[RuleResult], Field(max_length=50, description="What counts.", examples=[[]])]
    next_steps: Annotated[list[NextStep], Field(max_length=50, description="Gates first, then by gain.", examples=[[]])]
    computed_at: Instant
    confirmed_at: Instant | None = Field(description="When a consultant confirmed it.", examples=[None])
    expires_at: Instant | None = Field(description="Until when the confirmation holds.", examples=[None])


class Confirmation(Wire):
    """A consultant's word that the file is complete."""

    note: Note


class ConfirmationWithdrawal(Wire):
    """Why a confirmation ends."""

    reason: Note
