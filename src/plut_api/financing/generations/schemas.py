"""Runs over all on the wire."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from plut_api.financing.models import GenerationCause, GenerationState
from plut_api.financing.schemas.readiness import RuleSetVersion
from plut_api.kit.pages import Page
from plut_api.kit.wire import Day, Id, Instant, Read

Number = Annotated[
    int, Field(ge=0, le=2**31 - 1, json_schema_extra={"format": "int32"}, description="A number.", examples=[12])
]


def _number(description: str) -> Any:
    return Field(description=description, examples=[12])


class GenerationRead(Read):
    """One run over all businesses or cooperatives, and how far it is."""

    id: Id
    subject: Annotated[
        str,
        Field(
            max_length=32,
            pattern=r"^[a-z_]+$",
            description="`business` or `cooperative`. Open: expect new values.",
            examples=["business"],
        ),
    ]
    rule_set: RuleSetVersion
    rule_set_before: RuleSetVersion | None = Field(description="What served as it began.", examples=["umkm-v0"])
    cause: Annotated[
        GenerationCause,
        Field(
            description="`first`: rules from the beginning; `rule_set`: others that came into force; `new_day`; "
            "`recompute`: somebody had it run. Open: expect new values.",
            examples=["rule_set"],
        ),
    ]
    state: Annotated[
        GenerationState,
        Field(
            description="`building` while under way: until it is `done` what served before goes on serving; "
            "`abandoned` for another. Open: expect new values.",
            examples=["building"],
        ),
    ]
    day: Day
    total: Number = _number("Businesses as it began; 0 of cooperatives, which are judged at once.")
    block_count: Number = _number("Blocks that it is done in.")
    blocks_done: Number = _number("Blocks that are done.")
    changed: Number = _number("Results that became others.")
    added: Number = _number("Businesses that new rules found ready, and the rules before did not.")
    dropped: Number = _number("Businesses that they do not find ready any more.")
    confirmations_ended: Number = _number("Confirmations that ended by it.")
    created_at: Instant
    finished_at: datetime | None = Field(description="When it ended; null while under way.", examples=[None])


class GenerationPage(Page[GenerationRead]):
    """One page of runs, the newest first."""
