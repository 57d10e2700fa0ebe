"""What other rules would change, on the wire."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from plut_api.financing.schemas.readiness import RuleSetVersion
from plut_api.insights.financing.schemas import Number, Share
from plut_api.kit.wire import LINE, Day, Read


class DiffBy(StrEnum):
    """What a group stands for. Open."""

    everything = "everything"
    women = "women"
    youth = "youth"
    regency = "regency"


class DiffState(StrEnum):
    """Whether the counts are there. Open."""

    counting = "counting"
    done = "done"


class DiffGroup(Read):
    """One group under both rule sets. Numbers are null where they would be about a few."""

    by: Annotated[DiffBy, Field(description="What the group stands for. Open: expect new values.", examples=["women"])]
    key: Annotated[
        str,
        Field(
            max_length=64,
            pattern=LINE,
            description="Which: a regency by its code; of segments `women`, `youth`, or `others`.",
            examples=["women"],
        ),
    ]
    name: Annotated[str, Field(max_length=300, pattern=LINE, description="In words.", examples=["Perempuan"])]
    is_suppressed: Annotated[bool, Field(description="Whether the numbers are left out.", examples=[False])]
    businesses: Number | None = Field(description="All that are judged.", examples=[4000])
    ready_before: Number | None = Field(description="Ready by the old rule set.", examples=[400])
    ready_after: Number | None = Field(description="Ready by the new one.", examples=[380])
    added: Number | None = Field(description="Ready by the new one alone.", examples=[20])
    dropped: Number | None = Field(description="Ready by the old one alone.", examples=[40])
    share_before: Share | None = Field(description="Share that is ready by the old one.", examples=[0.1])
    share_after: Share | None = Field(description="Share that is ready by the new one.", examples=[0.095])


class RuleSetDiffRead(Read):
    """Whom a rule set would add or drop in place of another, as all stood on a day."""

    old: RuleSetVersion
    new: RuleSetVersion
    day: Day
    state: Annotated[
        DiffState,
        Field(description="`counting`: ask again in a minute; `done`. Open: expect new values.", examples=["done"]),
    ]
    finished_at: datetime | None = Field(description="When it was counted.", examples=[None])
    smallest_cell: Annotated[
        int,
        Field(
            ge=1,
            le=1000,
            json_schema_extra={"format": "int32"},
            description="Groups of fewer are left out, and others from which they could be worked out.",
            examples=[5],
        ),
    ]
    groups: Annotated[list[DiffGroup], Field(max_length=500, description="Empty while counting.", examples=[[]])]
