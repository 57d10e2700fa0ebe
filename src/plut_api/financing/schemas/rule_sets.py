"""Rule sets on the wire: public, so that everybody can see what they are judged by."""

from typing import Annotated, Literal

from pydantic import Field

from plut_api.financing.schemas.readiness import RuleCode, RuleSetVersion
from plut_api.kit.wire import LINE, Day, Read

FactName = Annotated[
    str, Field(max_length=60, pattern=r"^[a-z][a-z0-9_]*$", description="Name of a fact.", examples=["has_nib"])
]
Line = Annotated[str, Field(max_length=2000, pattern=LINE)]
Subject = Annotated[
    Literal["business", "cooperative"],
    Field(description="Whom it judges. Open: expect new values.", examples=["business"]),
]
Points = Annotated[int, Field(ge=0, le=100, json_schema_extra={"format": "int32"})]


class BothWords(Read):
    """One sentence in both languages."""

    id: Annotated[Line, Field(description="In Indonesian.", examples=["Urus NIB gratis di PLUT"])]
    en: Annotated[Line, Field(description="In English.", examples=["Get a NIB at PLUT, free of charge"])]


class RuleSetSummary(Read):
    """A version of the rules."""

    version: RuleSetVersion
    subject: Subject
    valid_from: Day = Field(description="From when it may serve.", examples=["2026-11-16"])
    is_serving: Annotated[bool, Field(description="Whether results are by this version now.", examples=[True])]


class RuleSets(Read):
    """All versions of the rules, the newest first."""

    data: Annotated[list[RuleSetSummary], Field(max_length=200, description="The versions.", examples=[[]])]


class LawRead(Read):
    """What a rule rests on, and how sure that is."""

    text: Annotated[Line, Field(description="The law or reason.", examples=["PP 28/2025"])]
    certainty: Annotated[
        Literal["confirmed", "reported", "unverified"],
        Field(
            description="`confirmed`: the text was read; `reported`: by press or a guide; `unverified`: check first.",
            examples=["reported"],
        ),
    ]


class BoundRead(Read):
    """A rule value that a rule compares with."""

    rule_value: Annotated[
        str,
        Field(
            max_length=80,
            pattern=LINE,
            description="Its code, of `GET /v1/rule-values`.",
            examples=["kur.min_business_months"],
        ),
    ]
    value: Annotated[
        int | None,
        Field(
            ge=0,
            le=2**53,
            json_schema_extra={"format": "int64"},
            description="What holds today; null: none does.",
            examples=[6],
        ),
    ]


class GradeRead(Read):
    """A condition that counts a part of a signal's weight."""

    condition: Annotated[Line, Field(description="As a line.", examples=["book_months_covered >= 3"])]
    points: Annotated[Points, Field(description="What it counts.", examples=[7])]


class RuleRead(Read):
    """One rule: what it asks, what it rests on, and what helps."""

    code: RuleCode
    kind: Annotated[Literal["gate", "signal"], Field(description="Gates must pass; signals count.", examples=["gate"])]
    weight: Annotated[Points, Field(description="What it counts; a gate none.", examples=[10])]
    title: BothWords
    applies: Annotated[Line | None, Field(description="To whom it applies, as a line; null: to all.", examples=[None])]
    passes: Annotated[
        Line,
        Field(
            description="When it passes, as a line of the grammar: facts, bounds by the code of their rule value, and "
            "`P.x` for a term of the chosen product. An unknown fact never passes.",
            examples=["business_months >= P.min_business_months (kur.min_business_months)"],
        ),
    ]
    grades: Annotated[list[GradeRead], Field(max_length=10, description="Parts of its weight.", examples=[[]])]
    facts: Annotated[list[FactName], Field(max_length=50, description="Facts that it reads.", examples=[["has_nib"]])]
    bounds: Annotated[list[BoundRead], Field(max_length=50, description="Rule values that it reads.", examples=[[]])]
    next_step: BothWords
    source: Annotated[Line, Field(description="Law or reason, in short.", examples=["PP 28/2025"])]
    laws: Annotated[list[LawRead], Field(max_length=20, description="What it rests on, one by one.", examples=[[]])]


class RuleFact(Read):
    """A fact that rules of this version read."""

    name: FactName
    kind: Annotated[
        Literal["yes_no", "number", "text"],
        Field(description="Its type. Open: expect new values.", examples=["number"]),
    ]
    meaning: BothWords


class RuleTerm(Read):
    """A term of products that rules of this version ask for."""

    name: FactName
    meaning: BothWords


class RuleSetRead(RuleSetSummary):
    """A version of the rules as a whole. It says when a file is complete; nothing of creditworthiness."""

    ready_from_score: Annotated[Points, Field(description="`ready` from here, with every gate.", examples=[70])]
    almost_from_score: Annotated[Points, Field(description="`almost` from here, with every gate.", examples=[50])]
    rules: Annotated[list[RuleRead], Field(max_length=100, description="Every rule.", examples=[[]])]
    facts: Annotated[list[RuleFact], Field(max_length=200, description="The facts that they read.", examples=[[]])]
    terms: Annotated[list[RuleTerm], Field(max_length=50, description="The terms (`P.x`).", examples=[[]])]
