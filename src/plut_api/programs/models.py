"""Tables of training programmes."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.actors.models import Actor, Person
from plut_api.facilities.models import Booking
from plut_api.facilities.models import Shift as Shift
from plut_api.identity.models import Account
from plut_api.kit.database import Identified, Model, Versioned, check, enum_column
from plut_api.organizations.models import Organization


class ProgramState(StrEnum):
    """Where a programme stands; `programs/states.py` says which moves are legal."""

    draft = "draft"
    submitted = "submitted"
    approved = "approved"
    rejected = "rejected"
    published = "published"
    running = "running"
    completed = "completed"
    cancelled = "cancelled"


class Topic(StrEnum):
    """What a programme teaches; digital-market and financial literacy are first-class topics."""

    product_quality = "product_quality"
    packaging = "packaging"
    branding = "branding"
    digital_market_literacy = "digital_market_literacy"
    financial_literacy = "financial_literacy"
    bookkeeping = "bookkeeping"
    legality = "legality"
    production = "production"
    entrepreneurship = "entrepreneurship"
    cooperative_governance = "cooperative_governance"


class Segment(StrEnum):
    """For whom a programme is meant first; empty means everyone."""

    women = "women"
    mothers = "mothers"
    youth = "youth"
    disability = "disability"
    remote_village = "remote_village"


class Program(Versioned, Model):
    """A training programme of one organization. Seats are a counter that the row lock protects."""

    __tablename__ = "programs"
    __table_args__ = (
        Index("ix_programs_list", "state", "starts_on", "id"),
        Index("ix_programs_organization_id", "organization_id", "id"),
        Index("ix_programs_title_trgm", "title", postgresql_using="gin", postgresql_ops={"title": "gin_trgm_ops"}),
        check("ends_on >= starts_on", "period"),
        check("seats BETWEEN 1 AND 10000", "seats"),
        check("seats_taken BETWEEN 0 AND seats", "seats_not_oversold"),
        check("budget_idr >= 0", "budget_not_negative"),
    )
    organization_id: Mapped[UUID] = mapped_column(ForeignKey(Organization.id))
    title: Mapped[str]
    aim: Mapped[str]
    topic: Mapped[Topic] = mapped_column(enum_column(Topic, "topic"))
    segments: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    regency_codes: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    seats: Mapped[int] = mapped_column(Integer)
    seats_taken: Mapped[int] = mapped_column(Integer, default=0)
    budget_idr: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[ProgramState] = mapped_column(enum_column(ProgramState, "state"), default=ProgramState.draft)
    proposed_by: Mapped[UUID | None]


class ProgramTransition(Identified, Model):
    """One move of a programme: from, to, by whom, when (`created_at`), why."""

    __tablename__ = "program_transitions"
    __table_args__ = (Index("ix_program_transitions_program_id", "program_id", "id"),)
    program_id: Mapped[UUID] = mapped_column(ForeignKey(Program.id, ondelete="CASCADE"))
    from_state: Mapped[ProgramState] = mapped_column(enum_column(ProgramState, "from_state"))
    to_state: Mapped[ProgramState] = mapped_column(enum_column(ProgramState, "to_state"))
    caller_id: Mapped[UUID]
    reason: Mapped[str | None]


class TrainingSession(Identified, Model):
    """One meeting of a programme: a day and a shift. Who trains there does not verify what its participants achieve."""

    __tablename__ = "training_sessions"
    __table_args__ = (UniqueConstraint("program_id", "held_on", "shift"),)
    program_id: Mapped[UUID] = mapped_column(ForeignKey(Program.id, ondelete="CASCADE"))
    held_on: Mapped[date]
    shift: Mapped[Shift] = mapped_column(enum_column(Shift, "shift"))
    title: Mapped[str]
    place: Mapped[str | None]
    trainer: Mapped[str | None]
    trainer_id: Mapped[UUID | None] = mapped_column(ForeignKey(Account.id))
    booking_id: Mapped[UUID | None] = mapped_column(ForeignKey(Booking.id))


class EnrolmentState(StrEnum):
    """Where a participant stands."""

    enrolled = "enrolled"
    completed = "completed"
    withdrawn = "withdrawn"


class Enrolment(Versioned, Model):
    """A person's seat in one programme, with the business it is for, if there is one yet."""

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
        check("(state = 'completed') = (completed_at IS NOT NULL)", "completed_when"),
    )
    program_id: Mapped[UUID] = mapped_column(ForeignKey(Program.id))
    person_id: Mapped[UUID] = mapped_column(ForeignKey(Person.id))
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey(Actor.id))
    state: Mapped[EnrolmentState] = mapped_column(enum_column(EnrolmentState, "state"), default=EnrolmentState.enrolled)
    enrolled_by: Mapped[UUID]
    completed_at: Mapped[datetime | None]
