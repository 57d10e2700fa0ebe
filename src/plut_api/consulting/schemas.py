"""Consultations on the wire."""

from typing import Annotated

from pydantic import Field

from plut_api.consulting.models import (
    ConsultationResult,
    ConsultationState,
    ConsultingChannel,
    ConsultingField,
)
from plut_api.consulting.states import ConsultationMove
from plut_api.facilities.models import Shift
from plut_api.kit.pages import Page
from plut_api.kit.wire import LINE, Day, Id, Instant, Name, Note, Patch, Read, Trimmed, Unicode, Wire

_ID = "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"
_DAY = "2026-03-02"
FieldOfWork = Annotated[
    ConsultingField,
    Field(
        description="What it is about: `institution` (kelembagaan), `human_resources` (SDM), `production` (produksi), "
        "`finance` (pembiayaan), `marketing` (pemasaran). Open: expect new values.",
        examples=["production"],
    ),
]
Channel = Annotated[
    ConsultingChannel,
    Field(description="How client and consultant meet. Open: expect new values.", examples=["visit"]),
]
State = Annotated[
    ConsultationState, Field(description="Where it stands. Open: expect new values.", examples=["scheduled"])
]
Result = Annotated[
    ConsultationResult,
    Field(
        description="What came of it: `solved`, `continuing`, `referred` to somebody else, `unsolved`. Open.",
        examples=["continuing"],
    ),
]
ShiftOfDay = Annotated[
    Shift, Field(description="Half a working day: `morning` or `afternoon`. Open.", examples=["morning"])
]
Start = Annotated[
    str,
    Field(
        max_length=5,
        pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$",
        description="When it starts, `HH:MM` in WITA.",
        examples=["09:30"],
    ),
]
Minutes = Annotated[
    int,
    Field(strict=True, ge=1, le=1440, json_schema_extra={"format": "int32"}, description="Minutes.", examples=[60]),
]
Place = Annotated[
    str,
    Field(min_length=1, max_length=300, pattern=LINE, description="Where.", examples=["Rumah produksi, Sembalun"]),
    Trimmed,
    Unicode,
]
WishedDays = Annotated[
    list[Day], Field(max_length=5, description="Days that would suit, best first.", examples=[["2026-03-02"]])
]


class ConsultationCreate(Wire):
    """A consultation to ask for."""

    person_id: Id | None = Field(
        default=None,
        description="The client; staff name them, a person only for a minor in their care.",
        examples=[_ID],
    )
    actor_id: Id | None = Field(default=None, description="The business that it is for, if any.", examples=[_ID])
    field: FieldOfWork
    channel: Channel
    problem: Note = Field(description="What it is about, in the client's words.", examples=["Keripik cepat melempem."])
    wished_days: WishedDays = Field(default_factory=list)


class ConsultationPatch(Patch):
    """A change of a consultation; what is absent stays.

    While it is open what was asked for: `field`, `channel`, `problem`, `wished_days`. Once it was held what was
    recorded: `minutes`, `advice`, `result`, `next_visit_on`.
    """

    # A factory, unlike a default, neither admits null nor shows in the contract; `changes()` never reads its value.
    field: FieldOfWork = Field(default_factory=lambda: ConsultingField.production)
    channel: Channel = Field(default_factory=lambda: ConsultingChannel.visit)
    problem: Note = Field(default_factory=str, description="What it is about.", examples=["Keripik cepat melempem."])
    wished_days: WishedDays = Field(default_factory=list)
    minutes: Minutes = Field(default_factory=int, description="How long it really took.", examples=[75])
    advice: Note = Field(default_factory=str, description="What was advised.", examples=["Ganti ke aluminium."])
    result: Result = Field(default_factory=lambda: ConsultationResult.continuing)
    next_visit_on: Day | None = Field(default=None, description="When to meet again.", examples=["2026-04-06"])


class Assign(Wire):
    """The consultant who is to have a consultation."""

    consultant_id: Id = Field(description="Account of the consultant.", examples=[_ID])
    reason: Note | None = Field(default=None, description="Why.", examples=["Ahli kemasan."])


class Appointment(Wire):
    """When and where a consultation takes place: a day with a shift, or with a start."""

    on_date: Day
    shift: ShiftOfDay | None = Field(default=None, description="The whole shift is taken.", examples=["morning"])
    starts: Start | None = Field(default=None, description="`HH:MM` in WITA; instead of a shift.", examples=[None])
    planned_minutes: Minutes | None = Field(
        default=None,
        description="How long from the start; by default the rule value `consulting.appointment_minutes`.",
        examples=[None],
    )
    place: Place | None = Field(default=None, description="Where, if not in a room of PLUT.", examples=[None])
    room_id: Id | None = Field(
        default=None, description="A room of PLUT, which is booked for the shift with it.", examples=[None]
    )
    reason: Note | None = Field(default=None, description="Why an appointment is moved.", examples=[None])


