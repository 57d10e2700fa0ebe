"""Segments of a person on the wire."""

from typing import Annotated

from pydantic import Field

from plut_api.actors.models import SegmentKind, SegmentSource
from plut_api.actors.schemas.fields import PastDay
from plut_api.kit.wire import Day, Id, Read, Wire

SegmentField = Annotated[
    SegmentKind,
    Field(
        description="`women` (by sex), `mothers` (self-declared), `youth` (by the dated age bounds), `disability`, "
        "`remote_village` (by the dated list of regions). Open: expect new values.",
        examples=["mothers"],
    ),
]


class SegmentCreate(Wire):
    """A segment that only the person knows: `mothers`. The others are computed, `disability` follows from its kinds."""

    segment: SegmentField
    since: PastDay | None = Field(default=None, description="From which day on; today if left out.")


class SegmentEnd(Wire):
    """When a period ended."""

    until: PastDay | None = Field(
        default=None, description="The first day on which it held no more; today if left out.", examples=["2026-03-02"]
    )


class SegmentRead(Read):
    """A period in a segment. Past ones stay."""

    id: Id | None = Field(description="Null for what is computed, which nobody can end.", examples=[None])
    segment: SegmentField
    since: Day | None = Field(description="The first day; null if it always held.", examples=["2026-03-02"])
    until: Day | None = Field(description="The first day on which it holds no more.", examples=[None])
    source: Annotated[
        SegmentSource,
        Field(description="Who says so: `self`, `officer`, `import`, `law`. Open.", examples=["self"]),
    ]


class SegmentsRead(Read):
    """The periods of a person in segments, by segment, then by day."""

    data: Annotated[list[SegmentRead], Field(max_length=200, description="The periods.", examples=[[]])]
