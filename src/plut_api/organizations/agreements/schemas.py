"""Agreements and commitments on the wire."""

from typing import Annotated

from pydantic import Field

from plut_api.kit import clock
from plut_api.kit.pages import Page
from plut_api.kit.wire import LINE, MAX_IDR, Day, Id, Instant, Name, Note, Patch, Read, Trimmed, Unicode, Wire
from plut_api.organizations.agreements.models import AgreementState, CommitmentKind

_ID = "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"
Number = Annotated[
    str,
    Field(
        min_length=1,
        max_length=100,
        pattern=LINE,
        description="The number on the paper.",
        examples=["415.4/017/PKS/DISKOP/2026"],
    ),
    Trimmed,
    Unicode,
]
Title = Annotated[Name, Field(description="What it is about.", examples=["Kerja sama magang kopi Sembalun"])]
State = Annotated[
    AgreementState, Field(description="Where the agreement stands. Open: expect new values.", examples=["active"])
]
KindOfCommitment = Annotated[
    CommitmentKind,
    Field(
        description="`seats` for trainees, `rupiah`, or `offtake`: to buy what trainees make. Open: expect new values.",
        examples=["seats"],
    ),
]
Seats = Annotated[
    int,
    Field(
        strict=True,
        ge=1,
        le=100_000,
        json_schema_extra={"format": "int32"},
        description="Seats for trainees.",
        examples=[40],
    ),
]
Amount = Annotated[
    int,
    Field(
        strict=True,
        ge=1,
        le=MAX_IDR,
        json_schema_extra={"format": "int64"},
        description="Whole rupiah.",
        examples=[75_000_000],
    ),
]
Quantity = Annotated[
    int,
    Field(
        strict=True,
        ge=1,
        le=1_000_000_000,
        json_schema_extra={"format": "int32"},
        description="How many units are bought.",
        examples=[1200],
    ),
]
Unit = Annotated[
    str,
    Field(min_length=1, max_length=40, pattern=LINE, description="The unit of the quantity.", examples=["kg"]),
    Trimmed,
    Unicode,
]
Product = Annotated[Name, Field(description="What is bought.", examples=["Kopi arabika sangrai"])]
DueOn = Annotated[Day, Field(description="By which day it is to be kept.", examples=["2026-11-30"])]
_PAPER = "The signed paper, uploaded by `POST /v1/files`."


class AgreementCreate(Wire):
    """An agreement to draft."""

    organization_id: Id = Field(description="The partner: a private one, a bank, a university or an OPD.")
    number: Number
    title: Title
    starts_on: Day
    ends_on: Day
    signed_on: Day | None = Field(default=None, description="When it was signed.", examples=["2026-02-20"])
    paper_file_id: Id | None = Field(default=None, description=_PAPER, examples=[_ID])


class AgreementPatch(Patch):
    """A change of an agreement; what is absent stays."""

    # A factory, unlike a default, neither admits null nor shows in the contract; `changes()` never reads its value.
    number: Number = Field(default_factory=str)
    title: Title = Field(default_factory=str)
    starts_on: Day = Field(default_factory=clock.today)
    ends_on: Day = Field(default_factory=clock.today)
    signed_on: Day | None = Field(default=None, description="When it was signed.", examples=["2026-02-20"])
    paper_file_id: Id | None = Field(default=None, description=_PAPER, examples=[_ID])


class AgreementRead(Read):
    """An agreement between PLUT and a partner."""

    id: Id
    organization_id: Id = Field(description="The partner.", examples=[_ID])
    organization_name: Name
    number: Number
    title: Title
    starts_on: Day
    ends_on: Day
    signed_on: Day | None = Field(description="When it was signed.", examples=["2026-02-20"])
    paper_file_id: Id | None = Field(description=_PAPER, examples=[_ID])
    state: State
    created_at: Instant
    updated_at: Instant


class AgreementPage(Page[AgreementRead]):
    """One page of agreements, newest first."""


class AgreementTransitionRead(Read):
    """One move of an agreement."""

    id: Id
    from_state: State
    to_state: State
    caller_id: Id | None = Field(description="Who did it; null: it ended with its last day.", examples=[_ID])
    reason: Note | None = Field(description="Why.", examples=[None])
    created_at: Instant


class AgreementTransitionPage(Page[AgreementTransitionRead]):
    """One page of moves, oldest first."""


class AgreementNote(Wire):
    """Why; may be left out."""

    reason: Note | None = Field(default=None, description="Why.", examples=["Masa perjanjian selesai."])


class AgreementReason(Wire):
    """Why an agreement is terminated."""

    reason: Note = Field(description="Why.", examples=["Mitra menutup cabangnya di NTB."])


class CommitmentCreate(Wire):
    """What the partner commits itself to: the fields of its kind, and no others."""

    kind: KindOfCommitment
    seats: Seats | None = Field(default=None, description="Of the kind `seats`.", examples=[40])
    amount_idr: Amount | None = Field(default=None, description="Of the kind `rupiah`.", examples=[None])
    quantity: Quantity | None = Field(default=None, description="Of the kind `offtake`.", examples=[None])
    unit: Unit | None = Field(default=None, description="Of the kind `offtake`.", examples=[None])
    product: Product | None = Field(default=None, description="Of the kind `offtake`.", examples=[None])
    due_on: DueOn
    note: Note | None = Field(default=None, description="What else was said.", examples=["Peserta dari KSB."])


class CommitmentPatch(Patch):
    """A change of a commitment; what is absent stays. Its kind never changes."""

    seats: Seats = Field(default_factory=int)
    amount_idr: Amount = Field(default_factory=int)
    quantity: Quantity = Field(default_factory=int)
    unit: Unit = Field(default_factory=str)
    product: Product = Field(default_factory=str)
    due_on: DueOn = Field(default_factory=clock.today)
    note: Note | None = Field(default=None, description="What else was said.", examples=["Peserta dari KSB."])


class CommitmentRead(Read):
    """One thing that a partner does until a day. What became of it: `GET /v1/agreements/{agreement_id}/progress`."""

    id: Id
    agreement_id: Id = Field(description="The agreement.", examples=[_ID])
    kind: KindOfCommitment
    seats: Seats | None = Field(description="Of the kind `seats`.", examples=[40])
    amount_idr: Amount | None = Field(description="Of the kind `rupiah`.", examples=[None])
    quantity: Quantity | None = Field(description="Of the kind `offtake`.", examples=[None])
    unit: Unit | None = Field(description="Of the kind `offtake`.", examples=[None])
    product: Product | None = Field(description="Of the kind `offtake`.", examples=[None])
    due_on: DueOn
    note: Note | None = Field(description="What else was said.", examples=["Peserta dari KSB."])
    created_at: Instant


class CommitmentPage(Page[CommitmentRead]):
    """One page of commitments, in the order they were added."""
