"""Sponsors, and the progress of commitments, on the wire."""

from typing import Annotated

from pydantic import Field

from plut_api.kit.pages import Page
from plut_api.kit.wire import LINE, MAX_IDR, Id, Instant, Name, Note, Read, Wire
from plut_api.organizations.agreements.schemas import (
    Amount,
    DueOn,
    KindOfCommitment,
    Product,
    Quantity,
    Seats,
    Unit,
)

_ID = "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"
Number = Annotated[
    int,
    Field(
        ge=0,
        le=MAX_IDR,
        json_schema_extra={"format": "int64"},
        description="In seats, rupiah or units, as the commitment's kind.",
        examples=[25],
    ),
]
Percent = Annotated[
    int, Field(ge=0, le=100, json_schema_extra={"format": "int32"}, description="A share, in percent.", examples=[62])
]


class SponsorCreate(Wire):
    """A commitment that is to sponsor a programme: with seats or with rupiah, as its kind says."""

    commitment_id: Id = Field(description="A commitment of an active agreement.", examples=[_ID])
    seats: Seats | None = Field(default=None, description="Of a commitment of the kind `seats`.", examples=[20])
    amount_idr: Amount | None = Field(default=None, description="Of one of the kind `rupiah`.", examples=[None])


class SponsorRead(Read):
    """A partner that sponsors a programme."""

    id: Id
    program_id: Id = Field(description="The programme.", examples=[_ID])
    organization_id: Id = Field(description="The partner.", examples=[_ID])
    organization_name: Name
    commitment_id: Id = Field(description="By which of its commitments.", examples=[_ID])
    seats: Seats | None = Field(description="Seats that it pays for.", examples=[20])
    amount_idr: Amount | None = Field(description="Rupiah that it gives.", examples=[None])
    created_at: Instant


class SponsorPage(Page[SponsorRead]):
    """One page of sponsors, in the order in which they came."""


class CommitmentProgress(Read):
    """A commitment and what became of it, computed from the programmes that it sponsors."""

    id: Id
    agreement_id: Id = Field(description="The agreement.", examples=[_ID])
    organization_id: Id = Field(description="The partner.", examples=[_ID])
    kind: KindOfCommitment
    seats: Seats | None = Field(description="Of the kind `seats`.", examples=[40])
    amount_idr: Amount | None = Field(description="Of the kind `rupiah`.", examples=[None])
    quantity: Quantity | None = Field(description="Of the kind `offtake`.", examples=[None])
    unit: Unit | None = Field(description="Of the kind `offtake`.", examples=[None])
    product: Product | None = Field(description="Of the kind `offtake`.", examples=[None])
    due_on: DueOn
    note: Note | None = Field(description="What else was said.", examples=[None])
    target: Number = Field(description="What was committed.", examples=[40])
    planned: Number | None = Field(
        description="Set aside for programmes that are not cancelled; null for `offtake`.", examples=[30]
    )
    promised: Number | None = Field(
        description="Of that, for programmes that are published or running; null for `offtake`.", examples=[20]
    )
    achieved: Number | None = Field(
        description="`seats`: people who sit in sponsored seats of programmes that are published, running or "
        "completed. `rupiah`: paid out, by programmes that are completed. Null for `offtake`: it is counted once "
        "deliveries are recorded.",
        examples=[25],
    )
    completed: Number | None = Field(
        description="`seats`: those of them who completed the programme; null for other kinds.", examples=[18]
    )
    left: Number | None = Field(description="What can still sponsor programmes; null for `offtake`.", examples=[10])
    elapsed_percent: Percent = Field(
        description="How much of its time has passed, from the agreement's first day to the day it is due.",
        examples=[70],
    )
    achieved_percent: Percent | None = Field(description="How much was achieved; null if unknown.", examples=[62])
    is_behind: bool | None = Field(
        description="Whether time has passed faster than it was kept, by more than the rule value "
        "`agreements.behind_percent`; only under an active agreement. Null if unknown.",
        examples=[False],
    )
    words: Annotated[
        str,
        Field(
            max_length=300,
            pattern=LINE,
            description="The same in a sentence, in the language asked for.",
            examples=["25 dari 40 kursi terisi, 18 peserta selesai."],
        ),
    ]


class CommitmentProgressPage(Page[CommitmentProgress]):
    """One page of commitments with their progress."""
