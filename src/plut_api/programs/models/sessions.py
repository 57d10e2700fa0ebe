"""Tables of sessions."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Computed, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.facilities.models import Booking, Room, Shift
from plut_api.kit.database import Model, Versioned, check, enum_column
from plut_api.programs.models.programs import Program


class TrainingSession(Versioned, Model):
    """One meeting of a programme: a day and a shift. Its trainers are rows of `session_trainers`.

    `is_held` is computed: whoever sets or clears `cancelled_at` frees or claims the trainers by that. When two
    programmes are merged, sessions go over to the one that stays, unless it has one then already.
    """

    __tablename__ = "training_sessions"
    __table_args__ = (
        Index(
            "uq_training_sessions_one_at_a_time",
            "program_id",
            "held_on",
            "shift",
            unique=True,
            postgresql_where=text("cancelled_at IS NULL"),
        ),
        UniqueConstraint("id", "held_on", "shift", "is_held", name="uq_training_sessions_when"),
        Index("ix_training_sessions_held_on", "held_on", "id"),
        Index("ix_training_sessions_room_id", "room_id", "held_on", postgresql_where=text("room_id IS NOT NULL")),
        check("(cancelled_at IS NULL) = (cancel_reason IS NULL)", "cancelled_why"),
    )
    program_id: Mapped[UUID] = mapped_column(ForeignKey(Program.id, ondelete="CASCADE"))
    held_on: Mapped[date]
    shift: Mapped[Shift] = mapped_column(enum_column(Shift, "shift"))
    title: Mapped[str]
    place: Mapped[str | None]
    room_id: Mapped[UUID | None] = mapped_column(ForeignKey(Room.id))
    booking_id: Mapped[UUID | None] = mapped_column(ForeignKey(Booking.id))
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None]
    is_held: Mapped[bool] = mapped_column(Computed("cancelled_at IS NULL", persisted=True))
