"""Opening hours, exceptions and closures on the wire, with the bookings that a change leaves outside."""

from typing import Annotated

from pydantic import Field

from plut_api.facilities.models import BookingState
from plut_api.facilities.schemas.places import FacilityRead, Hour, ShiftField, Weekday
from plut_api.facilities.states import InTheWay
from plut_api.kit.pages import Page
from plut_api.kit.wire import Day, Id, Instant, Name, Note, Read, Wire

InTheWayField = Annotated[
    InTheWay,
    Field(
        description="What becomes of bookings in it: approved ones `refuse` the change, or `cancel` calls all of them "
        "off for that reason, or they `keep` their rooms.",
        examples=["cancel"],
    ),
]


class AffectedBooking(Read):
    """A booking that lies in what was closed."""

    id: Id
    room_id: Id
    on_date: Day
    shift: ShiftField
    state: Annotated[
        BookingState, Field(description="Where it stands now. Open: expect new values.", examples=["cancelled"])
    ]


Affected = Annotated[
    list[AffectedBooking], Field(max_length=20_000, description="Bookings that lie outside now, by day.")
]


class FacilityHours(FacilityRead):
    """A building with its new hours, and the bookings that lie outside them."""

    affected_bookings: Affected


class OpeningShiftGiven(Wire):
    """Open on a weekday in a shift, from when until when."""

    weekday: Weekday
    shift: ShiftField
    since: Hour
    until: Hour


class OpeningHours(Wire):
    """The whole week; what is not named is closed."""

    shifts: list[OpeningShiftGiven] = Field(max_length=14, description="Shifts by weekday, each once.")
    bookings: InTheWayField = InTheWay.refuse
    reason: Note | None = Field(
        default=None, description="Why, for those whose bookings are cancelled.", examples=["Gedung tutup hari Sabtu."]
    )


class OpeningExceptionGiven(Wire):
    """A day on which a facility decides for itself: open on a holiday, or closed on a day like any other."""

    on_date: Day
    is_open: bool = Field(description="Open in both shifts, or closed.", examples=[True])
    note: Name = Field(description="Why, for everybody to read.", examples=["Bazar UMKM"])
    bookings: InTheWayField = InTheWay.refuse


class OpeningExceptionRead(Read):
    """A day on which a facility decides for itself."""

    on_date: Day
    is_open: bool = Field(description="Open in both shifts, or closed.", examples=[True])
    note: Name = Field(description="Why.", examples=["Bazar UMKM"])


class OpeningExceptionMade(OpeningExceptionRead):
    """A day on which a facility decides for itself, and the bookings that lie outside now."""

    affected_bookings: Affected


class OpeningExceptionPage(Page[OpeningExceptionRead]):
    """One page of exceptions, by day."""


class ClosureCreate(Wire):
    """A facility, or one room of it, to close."""

    room_id: Id | None = Field(default=None, description="One room; left out: the whole facility.", examples=[None])
    first_on: Day
    last_on: Day
    shift: ShiftField | None = Field(default=None, description="One shift; left out: both.", examples=[None])
    reason: Name = Field(description="Why, for everybody to read.", examples=["Perbaikan atap"])
    bookings: InTheWayField = InTheWay.refuse


class ClosureRead(Read):
    """A facility, or one room of it, is closed from a day to a day."""

    id: Id
    room_id: Id | None = Field(description="One room; null: the whole facility.", examples=[None])
    first_on: Day
    last_on: Day
    shift: ShiftField | None = Field(description="One shift; null: both.", examples=[None])
    reason: Name = Field(description="Why.", examples=["Perbaikan atap"])
    created_at: Instant


class ClosureMade(ClosureRead):
    """A closure, and the bookings that lie in it."""

    affected_bookings: Affected


class ClosurePage(Page[ClosureRead]):
    """One page of closures, the last to end first."""