class ActionCreate(Wire):
    """Something that the client is to do until a day."""

    what: Note = Field(description="What is to be done.", examples=["Uji simpan tiga kemasan."])
    due_on: Day


class Record(Wire):
    """What is recorded of a consultation that was held."""

    minutes: Minutes = Field(description="How long it really took.", examples=[75])
    advice: Note = Field(description="What was advised; the client reads it.", examples=["Ganti ke kemasan aluminium."])
    result: Result
    actions: Annotated[
        list[ActionCreate], Field(max_length=20, description="What was agreed that the client does.")
    ] = Field(default_factory=list)
    next_visit_on: Day | None = Field(default=None, description="When to meet again.", examples=["2026-04-06"])
    private_note: Note | None = Field(
        default=None, description="For the consultant alone; nobody else reads it.", examples=["Perlu sabar."]
    )


class MoveNote(Wire):
    """Why; may be left out."""

    reason: Note | None = Field(default=None, description="Why.", examples=["Klien tidak di rumah."])


class MoveReason(Wire):
    """Why a consultation is cancelled."""

    reason: Note = Field(description="Why.", examples=["Klien sakit."])


class ActionRead(Read):
    """An agreed action: what the client does until a day."""

    id: Id
    what: Note = Field(description="What is to be done.", examples=["Uji simpan tiga kemasan."])
    due_on: Day
    done_at: Instant | None = Field(description="When it was ticked off.", examples=[None])
    is_overdue: bool = Field(description="Whether its day has passed and it is not done.", examples=[False])


class ConsultationRead(Read):
    """A consultation as client, consultant and Dinas share it. Private notes are not in it."""

    id: Id
    person_id: Id = Field(description="The client.", examples=[_ID])
    person_name: Name = Field(description="The client.", examples=["Baiq Contoh"])
    actor_id: Id | None = Field(description="The business that it is for.", examples=[_ID])
    field: FieldOfWork
    channel: Channel
    problem: Note | None = Field(description="What it is about; null once it was forgotten.", examples=["Melempem."])
    wished_days: WishedDays
    consultant_id: Id | None = Field(description="Who has it; null: it waits for the Dinas.", examples=[_ID])
    consultant_name: Annotated[str, Field(max_length=200, pattern=LINE, description="Name.")] | None = Field(
        description="Name of the consultant, if the account has one.", examples=["Petugas Contoh"]
    )
    state: State
    on_date: Day | None = Field(description="The day of the appointment.", examples=[_DAY])
    shift: ShiftOfDay | None = Field(description="The shift, if it takes a whole one.", examples=[None])
    starts_at: Instant | None = Field(description="When it begins.", examples=["2026-03-02T01:30:00.000000Z"])
    ends_at: Instant | None = Field(description="When it is planned to end.", examples=["2026-03-02T02:30:00.000000Z"])
    place: Place | None = Field(description="Where.", examples=[None])
    room_id: Id | None = Field(description="The room of PLUT.", examples=[None])
    booking_id: Id | None = Field(description="The booking of that room.", examples=[None])
    minutes: Minutes | None = Field(description="How long it took.", examples=[None])
    advice: Note | None = Field(description="What was advised.", examples=[None])
    result: Result | None = Field(description="What came of it.", examples=[None])
    next_visit_on: Day | None = Field(description="When to meet again.", examples=[None])
    actions: Annotated[list[ActionRead], Field(max_length=100, description="What was agreed.", examples=[[]])]
    file_ids: Annotated[list[Id], Field(max_length=100, description="Files that are attached.", examples=[[]])]
    allowed_moves: Annotated[
        list[ConsultationMove], Field(max_length=10, description="What the caller can do with it now. Open.")
    ]
    created_at: Instant


class ConsultationPage(Page[ConsultationRead]):
    """One page of consultations, newest first."""


class ConsultationTransitionRead(Read):
    """One move of a consultation."""

    id: Id
    from_state: State | None = Field(description="Null: it was asked for.", examples=[None])
    to_state: State
    caller_id: Id | None = Field(description="Who did it; null: it followed from an assignment.", examples=[_ID])
    reason: Note | None = Field(description="Why.", examples=[None])
    created_at: Instant


class ConsultationTransitionPage(Page[ConsultationTransitionRead]):
    """One page of moves, oldest first."""


class NoteCreate(Wire):
    """A private note."""

    text: Note = Field(description="For the author alone.", examples=["Perlu sabar."])


class NoteRead(Read):
    """A private note of the caller."""

    id: Id
    text: Note = Field(description="For the author alone.", examples=["Perlu sabar."])
    created_at: Instant


class NotePage(Page[NoteRead]):
    """One page of private notes, oldest first."""


class FileAttach(Wire):
    """A file to attach."""

    file_id: Id = Field(description="Uploaded by the caller by `POST /v1/files`.", examples=[_ID])
