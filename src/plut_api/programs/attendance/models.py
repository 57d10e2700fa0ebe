"""Tables of attendance, scores of tests, and seats that nobody came for.

When two programmes become one (overlaps) attendance and scores go with their session and enrolment, which are moved; of
a no-show only the programme is rewritten.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.actors.models import Person
from plut_api.kit.database import Identified, Model, Versioned, check, enum_column
from plut_api.programs.models import Enrolment, Program, TrainingSession


class How(StrEnum):
    """By what it is known whether a participant came."""

    code = "code"
    qr = "qr"
    organizer = "organizer"
    batch = "batch"


class WhichTest(StrEnum):
    """The test before a programme and the one after it."""

    pre = "pre"
    post = "post"


class NoShowState(StrEnum):
    """Whether a no-show counts when seats are given; who appealed, was excused or waited long enough has none."""

    counts = "counts"
    appealed = "appealed"
    excused = "excused"
    faded = "faded"


class Attendance(Identified, Model):
    """Whether a participant came to a session. `at` is what the device said, `recorded_at` when it reached us."""

    __tablename__ = "attendances"
    __table_args__ = (
        UniqueConstraint("session_id", "enrolment_id"),
        Index("ix_attendances_enrolment_id", "enrolment_id"),
    )
    session_id: Mapped[UUID] = mapped_column(ForeignKey(TrainingSession.id))
    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey(Enrolment.id))
    came: Mapped[bool]
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    how: Mapped[How] = mapped_column(enum_column(How, "how"))
    recorded_by: Mapped[UUID]
    client_ref: Mapped[str | None]


class Score(Versioned, Model):
    """What a participant reached in a test, of 100 points."""

    __tablename__ = "test_scores"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "test"),
        check("score BETWEEN 0 AND 100", "score"),
    )
    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey(Enrolment.id))
    test: Mapped[WhichTest] = mapped_column(enum_column(WhichTest, "test"))
    score: Mapped[int] = mapped_column(SmallInteger)
    noted_at: Mapped[datetime]
    noted_by: Mapped[UUID]


class CompletionWaiver(Identified, Model):
    """Why a participant completed a programme whose rule they did not fulfil, and how far they were from it."""

    __tablename__ = "completion_waivers"
    __table_args__ = (
        UniqueConstraint("enrolment_id"),
        check("attended_percent BETWEEN 0 AND 100", "attended_percent"),
    )
    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey(Enrolment.id))
    reason: Mapped[str]
    attended_percent: Mapped[int | None] = mapped_column(SmallInteger)
    post_score: Mapped[int | None] = mapped_column(SmallInteger)
    waived_by: Mapped[UUID]


class NoShow(Versioned, Model):
    """A seat that its holder neither came for nor gave back before the programme's first session.

    `session_id` is the first session that was held. The words of an appeal and of the answer are sealed: people write
    about illness in them.
    """

    __tablename__ = "no_shows"
    __table_args__ = (
        UniqueConstraint("enrolment_id"),
        Index("ix_no_shows_person_id", "person_id", "id"),
        Index("ix_no_shows_program_id", "program_id", "id"),
        Index("ix_no_shows_appealed", "appealed_at", "id", postgresql_where=text("state = 'appealed'")),
        Index("ix_no_shows_counting", "counts_until", postgresql_where=text("state = 'counts'")),
        check("(appealed_at IS NULL) = (appeal_sealed IS NULL)", "appealed_why"),
        check("state <> 'appealed' OR appealed_at IS NOT NULL", "appealed_once"),
    )
    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey(Enrolment.id))
    person_id: Mapped[UUID] = mapped_column(ForeignKey(Person.id))
    program_id: Mapped[UUID] = mapped_column(ForeignKey(Program.id))
    session_id: Mapped[UUID | None] = mapped_column(ForeignKey(TrainingSession.id))
    state: Mapped[NoShowState] = mapped_column(enum_column(NoShowState, "state"), default=NoShowState.counts)
    noted_at: Mapped[datetime]
    counts_until: Mapped[date]
    appeal_until: Mapped[date]
    appealed_at: Mapped[datetime | None]
    appeal_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    answer_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
