"""Programmes, their moves and their sessions on the wire."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field

from plut_api.kit import clock
from plut_api.kit.pages import Page
from plut_api.kit.wire import (
    LINE,
    TEXT,
    Day,
    Id,
    Idr,
    Instant,
    Note,
    Patch,
    Read,
    RegencyCode,
    Trimmed,
    Unicode,
    Wire,
)
from plut_api.programs.models import ProgramState, Segment, Shift, Topic

_ID = "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"


def _once_each(values: list[Any]) -> list[Any]:
    return list(dict.fromkeys(values))


Title = Annotated[
    str,
    Field(min_length=3, max_length=200, pattern=LINE, description="Title.", examples=["Kemasan pangan layak jual"]),
    Trimmed,
    Unicode,
]
Aim = Annotated[
    str,
    Field(
        min_length=1,
        max_length=2000,
        pattern=TEXT,
        description="What participants can do afterwards.",
        examples=["Peserta mampu membuat label yang lengkap dan kemasan yang tahan kirim."],
    ),
    Unicode,
]
TopicField = Annotated[Topic, Field(description="What is taught. Open: expect new values.", examples=["packaging"])]
SegmentField = Annotated[Segment, Field(description="A segment. Open: expect new values.", examples=["mothers"])]
Segments = Annotated[
    list[SegmentField],
    Field(max_length=20, description="For whom it is meant first; empty: everyone alike.", examples=[["mothers"]]),
    AfterValidator(_once_each),
]
Regencies = Annotated[
    list[RegencyCode],
    Field(max_length=50, description="Regencies and cities it is for; empty: all of NTB.", examples=[["52.02"]]),
    AfterValidator(_once_each),
]
FirstDay = Annotated[Day, Field(description="First day (WITA).", examples=["2026-03-02"])]
LastDay = Annotated[Day, Field(description="Last day (WITA), not before the first.", examples=["2026-03-06"])]
Seats = Annotated[
    int,
    Field(
        strict=True,
        ge=1,
        le=10_000,
        json_schema_extra={"format": "int32"},
        description="How many people can take part.",
        examples=[30],
    ),
]
SeatCount = Annotated[
    int,
    Field(ge=0, le=10_000, json_schema_extra={"format": "int32"}, description="A number of seats.", examples=[12]),
]
State = Annotated[
    ProgramState, Field(description="Where the programme stands. Open: expect new values.", examples=["published"])
]
ShiftField = Annotated[Shift, Field(description="The shift. Open: expect new values.", examples=["morning"])]


class ProgramCreate(Wire):
    """A programme to propose. It begins as a draft."""

    title: Title
    aim: Aim
    topic: TopicField
    segments: Segments = Field(default_factory=list)
    regency_codes: Regencies = Field(default_factory=list)
    starts_on: FirstDay
    ends_on: LastDay
    seats: Seats
    budget_idr: Idr | None = Field(default=None, description="What it is to cost.", examples=[50_000_000])
    organization_id: Id | None = Field(
        default=None,
        description="The organization that runs it: by default the caller's own; another can be named by the Dinas.",
        examples=[_ID],
    )


class ProgramPatch(Patch):
    """A change of a programme; what is absent stays."""

    title: Title = Field(default_factory=str)
    aim: Aim = Field(default_factory=str)
    topic: TopicField = Field(default_factory=lambda: Topic.packaging)
    segments: Segments = Field(default_factory=list)
    regency_codes: Regencies = Field(default_factory=list)
    starts_on: FirstDay = Field(default_factory=clock.today)
    ends_on: LastDay = Field(default_factory=clock.today)
    seats: Seats = Field(default_factory=int)
    budget_idr: Idr | None = Field(default=None, description="What it is to cost; null removes.", examples=[1_000_000])


class ProgramRead(Read):
    """A training programme."""

    id: Id
    organization_id: Id = Field(description="The organization that runs it.", examples=[_ID])
    title: Title
    aim: Aim
    topic: TopicField
    segments: Segments
    regency_codes: Regencies
    starts_on: FirstDay
    ends_on: LastDay
    seats: Seats
    seats_taken: SeatCount = Field(description="How many seats are given.", examples=[12])
    budget_idr: Idr | None = Field(description="What it is to cost; null if not told.", examples=[50_000_000])
    state: State
    created_at: Instant
    updated_at: Instant


class ProgramPage(Page[ProgramRead]):
    """One page of programmes."""


class MoveNote(Wire):
    """Why a programme moves on; may be left out."""

    reason: Note | None = Field(default=None, description="Why.", examples=["Disetujui rapat koordinasi."])


class MoveReason(Wire):
    """Why a programme is rejected or cancelled."""

    reason: Note = Field(description="Why.", examples=["Judul dan waktu sama dengan usulan lain."])


class TransitionRead(Read):
    """One move of a programme: from where to where, by whom, when, why."""

    id: Id
    from_state: State
    to_state: State
    caller_id: Id = Field(description="The account or machine client that made the move.", examples=[_ID])
    reason: Note | None = Field(description="Why; null if nothing was said.", examples=["Disetujui rapat koordinasi."])
    created_at: Instant


class TransitionPage(Page[TransitionRead]):
    """One page of moves, in the order they were made."""


class TrainingSessionCreate(Wire):
    """A session to hold: one day and shift within the programme's period."""

    held_on: Day
    shift: ShiftField
    title: Title
    place: Title | None = Field(default=None, description="Where.", examples=["Ruang kelas 1, PLUT NTB"])
    trainer: Title | None = Field(default=None, description="Who teaches, by name.", examples=["Lalu Contoh"])
    room_id: Id | None = Field(
        default=None,
        description="A room to book for it, for as many people as the programme has seats (`/v1/facilities`).",
        examples=[_ID],
    )
    trainer_id: Id | None = Field(
        default=None,
        description="The account of the trainer, if there is one; they cannot verify what these participants achieve.",
        examples=[_ID],
    )


class TrainingSessionRead(Read):
    """One meeting of a programme: a day and a shift."""

    id: Id
    program_id: Id
    held_on: Day
    shift: ShiftField
    title: Title
    place: Title | None = Field(description="Where; null if not settled.", examples=["Ruang kelas 1, PLUT NTB"])
    trainer: Title | None = Field(description="Who teaches; null if not settled.", examples=["Lalu Contoh"])
    booking_id: Id | None = Field(description="The booking of its room; null without one.", examples=[_ID])
    created_at: Instant


class TrainingSessionPage(Page[TrainingSessionRead]):
    """One page of sessions, by day and shift."""
