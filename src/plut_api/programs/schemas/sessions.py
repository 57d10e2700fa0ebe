"""Sessions, alone and by a recurrence rule, on the wire."""

from typing import Annotated

from pydantic import AfterValidator, Field

from plut_api.facilities.schemas.bookings import DayFault, Rule
from plut_api.facilities.service.series import MOST_DAYS, Take
from plut_api.kit import clock
from plut_api.kit.pages import Page
from plut_api.kit.wire import Day, Id, Instant, Name, Note, Patch, Read, Wire
from plut_api.programs.models import Shift
from plut_api.programs.schemas.details import once_each
from plut_api.programs.schemas.programs import ShiftField, Title

_ID = "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"
_PLACE = "Ruang kelas 1, PLUT NTB"
_ROOM = "A room to book for it, for as many people as the programme has seats (`/v1/facilities`)."
TrainerIds = Annotated[
    list[Id],
    Field(max_length=10, description="Who teaches, of `/v1/trainers`; nobody in two places at once.", examples=[[_ID]]),
    AfterValidator(once_each),
]


class TrainingSessionCreate(Wire):
    """A session to hold: one day and shift within the programme's period."""

    held_on: Day
    shift: ShiftField
    title: Title
    place: Title | None = Field(default=None, description="Where; by default the room.", examples=[_PLACE])
    room_id: Id | None = Field(default=None, description=_ROOM, examples=[_ID])
    trainer_ids: TrainerIds = Field(default_factory=list)


class TrainingSessionPatch(Patch):
    """A change of a session; what is absent stays. Another day, shift or room gives the room it had back."""

    held_on: Day = Field(default_factory=clock.today)
    shift: ShiftField = Field(default_factory=lambda: Shift.morning)
    title: Title = Field(default_factory=str)
    place: Title | None = Field(default=None, description="Where; null removes.", examples=[_PLACE])
    room_id: Id | None = Field(default=None, description="Another room to book; null gives it back.", examples=[_ID])
    trainer_ids: TrainerIds = Field(default_factory=list)


class SessionReason(Wire):
    """Why a session is cancelled; its participants are told."""

    reason: Note = Field(description="Why.", examples=["Pengajar sakit."])


class TrainerName(Read):
    """Who teaches in a session."""

    id: Id
    name: Name


class TrainingSessionRead(Read):
    """One meeting of a programme: a day and a shift."""

    id: Id
    program_id: Id
    held_on: Day
    shift: ShiftField
    title: Title
    place: Title | None = Field(description="Where; null if not settled.", examples=[_PLACE])
    room_id: Id | None = Field(description="Its room in a facility; null without one.", examples=[_ID])
    booking_id: Id | None = Field(description="The booking of its room; null without one.", examples=[_ID])
    trainers: list[TrainerName] = Field(max_length=50, description="Who teaches, by name.")
    cancelled_at: Instant | None = Field(description="When it was cancelled; null: it is held.", examples=[None])
    cancel_reason: Note | None = Field(description="Why it was cancelled.", examples=[None])
    created_at: Instant
    updated_at: Instant


class TrainingSessionPage(Page[TrainingSessionRead]):
    """One page of sessions, by day and shift."""


class SessionSeriesCreate(Wire):
    """Sessions to hold on many days of a programme."""

    rule: Rule
    first_on: Day | None = Field(
        default=None, description="From this day on; by default the programme's first.", examples=["2026-03-02"]
    )
    last_on: Day | None = Field(
        default=None, description="Up to this day; by default the programme's last.", examples=["2026-03-27"]
    )
    shift: ShiftField
    title: Title
    place: Title | None = Field(default=None, description="Where; by default the room.", examples=[_PLACE])
    room_id: Id | None = Field(default=None, description=_ROOM, examples=[_ID])
    trainer_ids: TrainerIds = Field(default_factory=list)
    take: Annotated[Take, Field(description="`all` days or none, or those that are `free`.", examples=["free"])] = (
        Take.all
    )
    dry_run: bool = Field(default=False, description="Only say what each day would get.", examples=[True])


class SessionDay(Read):
    """What one day of a series gets."""

    held_on: Day
    session_id: Id | None = Field(description="Its session; null if none was made.", examples=[_ID])
    faults: list[DayFault] = Field(max_length=20, description="What stands in the way; empty: nothing.")


class SessionSeriesRead(Read):
    """The days that a rule names, and what each of them gets."""

    days: list[SessionDay] = Field(max_length=MOST_DAYS, description="By day.")
