"""Enrolments on the wire."""

from typing import Annotated

from pydantic import Field

from plut_api.kit.ids import new_id
from plut_api.kit.pages import Page
from plut_api.kit.wire import Id, Instant, Name, Note, Patch, Read, Wire
from plut_api.programs.models import EnrolmentState, Segment
from plut_api.programs.schemas.programs import Title

_ID = "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"
State = Annotated[
    EnrolmentState, Field(description="Where the participant stands. Open: expect new values.", examples=["enrolled"])
]


class EnrolmentCreate(Wire):
    """A seat to take."""

    person_id: Id | None = Field(
        default=None, description="Who takes part; by default the caller. PLUT's staff name the person.", examples=[_ID]
    )
    actor_id: Id | None = Field(
        default=None, description="The business it is for, one that the person owns; can follow later.", examples=[_ID]
    )
    waiver_reason: Note | None = Field(
        default=None,
        description="Why the person need not have completed the programme that comes before. PLUT's staff may.",
        examples=["Sudah mengikuti pelatihan setara di tempat lain."],
    )


class EnrolmentPatch(Patch):
    """The business that an enrolment is for."""

    actor_id: Id = Field(default_factory=new_id, description="A business that the participant owns.", examples=[_ID])


class EnrolmentRead(Read):
    """A person's seat in one programme."""

    id: Id
    program_id: Id
    program_title: Title
    person_id: Id
    person_name: Name = Field(description="The participant's full name.", examples=["Baiq Contoh"])
    actor_id: Id | None = Field(description="The business it is for; null while there is none.", examples=[_ID])
    state: State
    reserved_for: Segment | None = Field(
        description="The segment whose reserved seats it is one of; null for a general seat, and where the caller may "
        "not know it. Open: expect new values.",
        examples=["mothers"],
    )
    is_repeat: bool = Field(
        description="Whether the person had a seat in a programme on one of the same topics not long before (twelve "
        "months). It keeps nobody out.",
        examples=[False],
    )
    repeats_id: Id | None = Field(description="The latest of those earlier seats; null without one.", examples=[_ID])
    waiver_reason: Note | None = Field(
        description="Why PLUT's staff did without the programme that should come before; null if they did not.",
        examples=["Sudah mengikuti pelatihan setara di tempat lain."],
    )
    enrolled_by: Id = Field(description="The account that took the seat: the person's own, or staff's.", examples=[_ID])
    completed_at: Instant | None = Field(
        description="When the participant completed the programme.", examples=["2026-03-06T08:00:00.000000Z"]
    )
    created_at: Instant
    updated_at: Instant


class EnrolmentPage(Page[EnrolmentRead]):
    """One page of enrolments."""
