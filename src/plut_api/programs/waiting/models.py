"""The table of who waits for a seat."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.actors.models import Actor, Person
from plut_api.kit.database import Model, Versioned, check, enum_column
from plut_api.programs.models import Enrolment, Program, Segment


class WaitingState(StrEnum):
    """Where somebody stands who asked for a seat in a full programme."""

    waiting = "waiting"
    offered = "offered"
    accepted = "accepted"
    declined = "declined"
    expired = "expired"
    left = "left"
    closed = "closed"


OPEN = (WaitingState.waiting, WaitingState.offered)
"""States in which somebody still may get a seat."""
_OPEN_SQL = "state IN ('waiting', 'offered')"


class WaitingEntry(Versioned, Model):
    """A person waits for a seat; `created_at` is when they asked.

    While an offer is open its seat is held, counted as taken: one reserved for `reserved_for`, else a general one. An
    entry is offered a seat once; who lets the offer pass may ask again, behind the others. When two programmes are
    merged the entries go to the surviving one with the time at which they were made (`programs/overlaps/moving.py`).
    """

    __tablename__ = "waiting_entries"
    __table_args__ = (
        Index("uq_waiting_entries_one_open", "program_id", "person_id", unique=True, postgresql_where=text(_OPEN_SQL)),
        Index("ix_waiting_entries_program_id", "program_id", "id"),
        Index("ix_waiting_entries_person_id", "person_id", "id"),
        Index("ix_waiting_entries_actor_id", "actor_id"),
        Index("ix_waiting_entries_enrolment_id", "enrolment_id"),
        Index("ix_waiting_entries_due", "offer_expires_at", postgresql_where=text("state = 'offered'")),
        check("(offered_at IS NULL) = (offer_expires_at IS NULL)", "offer"),
        check("state NOT IN ('offered', 'accepted', 'declined', 'expired') OR offered_at IS NOT NULL", "offered_when"),
        check("reserved_for IS NULL OR offered_at IS NOT NULL", "offered_what"),
        check("state = 'accepted' OR enrolment_id IS NULL", "accepted_what"),
        check(f"({_OPEN_SQL}) = (ended_at IS NULL)", "ended_when"),
    )
    program_id: Mapped[UUID] = mapped_column(ForeignKey(Program.id))
    person_id: Mapped[UUID] = mapped_column(ForeignKey(Person.id))
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey(Actor.id))
    state: Mapped[WaitingState] = mapped_column(enum_column(WaitingState, "state"), default=WaitingState.waiting)
    reserved_for: Mapped[Segment | None] = mapped_column(enum_column(Segment, "reserved_for"))
    asked_by: Mapped[UUID]
    waiver_reason: Mapped[str | None]  # As of an enrolment, which takes it over.
    offered_at: Mapped[datetime | None]
    offer_expires_at: Mapped[datetime | None]
    enrolment_id: Mapped[UUID | None] = mapped_column(ForeignKey(Enrolment.id))
    ended_at: Mapped[datetime | None]
