"""Tables of facilities, their rooms and equipment, and when they are open."""

from datetime import date, time
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.kit.database import Identified, Model, Versioned, check, enum_column
from plut_api.reference.models import Region


class Shift(StrEnum):
    """The building works in two shifts."""

    morning = "morning"
    afternoon = "afternoon"


class Requester(StrEnum):
    """Who asks for a room, as far as booking rules tell them apart."""

    person = "person"
    organization = "organization"
    plut = "plut"
    programme = "programme"


class RoomKind(StrEnum):
    """What a room is made for."""

    classroom = "classroom"
    hall = "hall"
    meeting = "meeting"
    kitchen = "kitchen"
    studio = "studio"
    workshop = "workshop"
    coworking = "coworking"
    showroom = "showroom"


class Facility(Versioned, Model):
    """A building that PLUT runs."""

    __tablename__ = "facilities"
    __table_args__ = (UniqueConstraint("code"),)
    code: Mapped[str]
    name: Mapped[str]
    village_code: Mapped[str] = mapped_column(ForeignKey(Region.code))
    address: Mapped[str | None]
    about: Mapped[str | None]
    is_active: Mapped[bool] = mapped_column(default=True)


class OpeningShift(Identified, Model):
    """A facility is open on this weekday (1 Monday to 7 Sunday, ISO 8601) in this shift; without a row it is not."""

    __tablename__ = "opening_shifts"
    __table_args__ = (
        UniqueConstraint("facility_id", "weekday", "shift"),
        check("weekday BETWEEN 1 AND 7", "weekday"),
        check("until > since", "period"),
    )
    facility_id: Mapped[UUID] = mapped_column(ForeignKey(Facility.id, ondelete="CASCADE"))
    weekday: Mapped[int] = mapped_column(SmallInteger)
    shift: Mapped[Shift] = mapped_column(enum_column(Shift, "shift"))
    since: Mapped[time]
    until: Mapped[time]


class OpeningException(Identified, Model):
    """On this day a facility decides for itself, whatever the holiday calendar says."""

    __tablename__ = "opening_exceptions"
    __table_args__ = (UniqueConstraint("facility_id", "on_date"),)
    facility_id: Mapped[UUID] = mapped_column(ForeignKey(Facility.id, ondelete="CASCADE"))
    on_date: Mapped[date]
    is_open: Mapped[bool]
    note: Mapped[str]


class Room(Versioned, Model):
    """A room that can be booked for a day and a shift."""

    __tablename__ = "rooms"
    __table_args__ = (UniqueConstraint("facility_id", "code"), check("capacity BETWEEN 1 AND 10000", "capacity"))
    facility_id: Mapped[UUID] = mapped_column(ForeignKey(Facility.id))
    code: Mapped[str]
    name: Mapped[str]
    kind: Mapped[RoomKind] = mapped_column(enum_column(RoomKind, "kind"))
    capacity: Mapped[int] = mapped_column(Integer)
    features: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    is_active: Mapped[bool] = mapped_column(default=True)


class Closure(Identified, Model):
    """A facility, or one room of it, is closed from a day to a day, in one shift or both."""

    __tablename__ = "closures"
    __table_args__ = (
        Index("ix_closures_facility_id", "facility_id", "first_on"),
        check("last_on >= first_on", "period"),
    )
    facility_id: Mapped[UUID] = mapped_column(ForeignKey(Facility.id, ondelete="CASCADE"))
    room_id: Mapped[UUID | None] = mapped_column(ForeignKey(Room.id, ondelete="CASCADE"))
    first_on: Mapped[date]
    last_on: Mapped[date]
    shift: Mapped[Shift | None] = mapped_column(enum_column(Shift, "shift"))
    reason: Mapped[str]
    closed_by: Mapped[UUID]


class Equipment(Versioned, Model):
    """Things of one kind that are lent with a room, by their number."""

    __tablename__ = "equipment"
    __table_args__ = (UniqueConstraint("facility_id", "code"), check("count BETWEEN 0 AND 10000", "count"))
    facility_id: Mapped[UUID] = mapped_column(ForeignKey(Facility.id))
    code: Mapped[str]
    name: Mapped[str]
    count: Mapped[int] = mapped_column(Integer)


class BookingRule(Identified, Model):
    """Who gets a room of a facility without waiting for PLUT: within so many days, for so many people at most."""

    __tablename__ = "booking_rules"
    __table_args__ = (
        UniqueConstraint("facility_id", "requester"),
        check("days_ahead BETWEEN 0 AND 730", "days_ahead"),
        check("automatic_attendees BETWEEN 0 AND 10000", "automatic_attendees"),
    )
    facility_id: Mapped[UUID] = mapped_column(ForeignKey(Facility.id, ondelete="CASCADE"))
    requester: Mapped[Requester] = mapped_column(enum_column(Requester, "requester"))
    days_ahead: Mapped[int] = mapped_column(SmallInteger)
    automatic_attendees: Mapped[int] = mapped_column(Integer)
