"""How the level of an outcome moved, on the wire."""

from typing import Annotated

from pydantic import Field

from plut_api.kit.pages import Page
from plut_api.kit.wire import Id, Instant, Read
from plut_api.outcomes.models import Cause
from plut_api.outcomes.schemas.levels import Level, RubricVersion

_ID = "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"


class OutcomeMove(Read):
    """One move of the level proven: from which to which, when, why, by whom, by which version of the rubric."""

    id: Id
    before_level: Level | None = Field(description="The level proven before; null if none was.", examples=[2])
    level: Level | None = Field(
        description="The level proven since; null if nothing proves one any more.", examples=[3]
    )
    cause: Annotated[
        Cause,
        Field(
            description="`evidence`: it was verified, or revoked; `system_fact`: a row of this system began or ended; "
            "`follow_up`: what was found months later. Open: expect new values.",
            examples=["evidence"],
        ),
    ]
    evidence_id: Id | None = Field(
        description="The evidence that moved it; null also once that has had its time.", examples=[_ID]
    )
    follow_up_id: Id | None = Field(description="The follow-up that moved it.", examples=[None])
    by: Id | None = Field(
        validation_alias="by_id", description="The account that moved it; null if it moved by itself.", examples=[_ID]
    )
    rubric_version: RubricVersion
    created_at: Instant


class OutcomeMovePage(Page[OutcomeMove]):
    """One page of moves of an outcome."""
