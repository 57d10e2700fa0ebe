"""Refusals on the wire."""

from typing import Annotated

from pydantic import Field

from plut_api.financing.schemas.readiness import Result, RuleCode, Sentence
from plut_api.financing.schemas.referrals import Reason
from plut_api.kit.wire import Id, Instant, Note, Read, Wire


class StepAfterRefusal(Read):
    """A rule of readiness that is worth working on after a refusal, as it stands now."""

    code: RuleCode
    title: Sentence
    result: Result
    step: Sentence = Field(description="What to do, if it does not pass.")
    gain: Annotated[
        int, Field(ge=0, le=100, json_schema_extra={"format": "int32"}, description="Score it adds.", examples=[20])
    ]


class RefusalRead(Read):
    """Why a bank refused a request, and what can be done about it."""

    referral_id: Id
    actor_id: Id
    bank_id: Id
    reason_code: Reason
    reason: Sentence = Field(description="The reason in words, in the language asked for.")
    note: Note | None = Field(description="What the bank added.", examples=[None])
    refused_at: Instant
    next_steps: Annotated[
        list[StepAfterRefusal],
        Field(max_length=50, description="What does not pass first, then by gain.", examples=[[]]),
    ]
    is_open: Annotated[
        bool,
        Field(
            description="Whether it waits on the consultant's work list: until its steps pass, or it is closed.",
            examples=[True],
        ),
    ]
    closed_at: Instant | None = Field(description="When the consultant was done.", examples=[None])
    closed_by: Id | None = Field(description="The consultant.", examples=[None])
    close_note: Note | None = Field(description="What came of it.", examples=[None])


class RefusalClose(Wire):
    """What came of a refusal."""

    note: Note
