"""Bookings, their series, and how the building is used, on the wire."""

from typing import Annotated

from pydantic import Field

from plut_api.facilities.calendar import SlotStatus
from plut_api.facilities.models import BookingState
from plut_api.facilities.schemas.places import People, Pieces, RequesterField, ShiftField
from plut_api.facilities.service.series import MOST_DAYS, Take
from plut_api.kit.pages import Page
from plut_api.kit.wire import LINE, Day, Id, Instant, Name, Note, Read, Wire

_ID = "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"
State = Annotated[
    BookingState, Field(description="Where the booking stands. Open: expect new values.", examples=["approved"])
]
Title = Annotated[Name, Field(description="What the room is for.", examples=["Temu usaha kopi Sembalun"])]
Month = Annotated[
    str, Field(max_length=7, pattern=r"^[0-9]{4}-[0-9]{2}$", description="Month, `YYYY-MM`.", examples=["2026-11"])
]
Slots = Annotated[
    int,
    Field(ge=0, le=2**31 - 1, json_schema_extra={"format": "int32"}, description="A number of shifts.", examples=[12]),
]


Rule = Annotated[
    str,
    Field(
        max_length=200,
        pattern=r"^FREQ=(DAILY|WEEKLY|MONTHLY)(;(INTERVAL|BYDAY|BYMONTHDAY|BYSETPOS|BYMONTH|WKST)=[A-Z0-9,+-]+)*$",
        description="Which days, as a recurrence rule (RFC 5545) without COUNT and UNTIL.",
        examples=["FREQ=WEEKLY;BYDAY=TU,TH"],
    ),
]


class EquipmentWanted(Wire):
    """So many pieces of one equipment."""

    equipment_id: Id
    count: Annotated[Pieces, Field(ge=1, description="How many.", examples=[2])]


class BookingCreate(Wire):
    """A room to ask for, on one day in one shift."""

    room_id: Id
    on_date: Day
    shift: ShiftField
    title: Title
    attendees: People
    equipment: list[EquipmentWanted] = Field(default_factory=list, max_length=50, description="What goes with it.")
    wait: bool = Field(default=False, description="Wait for the room if somebody has it.", examples=[False])


class SeriesCreate(Wire):
    """A room to ask for on many days."""

    room_id: Id
    shift: ShiftField
    title: Title
    attendees: People
    equipment: list[EquipmentWanted] = Field(default_factory=list, max_length=50, description="What goes with it.")
    rule: Rule
    first_on: Day
    last_on: Day
    take: Annotated[Take, Field(description="`all` days or none, or those that are `free`.", examples=["free"])] = (
        Take.all
    )
    wait: bool = Field(default=False, description="Wait for days on which somebody has the room.", examples=[False])
    dry_run: bool = Field(default=False, description="Only say what each day would get.", examples=[True])


class DayFault(Read):
    """What stands in the way of one day."""

    code: Annotated[
        str, Field(max_length=64, pattern=r"^[a-z0-9_]+$", description="Stable code.", examples=["room_taken"])
    ]
    message: Annotated[str, Field(max_length=500, pattern=LINE, description="In words.", examples=["Hari libur"])]


class DayVerdict(Read):
    """What one day of a series gets."""

    on_date: Day
    booking_id: Id | None = Field(description="Its booking; null if none was made.", examples=[_ID])
    state: State | None = Field(description="Where that stands; null if none was made.", examples=["approved"])
    faults: list[DayFault] = Field(max_length=10, description="What stands in the way; empty: nothing.")


class SeriesRead(Read):
    """A series and what each of its days gets. A dry run has no id."""

    id: Id | None = Field(description="The series; null for a dry run.", examples=[_ID])
    days: list[DayVerdict] = Field(max_length=MOST_DAYS, description="Its days, in order.")


class BookingRead(Read):
    """A room for one day and shift."""

    id: Id
    room_id: Id = Field(description="The room.", examples=[_ID])
    on_date: Day
    shift: ShiftField
    state: State
    requester: RequesterField
    title: Title
    attendees: People
    organization_id: Id | None = Field(description="The organization that booked; null: a person.", examples=[_ID])
    series_id: Id | None = Field(description="The series it belongs to.", examples=[None])
    session_id: Id | None = Field(description="The training session it was made for.", examples=[None])
    equipment: list[EquipmentWanted] = Field(max_length=50, description="What goes with it.")
    is_late: bool = Field(description="Cancelled so late that it counts like a no-show.", examples=[False])
    reason: Note | None = Field(description="Why it was rejected or cancelled.", examples=[None])
    decided_at: Instant | None = Field(description="When it was last decided on.", examples=[None])
    created_at: Instant


class BookingPage(Page[BookingRead]):
    """One page of bookings, newest first."""


class SeriesBookings(Read):
    """A series and its bookings."""

    id: Id
    room_id: Id = Field(description="The room.", examples=[_ID])
    rule: Rule
    shift: ShiftField
    created_at: Instant
    bookings: list[BookingRead] = Field(max_length=MOST_DAYS, description="By day.")


class BookingNote(Wire):
    """Why; may be left out."""

    reason: Note | None = Field(default=None, description="Why.", examples=["Acara ditunda."])


class BookingReason(Wire):
    """Why a booking is rejected."""

    reason: Note = Field(description="Why.", examples=["Ruang dipakai kurasi produk."])


class SlotRead(Read):
    """A room on a day in a shift. Who has it is nobody else's business."""

    on_date: Day
    shift: ShiftField
    status: Annotated[
        SlotStatus, Field(description="Whether it can be had. Open: expect new values.", examples=["free"])
    ]
    why: Name | None = Field(description="The holiday, or why it is closed.", examples=[None])


class RoomAvailability(Read):
    """A room and its shifts in a month."""

    room_id: Id
    name: Name
    capacity: People
    slots: list[SlotRead] = Field(max_length=62, description="By day, the morning first.")


class Availability(Read):
    """The rooms of a facility in a month."""

    month: Month
    data: list[RoomAvailability] = Field(max_length=500, description="By code of the room.")


class Use(Read):
    """How much of the open shifts of a room was used in a month."""

    month: Month
    room_id: Id
    shift: ShiftField
    organization_id: Id | None = Field(
        description="Whose bookings `booked` counts; null: of people and of PLUT.", examples=[_ID]
    )
    open_shifts: Slots = Field(description="Shifts in which the room was open.", examples=[22])
    booked: Slots = Field(description="Of these, booked by that organization.", examples=[12])
    missed: Slots = Field(description="Of these, nobody came.", examples=[1])
    attendees: Slots = Field(description="People expected, summed up.", examples=[240])


class EmptyHours(Read):
    """A weekday and shift of a room, and how often it stood empty."""

    room_id: Id
    weekday: Annotated[
        int, Field(ge=1, le=7, json_schema_extra={"format": "int32"}, description="1 Monday to 7.", examples=[2])
    ]
    shift: ShiftField
    open_shifts: Slots = Field(description="How often it was open.", examples=[13])
    empty: Slots = Field(description="How often nobody had it.", examples=[9])


class Utilisation(Read):
    """Use against capacity, and the hours that stay empty, the emptiest first."""

    data: list[Use] = Field(max_length=20_000, description="By month, room, shift and organization.")
    empty_hours: list[EmptyHours] = Field(max_length=7_000, description="By how often they stood empty.")
