"""Tables of training programmes: who runs them, what they teach, for whom, how they move."""

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    UniqueConstraint,
    Uuid,
    cast,
    false,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.orm import Mapped, column_property, mapped_column

from plut_api.kit.database import Identified, Model, Versioned, check, enum_column
from plut_api.organizations.models import Organization
from plut_api.programs.overlaps.words import words_of_row


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


class ProgramLevel(StrEnum):
    """How far a programme goes into its topics; who took a basic one can take the next."""

    basic = "basic"
    intermediate = "intermediate"
    advanced = "advanced"


class FundSource(StrEnum):
    """Who pays for a programme; what participants must hold hangs on it (`fund_sources.yaml`), never on the person."""

    apbd = "apbd"
    apbn = "apbn"
    dak_nonfisik = "dak_nonfisik"
    village_fund = "village_fund"
    csr = "csr"
    partner = "partner"
    self_funded = "self_funded"


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
        Index("ix_programs_starts_on", "starts_on", "id"),
        Index("ix_programs_organization_id", "organization_id", "id"),
        Index("ix_programs_title_trgm", "title", postgresql_using="gin", postgresql_ops={"title": "gin_trgm_ops"}),
        check("ends_on >= starts_on", "period"),
        check("seats BETWEEN 1 AND 10000", "seats"),
        check("seats_taken BETWEEN 0 AND seats", "seats_not_oversold"),
        check("seats_reserved BETWEEN 0 AND seats", "seats_reserved"),
        check("general_taken BETWEEN 0 AND seats - seats_reserved", "general_not_oversold"),
        check("seats_taken - general_taken BETWEEN 0 AND seats_reserved", "reserved_not_oversold"),
        check("budget_idr >= 0", "budget_not_negative"),
        check("spent_idr >= 0", "spent_not_negative"),
        check("cardinality(topics) BETWEEN 1 AND 5", "topics"),
        check("attendance_percent BETWEEN 0 AND 100", "attendance_percent"),
        check("pass_mark BETWEEN 0 AND 100 AND (pass_mark IS NULL OR has_post_test)", "pass_mark"),
        check("merged_into <> id AND prerequisite_id <> id", "another"),
        Index("ix_programs_topics", "topics", postgresql_using="gin"),
        Index(
            "ix_programs_overlap_words",
            "overlap_words",
            postgresql_using="gin",
            postgresql_ops={"overlap_words": "gin_trgm_ops"},
        ),
    )
    organization_id: Mapped[UUID] = mapped_column(ForeignKey(Organization.id))
    title: Mapped[str]
    aim: Mapped[str]
    topics: Mapped[list[str]]  # Codes of topics.yaml, the main one first.
    level: Mapped[ProgramLevel] = mapped_column(enum_column(ProgramLevel, "level"), default=ProgramLevel.basic)
    prerequisite_id: Mapped[UUID | None] = mapped_column(ForeignKey("programs.id"))
    segments: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    regency_codes: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    district_codes: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    kbli_version: Mapped[str | None]
    kbli_codes: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))  # Two to five digits each.
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    seats: Mapped[int] = mapped_column(Integer)
    seats_taken: Mapped[int] = mapped_column(Integer, default=0)
    seats_reserved: Mapped[int] = mapped_column(Integer, default=0)  # The sum of its reserved seats.
    general_taken: Mapped[int] = mapped_column(Integer, default=0)  # Of those that are reserved for nobody.
    fund_source: Mapped[FundSource] = mapped_column(enum_column(FundSource, "fund_source"), default=FundSource.apbd)
    required_documents: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    has_pre_test: Mapped[bool] = mapped_column(default=False, server_default=false())
    has_post_test: Mapped[bool] = mapped_column(default=False, server_default=false())
    pass_mark: Mapped[int | None] = mapped_column(SmallInteger)  # Of 100 points of the test afterwards.
    attendance_percent: Mapped[int] = mapped_column(SmallInteger)  # The share of sessions that completion asks for.
    budget_idr: Mapped[int | None] = mapped_column(BigInteger)
    spent_idr: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[ProgramState] = mapped_column(enum_column(ProgramState, "state"), default=ProgramState.draft)
    proposed_by: Mapped[UUID | None]
    merged_into: Mapped[UUID | None] = mapped_column(ForeignKey("programs.id"))
    overlap_words: Mapped[str] = mapped_column(default=words_of_row, server_default=text("''"))
    if TYPE_CHECKING:  # Read with every programme, never written here; what they are stands below.
        host_organization_ids: Mapped[list[UUID]]
        reserved_seats: Mapped[list[dict[str, Any]]]

    @property
    def seats_left(self) -> int:
        """Seats that nobody has taken, the reserved ones among them."""
        return self.seats - self.seats_taken


