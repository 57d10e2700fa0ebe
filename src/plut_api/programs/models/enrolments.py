"""Tables of enrolments."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.actors.models import Actor, Person
from plut_api.kit.database import Model, Versioned, check, enum_column
from plut_api.programs.models.programs import Program, Segment


class EnrolmentState(StrEnum):
    """Where a participant stands."""

    enrolled = "enrolled"
    completed = "completed"
    incomplete = "incomplete"
    withdrawn = "withdrawn"


class Enrolment(Versioned, Model):
    """A person's seat in one programme, with the business it is for, if there is one yet.

    `reserved_for` is the segment whose reserved seats it counts against; without one it is a general seat. `repeats_id`
    is a seat of the same person in a programme on the same topic within the months that count as a repeat.
    """

    __tablename__ = "enrolments"
    __table_args__ = (
        Index(
            "uq_enrolments_one_seat",
            "program_id",
            "person_id",
            unique=True,
            postgresql_where=text("state <> 'withdrawn'"),
        ),
        Index("ix_enrolments_program_id", "program_id", "id"),
        Index("ix_enrolments_person_id", "person_id", "id"),
        Index("ix_enrolments_actor_id", "actor_id"),
        Index("ix_enrolments_completed_at", "completed_at", "id", postgresql_where=text("completed_at IS NOT NULL")),
        Index("ix_enrolments_repeats_id", "repeats_id", postgresql_where=text("repeats_id IS NOT NULL")),
        check("(state = 'completed') = (completed_at IS NOT NULL)", "completed_when"),
        check("repeats_id <> id", "repeats_another"),
    )
    program_id: Mapped[UUID] = mapped_column(ForeignKey(Program.id))
    person_id: Mapped[UUID] = mapped_column(ForeignKey(Person.id))
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey(Actor.id))
    state: Mapped[EnrolmentState] = mapped_column(enum_column(EnrolmentState, "state"), default=EnrolmentState.enrolled)
    reserved_for: Mapped[Segment | None] = mapped_column(enum_column(Segment, "reserved_for"))
    repeats_id: Mapped[UUID | None] = mapped_column(ForeignKey("enrolments.id", ondelete="SET NULL"))
    waiver_reason: Mapped[str | None]  # Why PLUT's staff did without the programme that should come before.
    enrolled_by: Mapped[UUID]
    completed_at: Mapped[datetime | None]

    @hybrid_property
    def is_repeat(self) -> bool:
        """Whether the person had a seat on the same topic not long before."""
        return self.repeats_id is not None

    @is_repeat.inplace.expression
    @classmethod
    def _is_repeat(cls) -> ColumnElement[bool]:
        return cls.repeats_id.is_not(None)
