"""Tables of consultations, what was agreed in them, and what consultants note for themselves.

What people confide is sealed: their problem, the advice, agreed actions, private notes, reasons, and the place of a
visit, which may be somebody's home.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Index, Integer, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.actors.models import Actor, Person
from plut_api.facilities.models import Booking, Room, Shift
from plut_api.identity.models import Account
from plut_api.kit.database import Identified, Model, Versioned, check, enum_column
from plut_api.kit.files import FileRow


class ConsultingField(StrEnum):
    """What a consultation is about: the fields in which PLUT's consultants work."""

    institution = "institution"
    human_resources = "human_resources"
    production = "production"
    finance = "finance"
    marketing = "marketing"


class ConsultingChannel(StrEnum):
    """How client and consultant meet."""

    visit = "visit"
    office = "office"
    phone = "phone"
    video = "video"


class ConsultationState(StrEnum):
    """Where a consultation stands; `consulting/states.py` says which moves are legal."""

    requested = "requested"
    scheduled = "scheduled"
    held = "held"
    no_show = "no_show"
    cancelled = "cancelled"


class ConsultationResult(StrEnum):
    """What came of it."""

    solved = "solved"
    continuing = "continuing"
    referred = "referred"
    unsolved = "unsolved"


class Consultation(Versioned, Model):
    """A client's consultation: asked for by them or for them, with one consultant, at one time, recorded once held.

    Without a consultant it waits for the Dinas to name one. No consultant has two appointments that overlap.
    """

    __tablename__ = "consultations"
    __table_args__ = (
        ExcludeConstraint(
            ("consultant_id", "="),
            (text("tstzrange(starts_at, ends_at)"), "&&"),
            name="ex_consultations_one_place_at_a_time",
            using="gist",
            where=text("state = 'scheduled'"),
        ),
        Index("ix_consultations_person_id", "person_id", "id"),
        Index("ix_consultations_actor_id", "actor_id", "id"),
        Index("ix_consultations_consultant_id", "consultant_id", "on_date"),
        Index("ix_consultations_on_date", "on_date", "consultant_id"),
        Index("ix_consultations_open", "id", postgresql_where=text("state IN ('requested', 'scheduled')")),
        check("ends_at > starts_at", "period"),
        check("num_nulls(on_date, starts_at, ends_at) IN (0, 3)", "appointment_whole"),
        check("state NOT IN ('scheduled', 'held', 'no_show') OR starts_at IS NOT NULL", "appointed"),
        check("state NOT IN ('scheduled', 'held', 'no_show') OR consultant_id IS NOT NULL", "with_somebody"),
        check("(state = 'held') = (minutes IS NOT NULL)", "recorded_when_held"),
        check("minutes BETWEEN 1 AND 1440", "minutes"),
        check("cardinality(wished_days) <= 5", "wished_days"),
    )
    person_id: Mapped[UUID] = mapped_column(ForeignKey(Person.id))
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey(Actor.id))
    field: Mapped[ConsultingField] = mapped_column(enum_column(ConsultingField, "field"))
    channel: Mapped[ConsultingChannel] = mapped_column(enum_column(ConsultingChannel, "channel"))
    problem_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    wished_days: Mapped[list[date]] = mapped_column(ARRAY(Date), server_default=text("'{}'"))
    requested_by: Mapped[UUID]
    consultant_id: Mapped[UUID | None] = mapped_column(ForeignKey(Account.id))
    state: Mapped[ConsultationState] = mapped_column(enum_column(ConsultationState, "state"))
    on_date: Mapped[date | None]
    shift: Mapped[Shift | None] = mapped_column(enum_column(Shift, "shift"))
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    place_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    room_id: Mapped[UUID | None] = mapped_column(ForeignKey(Room.id))
    booking_id: Mapped[UUID | None] = mapped_column(ForeignKey(Booking.id))
    minutes: Mapped[int | None] = mapped_column(Integer)
    advice_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    result: Mapped[ConsultationResult | None] = mapped_column(enum_column(ConsultationResult, "result"))
    next_visit_on: Mapped[date | None]
    held_by: Mapped[UUID | None]


class ConsultationTransition(Identified, Model):
    """One move of a consultation: from, to, by whom (null: the worker, when an assignment changed), when, why."""

    __tablename__ = "consultation_transitions"
    __table_args__ = (Index("ix_consultation_transitions_consultation_id", "consultation_id", "id"),)
    consultation_id: Mapped[UUID] = mapped_column(ForeignKey(Consultation.id, ondelete="CASCADE"))
    from_state: Mapped[ConsultationState | None] = mapped_column(enum_column(ConsultationState, "from_state"))
    to_state: Mapped[ConsultationState] = mapped_column(enum_column(ConsultationState, "to_state"))
    caller_id: Mapped[UUID | None]
    reason_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class AgreedAction(Versioned, Model):
    """Something that client and consultant agreed the client does until a day."""

    __tablename__ = "agreed_actions"
    __table_args__ = (
        Index("ix_agreed_actions_consultation_id", "consultation_id", "id"),
        Index("ix_agreed_actions_open", "due_on", "id", postgresql_where=text("done_at IS NULL")),
        check("(done_at IS NULL) = (done_by IS NULL)", "done_by_someone"),
    )
    consultation_id: Mapped[UUID] = mapped_column(ForeignKey(Consultation.id, ondelete="CASCADE"))
    what_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    due_on: Mapped[date]
    done_at: Mapped[datetime | None]
    done_by: Mapped[UUID | None]


class ConsultationNote(Identified, Model):
    """What a consultant notes for themself. Nobody else reads it: neither successors nor the Dinas."""

    __tablename__ = "consultation_notes"
    __table_args__ = (Index("ix_consultation_notes_consultation_id", "consultation_id", "id"),)
    consultation_id: Mapped[UUID] = mapped_column(ForeignKey(Consultation.id, ondelete="CASCADE"))
    author_id: Mapped[UUID] = mapped_column(ForeignKey(Account.id))
    text_sealed: Mapped[bytes] = mapped_column(LargeBinary)


class ConsultationFile(Identified, Model):
    """A file that client and consultant share."""

    __tablename__ = "consultation_files"
    __table_args__ = (UniqueConstraint("consultation_id", "file_id"), Index("ix_consultation_files_file_id", "file_id"))
    consultation_id: Mapped[UUID] = mapped_column(ForeignKey(Consultation.id, ondelete="CASCADE"))
    file_id: Mapped[UUID] = mapped_column(ForeignKey(FileRow.id))
    added_by: Mapped[UUID]
