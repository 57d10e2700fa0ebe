"""Who may see scores, on the wire."""

from typing import Annotated

from pydantic import Field

from plut_api.kit.wire import Day, Id, Instant, Note, Read, Wire

_UNTIL = "The last day; null: until it is taken back."


class ScoreDisclosureSet(Wire):
    """From when until when a bank sees scores, and why."""

    valid_from: Day = Field(description="The first day. Not before today, unless it stood so already.")
    valid_until: Day | None = Field(default=None, description=_UNTIL, examples=[None])
    reason: Note = Field(
        description="On what it rests, such as an agreement.", examples=["Perjanjian 12/2026 pasal 4."]
    )


class ScoreDisclosureRead(Read):
    """The setting by which a bank sees the score in identified rows of the ready list."""

    organization_id: Id = Field(description="The bank.", validation_alias="bank_id")
    valid_from: Day
    valid_until: Day | None = Field(description=_UNTIL, examples=[None])
    in_force: Annotated[bool, Field(description="Whether the bank sees scores today.", examples=[True])]
    reason: Note
    set_by: Id = Field(description="The account that set it.")
    created_at: Instant
    updated_at: Instant
