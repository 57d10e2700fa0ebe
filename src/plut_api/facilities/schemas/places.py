"""Facilities, rooms, equipment and booking rules on the wire."""

import re
from datetime import time
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer
from pydantic_core import PydanticCustomError

from plut_api.facilities.models import Requester, RoomKind, Shift
from plut_api.kit.pages import Page
from plut_api.kit.wire import LINE, Id, Name, Note, Patch, Read, Trimmed, Unicode, VillageCode, Wire

Code = Annotated[
    str,
    Field(
        min_length=1,
        max_length=32,
        pattern=r"^[A-Z0-9][A-Z0-9_-]*$",
        description="Short code, unique among its like.",
        examples=["KELAS-1"],
    ),
]
ShiftField = Annotated[Shift, Field(description="The shift. Open: expect new values.", examples=["morning"])]
KindField = Annotated[
    RoomKind, Field(description="What the room is made for. Open: expect new values.", examples=["classroom"])
]
RequesterField = Annotated[
    Requester, Field(description="Who asks. Open: expect new values.", examples=["organization"])
]
People = Annotated[
    int,
    Field(
        strict=True,
        ge=1,
        le=10_000,
        json_schema_extra={"format": "int32"},
        description="A number of people.",
        examples=[30],
    ),
]
Pieces = Annotated[
    int,
    Field(
        strict=True,
        ge=0,
        le=10_000,
        json_schema_extra={"format": "int32"},
        description="A number of pieces.",
        examples=[4],
    ),
]
Weekday = Annotated[
    int,
    Field(
        strict=True,
        ge=1,
        le=7,
        json_schema_extra={"format": "int32"},
        description="Day of the week, 1 Monday to 7 Sunday (ISO 8601).",
        examples=[1],
    ),
]
Feature = Annotated[
    str,
    Field(min_length=1, max_length=60, pattern=LINE, description="What the room has.", examples=["proyektor"]),
    Trimmed,
    Unicode,
]
Features = Annotated[list[Feature], Field(max_length=30, description="What the room has.", examples=[["proyektor"]])]


_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)


def _as_written(value: Any) -> Any:
    if not isinstance(value, time) and not (isinstance(value, str) and _CLOCK.fullmatch(value)):
        raise PydanticCustomError("time_format", "A time of day is written HH:MM")
    return value


def _to_the_minute(value: time) -> str:
    return value.strftime("%H:%M")


Hour = Annotated[
    time,
    PlainSerializer(_to_the_minute, return_type=str, when_used="json"),
    Field(
        json_schema_extra={"format": "hour-minute", "maxLength": 5},
        description="Time of day in WITA, `HH:MM`.",
        examples=["08:00"],
    ),
    BeforeValidator(_as_written),
]


class FacilityCreate(Wire):
    """A building to open."""

    code: Code
    name: Name
    village_code: VillageCode
    address: Name | None = Field(default=None, description="Street and number.", examples=["Jalan Contoh 1"])
    about: Note | None = Field(default=None, description="What visitors should know.", examples=["Parkir di belakang."])


class FacilityPatch(Patch):
    """A change of a building; what is absent stays."""

    name: Name = Field(default_factory=str)
    address: Name | None = Field(default=None, description="Street and number; null removes.", examples=[None])
    about: Note | None = Field(default=None, description="What visitors should know; null removes.", examples=[None])
    is_active: bool = Field(default_factory=bool, description="Whether it can be booked.", examples=[True])


class OpeningShiftRead(Read):
    """Open on a weekday in a shift, from when until when."""

    weekday: Weekday
    shift: ShiftField
    since: Hour
    until: Hour


class FacilityRead(Read):
    """A building that PLUT runs, with the hours of its shifts. Without an entry it is closed in that shift."""

    id: Id
    code: Code
    name: Name
    village_code: VillageCode
    address: Name | None = Field(description="Street and number.", examples=["Jalan Contoh 1"])
    about: Note | None = Field(description="What visitors should know.", examples=["Parkir di belakang."])
    is_active: bool = Field(description="Whether it can be booked.", examples=[True])
    opening_hours: list[OpeningShiftRead] = Field(max_length=14, description="Shifts by weekday.")


class FacilityPage(Page[FacilityRead]):
    """One page of facilities, by code."""


class RoomCreate(Wire):
    """A room to offer."""

    code: Code
    name: Name
    kind: KindField
    capacity: People
    features: Features = Field(default_factory=list)


class RoomPatch(Patch):
    """A change of a room; what is absent stays."""

    name: Name = Field(default_factory=str)
    kind: KindField = Field(default_factory=lambda: RoomKind.classroom)
    capacity: People = Field(default_factory=int)
    features: Features = Field(default_factory=list)
    is_active: bool = Field(default_factory=bool, description="Whether it can be booked.", examples=[True])


class RoomRead(Read):
    """A room that can be booked for a day and a shift."""

    id: Id
    facility_id: Id
    code: Code
    name: Name
    kind: KindField
    capacity: People
    features: Features
    is_active: bool = Field(description="Whether it can be booked.", examples=[True])


class RoomPage(Page[RoomRead]):
    """One page of rooms, by code."""


class EquipmentCreate(Wire):
    """Equipment to lend."""

    code: Code
    name: Name
    count: Pieces


class EquipmentPatch(Patch):
    """A change of equipment; what is absent stays."""

    name: Name = Field(default_factory=str)
    count: Pieces = Field(default_factory=int)


class EquipmentRead(Read):
    """Things of one kind that are lent with a room."""

    id: Id
    facility_id: Id
    code: Code
    name: Name
    count: Pieces


class EquipmentPage(Page[EquipmentRead]):
    """One page of equipment, by code."""


class BookingRuleGiven(Wire):
    """How far ahead a kind of requester may ask, and up to how many people get a room without waiting for PLUT."""

    requester: RequesterField
    days_ahead: Annotated[
        int,
        Field(
            strict=True,
            ge=0,
            le=730,
            json_schema_extra={"format": "int32"},
            description="Days ahead at most.",
            examples=[60],
        ),
    ]
    automatic_attendees: Pieces = Field(description="For so many people at most; 0: never.", examples=[20])


class BookingRules(Wire):
    """The rules of a facility; for requesters that are not named PLUT decides every booking."""

    rules: list[BookingRuleGiven] = Field(max_length=4, description="By requester, each once.")


class BookingRulesRead(Read):
    """The rules of a facility."""

    data: list[BookingRuleGiven] = Field(max_length=4, description="By requester.")
