"""Programmes, their moves and their sessions on the wire."""

from typing import Annotated

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
from plut_api.programs.models import FundSource, ProgramLevel, ProgramState, Shift
from plut_api.programs.schemas.details import (
    Districts,
    Documents,
    FundField,
    PassMark,
    Percent,
    PostTest,
    Prerequisite,
    PreTest,
    Reserved,
    ReservedShown,
    SeatCount,
    SegmentField,
    TargetKblis,
    TargetVersion,
    once_each,
)
from plut_api.programs.schemas.topics import Topics
from plut_api.reference.schemas import KbliVersion

_ID = "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"


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
LevelField = Annotated[ProgramLevel, Field(description="How far it goes. Open: expect new values.", examples=["basic"])]
Segments = Annotated[
    list[SegmentField],
    Field(max_length=20, description="For whom it is meant first; empty: everyone alike.", examples=[["mothers"]]),
    AfterValidator(once_each),
]
Regencies = Annotated[
    list[RegencyCode],
    Field(max_length=50, description="Regencies and cities it is for; empty: all of NTB.", examples=[["52.02"]]),
    AfterValidator(once_each),
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
State = Annotated[
    ProgramState, Field(description="Where the programme stands. Open: expect new values.", examples=["published"])
]
ShiftField = Annotated[Shift, Field(description="The shift. Open: expect new values.", examples=["morning"])]


class ProgramCreate(Wire):
    """A programme to propose. It begins as a draft."""

    title: Title
    aim: Aim
    topics: Topics
    level: LevelField = ProgramLevel.basic
    prerequisite_id: Prerequisite | None = Field(
        default=None, description="A programme one level below that it builds upon.", examples=[_ID]
    )
    kbli_version: TargetVersion | None = Field(
        default=None, description="Version of `kbli_codes`; 2025 by default.", examples=["2025"]
    )
    kbli_codes: TargetKblis = Field(default_factory=list)
    segments: Segments = Field(default_factory=list)
    regency_codes: Regencies = Field(default_factory=list)
    district_codes: Districts = Field(default_factory=list)
    starts_on: FirstDay
    ends_on: LastDay
    seats: Seats
    reserved_seats: Reserved = Field(default_factory=list)
    budget_idr: Idr | None = Field(default=None, description="What it is to cost.", examples=[50_000_000])
    fund_source: FundField = FundSource.apbd
    required_documents: Documents = Field(default_factory=list)
    has_pre_test: PreTest = False
    has_post_test: PostTest = False
    pass_mark: PassMark | None = Field(
        default=None,
        description="Points of 100 for passing the test afterwards; with such a test the usual mark by default.",
        examples=[60],
    )
    attendance_percent: Percent | None = Field(
        default=None, description="The share of sessions to attend for completion; the usual by default.", examples=[80]
    )
    organization_id: Id | None = Field(
        default=None,
        description="The organization that runs it: by default the caller's own; another can be named by the Dinas.",
        examples=[_ID],
    )


class ProgramPatch(Patch):
    """A change of a programme; what is absent stays."""

    title: Title = Field(default_factory=str)
    aim: Aim = Field(default_factory=str)
    topics: Topics = Field(default_factory=list)
    level: LevelField = Field(default_factory=lambda: ProgramLevel.basic)
    prerequisite_id: Prerequisite | None = Field(
        default=None, description="A programme one level below that it builds upon; null removes.", examples=[_ID]
    )
    kbli_version: TargetVersion = Field(default_factory=lambda: KbliVersion.v2025)
    kbli_codes: TargetKblis = Field(default_factory=list)
    segments: Segments = Field(default_factory=list)
    regency_codes: Regencies = Field(default_factory=list)
    district_codes: Districts = Field(default_factory=list)
    starts_on: FirstDay = Field(default_factory=clock.today)
    ends_on: LastDay = Field(default_factory=clock.today)
    seats: Seats = Field(default_factory=int)
    reserved_seats: Reserved = Field(default_factory=list)
    budget_idr: Idr | None = Field(default=None, description="What it is to cost; null removes.", examples=[1_000_000])
    spent_idr: Idr = Field(
        default_factory=int, description="What it cost, once it runs or has ended.", examples=[48_500_000]
    )
    fund_source: FundField = Field(default_factory=lambda: FundSource.apbd)
    required_documents: Documents = Field(default_factory=list)
    has_pre_test: PreTest = Field(default_factory=bool)
    has_post_test: PostTest = Field(default_factory=bool)
    pass_mark: PassMark | None = Field(
        default=None, description="Points of 100 for passing; null: the usual mark.", examples=[60]
    )
    attendance_percent: Percent = Field(default_factory=int)


class ProgramRead(Read):
    """A training programme."""

    id: Id
    organization_id: Id = Field(description="The organization that owns it.", examples=[_ID])
    host_organization_ids: list[Id] = Field(
        max_length=50, description="Organizations that run it together with the owner.", examples=[[_ID]]
    )
    title: Title
    aim: Aim
    topics: Topics
    level: LevelField
    prerequisite_id: Id | None = Field(description="The programme it builds upon; null if on none.", examples=[_ID])
    kbli_version: TargetVersion | None = Field(description="Version of `kbli_codes`; null without.", examples=["2025"])
    kbli_codes: TargetKblis
    segments: Segments
    regency_codes: Regencies
    district_codes: Districts
    starts_on: FirstDay
    ends_on: LastDay
    seats: Seats
    seats_taken: SeatCount = Field(description="How many seats are given, or held by an open offer.", examples=[12])
    seats_left: SeatCount = Field(description="How many seats nobody has taken, reserved ones included.", examples=[18])
    reserved_seats: ReservedShown
    budget_idr: Idr | None = Field(description="What it is to cost; null if not told.", examples=[50_000_000])
    spent_idr: Idr | None = Field(description="What it cost; null until told.", examples=[48_500_000])
    fund_source: FundField
    required_documents: Documents
    has_pre_test: PreTest
    has_post_test: PostTest
    pass_mark: PassMark | None = Field(description="Points of 100 for passing; null without a test.", examples=[60])
    attendance_percent: Percent
    state: State
    merged_into: Id | None = Field(description="The programme that took this one in; null if none did.", examples=[_ID])
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


class CompletionNote(MoveNote):
    """The end of a programme, with what it cost if that is known already."""

    spent_idr: Idr | None = Field(default=None, description="What it cost; can follow later.", examples=[48_500_000])


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
