"""Objections on the wire."""

from typing import Annotated, Literal

from pydantic import Field

from plut_api.financing.objections.models import ObjectionState
from plut_api.financing.schemas.readiness import Result, RuleCode, RuleSetVersion
from plut_api.kit.pages import Page
from plut_api.kit.wire import Id, Instant, Note, Read, Wire

_ID = "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"
_AT = "2026-03-06T08:00:00.000000Z"
FactName = Annotated[
    str,
    Field(max_length=64, pattern=r"^[a-z][a-z0-9_]*$", description="A fact that the rule reads.", examples=["has_nib"]),
]
MOST_FILES = 10


class ObjectionCreate(Wire):
    """Which rule's result is wrong, and why."""

    rule: RuleCode
    reason: Note = Field(description="Why it is wrong.", examples=["NIB usaha saya sudah terbit bulan lalu."])
    file_ids: Annotated[
        list[Id],
        Field(max_length=MOST_FILES, description="Files handed in by `POST /v1/files` that show it.", examples=[[]]),
    ] = Field(default_factory=list)


class ObjectionUpholding(Wire):
    """Which fact is wrong, so that it is corrected."""

    fact: FactName
    answer: Note | None = Field(default=None, description="Words to the owner.", examples=["Kami perbaiki NIB-nya."])


class ObjectionDismissal(Wire):
    """Why the result is right."""

    answer: Note = Field(description="The reason, to the owner.", examples=["NIB itu milik usaha lain."])


class ObjectionRead(Read):
    """An objection to what one rule of readiness says, its clock, and its answer."""

    id: Id
    subject: Literal["business", "cooperative"] = Field(
        description="What was judged. Open: expect new values.", examples=["business"]
    )
    actor_id: Id | None = Field(description="The business; null for a cooperative.", examples=[_ID])
    cooperative_id: Id | None = Field(description="The cooperative; null for a business.", examples=[None])
    rule: RuleCode
    rule_set: RuleSetVersion
    result: Result
    reason: Note | None = Field(description="Why it is wrong; null once the owner was erased.", examples=["NIB ada."])
    file_ids: Annotated[list[Id], Field(max_length=MOST_FILES, description="What shows it.", examples=[[]])]
    state: ObjectionState = Field(
        description="`upheld`: a fact is wrong and is corrected; the result follows the fact. Open: expect new values.",
        examples=["open"],
    )
    created_at: Instant
    due_at: Instant = Field(description="Until when it is to be answered.", examples=[_AT])
    is_late: bool = Field(description="Open past its term, or answered after it.", examples=[False])
    ended_at: Instant | None = Field(description="When it was answered or withdrawn.", examples=[None])
    answer: Note | None = Field(description="What the owner is answered.", examples=["Kami perbaiki NIB-nya."])
    fact: FactName | None = Field(description="The fact that is wrong, where it was upheld.", examples=["has_nib"])
    corrected_at: Instant | None = Field(description="When that fact was corrected.", examples=[None])


class ObjectionPage(Page[ObjectionRead]):
    """One page of objections, newest first."""