class ProgramTransition(Identified, Model):
    """One move of a programme: from, to, by whom, when (`created_at`), why."""

    __tablename__ = "program_transitions"
    __table_args__ = (Index("ix_program_transitions_program_id", "program_id", "id"),)
    program_id: Mapped[UUID] = mapped_column(ForeignKey(Program.id, ondelete="CASCADE"))
    from_state: Mapped[ProgramState] = mapped_column(enum_column(ProgramState, "from_state"))
    to_state: Mapped[ProgramState] = mapped_column(enum_column(ProgramState, "to_state"))
    caller_id: Mapped[UUID]
    reason: Mapped[str | None]


class HostState(StrEnum):
    """Whether an organization agreed to run a programme together with the one that proposed it."""

    invited = "invited"
    accepted = "accepted"


class ProgramHost(Identified, Model):
    """Another organization that runs a programme together with the one that proposed it, once it has accepted.

    When programmes merge, the hosts of both host what remains; an open invitation stays one.
    """

    __tablename__ = "program_hosts"
    __table_args__ = (
        UniqueConstraint("program_id", "organization_id"),
        check("(accepted_at IS NULL) = (accepted_by IS NULL)", "accepted_by_somebody"),
    )
    program_id: Mapped[UUID] = mapped_column(ForeignKey(Program.id, ondelete="CASCADE"))
    organization_id: Mapped[UUID] = mapped_column(ForeignKey(Organization.id), index=True)
    added_by: Mapped[UUID]
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[UUID | None]

    @property
    def state(self) -> HostState:
        """An invitation until somebody of that organization, or the Dinas, accepted it."""
        return HostState.invited if self.accepted_at is None else HostState.accepted


class ReservedSeats(Identified, Model):
    """Seats of a programme that only people of one segment take; a counter that the programme's row lock protects."""

    __tablename__ = "reserved_seats"
    __table_args__ = (
        UniqueConstraint("program_id", "segment"),
        check("seats > 0", "seats"),
        check("seats_taken BETWEEN 0 AND seats", "not_oversold"),
    )
    program_id: Mapped[UUID] = mapped_column(ForeignKey(Program.id, ondelete="CASCADE"))
    segment: Mapped[Segment] = mapped_column(enum_column(Segment, "segment"))
    seats: Mapped[int] = mapped_column(Integer)
    seats_taken: Mapped[int] = mapped_column(Integer, default=0)


def _host_ids() -> Any:
    ids = func.array_agg(aggregate_order_by(ProgramHost.organization_id, ProgramHost.id), type_=ARRAY(Uuid))
    query = select(func.coalesce(ids, cast([], ARRAY(Uuid)), type_=ARRAY(Uuid)))
    query = query.where(ProgramHost.program_id == Program.id, ProgramHost.accepted_at.is_not(None))
    return query.correlate_except(ProgramHost).scalar_subquery()


def _reserved() -> Any:
    one = func.jsonb_build_object(
        *(text("'segment'"), ReservedSeats.segment),
        *(text("'seats'"), ReservedSeats.seats),
        *(text("'seats_taken'"), ReservedSeats.seats_taken),
    )
    rows = func.jsonb_agg(aggregate_order_by(one, ReservedSeats.segment), type_=JSONB)
    query = select(func.coalesce(rows, cast([], JSONB), type_=JSONB)).where(ReservedSeats.program_id == Program.id)
    return query.correlate_except(ReservedSeats).scalar_subquery()


Program.host_organization_ids = column_property(_host_ids(), expire_on_flush=False)
Program.reserved_seats = column_property(_reserved(), expire_on_flush=False)
