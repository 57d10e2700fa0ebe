"""Sessions that a person is expected at, on the wire."""

from pydantic import Field

from plut_api.kit.pages import Page
from plut_api.kit.wire import Day, Id, Name, Read
from plut_api.programs.schemas.programs import ShiftField, Title

_ID = "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"


class ScheduledSessionRead(Read):
    """A session to come of a programme that somebody takes part in: when, where, and of which programme."""

    id: Id = Field(description="The session.", examples=[_ID])
    held_on: Day
    shift: ShiftField
    title: Title
    place: Title | None = Field(description="Where; null if not settled.", examples=["Ruang kelas 1, PLUT NTB"])
    program_id: Id
    program_title: Title
    enrolment_id: Id = Field(description="The seat by which the person takes part.", examples=[_ID])
    person_id: Id = Field(description="Who takes part: the caller, or a minor in their care.", examples=[_ID])
    person_name: Name = Field(description="Their full name.", examples=["Baiq Contoh"])


class SchedulePage(Page[ScheduledSessionRead]):
    """One page of sessions to come, by day, the morning first."""
