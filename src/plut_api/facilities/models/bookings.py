"""Tables of bookings. No room is given twice: an exclusion constraint holds what is approved."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, UniqueConstraint, false, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.facilities.models.places import Equipment, Requester, Room, Shift
from plut_api.identity.models import Account
from plut_api.kit.database import Identified, Model, Versioned, check, enum_column
from plut_api.organizations.models import Organization


class BookingState(StrEnum):
    """Where a booking stands; `facilities/states.py` says which moves are legal."""

    waiting = "waiting"
    requested = "requested"
    approved = "approved"
    rejected = "rejected"
    cancelled = "cancelled"
    no_show = "no_show"


class BookingSeries(Identified, Model):
    """Bookings asked for at once by a recurrence rule (RFC 5545)."""

    __tablename__ = "booking_series"
    room_id: Mapped[UUID] = mapped_column(ForeignKey(Room.id))
    rule: Mapped[str]
    shift: Mapped[Shift] = mapped_column(enum_column(Shift, "shift"))
    booked_by: Mapped[UUID]


class Booking(Versioned, Model):
    """A room for one day and shift. `session_id` names the training session it was made for, if it was."""

    __tablename__ = "bookings"
    __table_args__ = (
        ExcludeConstraint(
            ("room_id", "="),
            ("on_date", "="),
            ("shift", "="),
            name="ex_bookings_one_at_a_time",
            using="gist",
            where=text("state IN ('approved', 'no_show')"),
        ),
        Index("ix_bookings_room_id", "room_id", "on_date", "shift"),
        Index("ix_bookings_booked_by", "booked_by", "id"),
        Index("ix_bookings_organization_id", "organization_id", "id"),
        Index("ix_bookings_session_id", "session_id", postgresql_where=text("session_id IS NOT NULL")),
        Index("ix_bookings_waiting", "room_id", "on_date", "shift", "id", postgresql_where=text("state = 'waiting'")),
        check("attendees BETWEEN 1 AND 10000", "attendees"),
        check("(state IN ('requested', 'waiting')) = (decided_at IS NULL)", "decided_once"),
    )
    room_id: Mapped[UUID] = mapped_column(ForeignKey(Room.id))
    on_date: Mapped[date]
    shift: Mapped[Shift] = mapped_column(enum_column(Shift, "shift"))
    state: Mapped[BookingState] = mapped_column(enum_column(BookingState, "state"))
    requester: Mapped[Requester] = mapped_column(enum_column(Requester, "requester"))
    title: Mapped[str]
    attendees: Mapped[int] = mapped_column(Integer)
    booked_by: Mapped[UUID]  # An account or a machine client.
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey(Account.id))  # Of a person who booked.
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey(Organization.id))
    series_id: Mapped[UUID | None] = mapped_column(ForeignKey(BookingSeries.id), index=True)
    session_id: Mapped[UUID | None]
    is_late: Mapped[bool] = mapped_column(server_default=false())  # Cancelled so late that it counts like a no-show.
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None]


class EquipmentLoan(Identified, Model):
    """So many of one equipment go with a booking, once it is approved. Summed up under a lock of the equipment."""

    __tablename__ = "equipment_loans"
    __table_args__ = (
        UniqueConstraint("booking_id", "equipment_id"),
        Index("ix_equipment_loans_equipment_id", "equipment_id", "on_date", "shift"),
        check("count > 0", "count"),
    )
    booking_id: Mapped[UUID] = mapped_column(ForeignKey(Booking.id, ondelete="CASCADE"))
    equipment_id: Mapped[UUID] = mapped_column(ForeignKey(Equipment.id))
    on_date: Mapped[date]
    shift: Mapped[Shift] = mapped_column(enum_column(Shift, "shift"))
    count: Mapped[int] = mapped_column(Integer)
