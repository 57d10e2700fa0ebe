"""Readiness on the wire."""

from typing import Annotated, Literal

from pydantic import Field

from plut_api.financing.models import ReadinessStatus
from plut_api.kit.wire import LINE, Day, Id, Instant, Note, Read, Wire

RuleCode = Annotated[
    str, Field(max_length=8, pattern=r"^[UC]-[GS][0-9]{2}$", description="Code of the rule.", examples=["U-G03"])
]
RuleSetVersion = Annotated[
    str, Field(max_length=32, pattern=r"^[a-z]+-v[0-9]+$", description="Rule set used.", examples=["umkm-v1"])
]
Result = Annotated[
    Literal["pass", "partial", "fail", "unknown", "not_applicable"],
    Field(
        description="What the rule found; `partial` counts a part of the weight, unknown never passes. Open: expect "
        "new values.",
        examples=["pass"],
    ),
]
Sentence = Annotated[
    str, Field(max_length=500, pattern=r"^[^\x00]*$", description="In the language asked for.", examples=["Urus NIB"])
]
Href = Annotated[
    str,
    Field(
        max_length=300,
        pattern=r"^/v1/[^\x00-\x20]*$",
        description="Where something is read.",
        examples=["/v1/evidence/01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"],
    ),
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
    points: Annotated[
        int,
        Field(
            ge=0,
            le=100,
            json_schema_extra={"format": "int32"},
            description="What of its weight counts; of a gate 0.",
            examples=[20],
        ),
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

    evidence: Annotated[
        list[Href],
        Field(max_length=200, description="Where what proves the value is read, with own scopes.", examples=[[]]),
    ]
    objection_id: Id | None = Field(description="An open objection to this result; null: none.", examples=[None])


class NextStep(Read):
    """What would help, the most helpful first."""

    code: RuleCode
    kind: Annotated[Literal["gate", "signal"], Field(description="Gates come first.", examples=["gate"])]
    step: Sentence
    gain: Annotated[
        int,
        Field(
            ge=0,
            le=100,
            json_schema_extra={"format": "int32"},
            description="Score it adds; a gate adds none, it opens.",
            examples=[20],
        ),
    ]


class ReadinessOutcome(Read):
    """What the rules say, rule by rule."""

    status: Status
    score: Score
    gates: Annotated[list[RuleResult], Field(max_length=50, description="What must pass.", examples=[[]])]
    signals: Annotated[list[RuleResult], Field(max_length=50, description="What counts.", examples=[[]])]
    next_steps: Annotated[list[NextStep], Field(max_length=50, description="Gates first, then by gain.", examples=[[]])]


class ReadinessRead(ReadinessOutcome):
    """Whether the file is complete and the rules are met, with every reason. Says nothing about creditworthiness."""

    actor_id: Id
    rule_set: RuleSetVersion
    computed_at: Instant
    confirmed_at: Instant | None = Field(description="When a consultant confirmed it.", examples=[None])
    expires_at: Instant | None = Field(description="Until when the confirmation holds.", examples=[None])


class GivenFact(Wire):
    """A fact that is taken as true, whatever is on file."""

    name: Annotated[
        str,
        Field(
            max_length=60,
            pattern=r"^[a-z][a-z0-9_]*$",
            description="Name of a fact, from `GET /v1/financing/facts`.",
            examples=["has_nib"],
        ),
    ]
    value: Annotated[
        Annotated[bool, Field(strict=True)]
        | Annotated[int, Field(strict=True, ge=0, le=2**53, json_schema_extra={"format": "int64"})]
        | Annotated[str, Field(min_length=1, max_length=60, pattern=LINE)],
        Field(description="`true` or `false`, a whole number, or text, as the fact is.", examples=[True]),
    ]


class WhatIf(Wire):
    """What to suppose: facts, and the product in mind."""

    facts: Annotated[list[GivenFact], Field(max_length=50, description="Facts that are taken as true.")] = Field(
        default_factory=list, examples=[[{"name": "has_nib", "value": True}]]
    )
    product_id: Id | None = Field(default=None, description="By the terms of this product; null: those of KUR.")


class ChangedRule(Read):
    """A rule that would find something else."""

    code: RuleCode
    before: Result
    after: Result
    gain: Annotated[
        int,
        Field(ge=-100, le=100, json_schema_extra={"format": "int32"}, description="Score it adds.", examples=[15]),
    ]


class WhatIfRead(Read):
    """What the rules say now, what they would say, and the difference. Nothing of it is stored."""

    actor_id: Id
    rule_set: RuleSetVersion
    now: ReadinessOutcome
    then: ReadinessOutcome
    score_change: Annotated[
        int,
        Field(ge=-100, le=100, json_schema_extra={"format": "int32"}, description="The difference.", examples=[15]),
    ]
    changed: Annotated[list[ChangedRule], Field(max_length=50, description="Rules that differ.", examples=[[]])]
    computed_at: Instant


class Confirmation(Wire):
    """A consultant's word that the file is complete."""

    note: Note


class ConfirmationWithdrawal(Wire):
    """Why a confirmation ends."""

    reason: Note
