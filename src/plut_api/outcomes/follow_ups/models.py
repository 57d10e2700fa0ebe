"""The table of follow-ups."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.kit.database import Model, Versioned, check, enum_column
from plut_api.programs.models import Enrolment


class FollowUpState(StrEnum):
    """What became of a follow-up. A missed one says that nothing is known, never that all is well."""

    open = "open"
    answered = "answered"
    missed = "missed"


class BusinessAnswer(StrEnum):
    """Whether the business is running, as the participant says."""

    running = "running"
    paused = "paused"
    closed = "closed"


class SalesAnswer(StrEnum):
    """Sales compared with those before the training, as the participant says."""

    more = "more"
    same = "same"
    less = "less"


class UseAnswer(StrEnum):
    """Whether what was reached in one dimension is still in use, as the participant says."""

    yes = "yes"
    partly = "partly"
    no = "no"


class AnswerChannel(StrEnum):
    """How an answer came: by the participant in the app, or told to PLUT's staff."""

    app = "app"
    phone = "phone"
    visit = "visit"


class FollowUp(Versioned, Model):
    """One asking after a completed enrolment: planned (number 1 to 3), or a visit between (number null).

    `uses` has for each dimension that was asked about the answer, and the level before and after it. When programmes
    are merged it goes where its enrolment goes.
    """

    __tablename__ = "follow_ups"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "number"),
        Index("ix_follow_ups_due_on", "due_on", "id"),
        Index("ix_follow_ups_open", "closes_on", "id", postgresql_where=text("state = 'open'")),
        Index(
            "ix_follow_ups_reminders",
            "next_reminder_on",
            "id",
            postgresql_where=text("state = 'open' AND next_reminder_on IS NOT NULL"),
        ),
        Index("ix_follow_ups_closed", "enrolment_id", "answered_at", postgresql_where=text("business = 'closed'")),
        check("months BETWEEN 0 AND 120", "months"),
        check("closes_on >= asked_on AND call_from >= asked_on", "term"),
        check("reminders >= 0", "reminders"),
        check(
            "(state = 'answered') = (answered_at IS NOT NULL) AND (answered_at IS NULL) = (answered_by IS NULL) "
            "AND (answered_at IS NULL) = (channel IS NULL) AND (answered_at IS NULL) = (business IS NULL) "
            "AND (answered_at IS NULL) = (uses IS NULL)",
            "answered_whole",
        ),
        check("sales IS NOT NULL OR business IS NULL OR business = 'closed'", "sales_of_living"),
        check(
            "(corrected_at IS NULL) = (corrected_by IS NULL) AND (corrected_at IS NULL) = (correction_reason IS NULL) "
            "AND (corrected_at IS NULL) = (first_answer IS NULL)",
            "corrected_with_reason",
        ),
    )
    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey(Enrolment.id, ondelete="CASCADE"))
    number: Mapped[int | None] = mapped_column(SmallInteger)
    months: Mapped[int] = mapped_column(SmallInteger)  # Since the enrolment was completed.
    state: Mapped[FollowUpState] = mapped_column(enum_column(FollowUpState, "state"), default=FollowUpState.open)
    questions_version: Mapped[str]
    due_on: Mapped[date]
    asked_on: Mapped[date]  # Later than `due_on` where nobody could ask in time.
    call_from: Mapped[date]  # From then on a consultant calls.
    closes_on: Mapped[date]  # The last day to answer.
    reminders: Mapped[int] = mapped_column(SmallInteger, default=0)
    next_reminder_on: Mapped[date | None]
    business: Mapped[BusinessAnswer | None] = mapped_column(enum_column(BusinessAnswer, "business"))
    sales: Mapped[SalesAnswer | None] = mapped_column(enum_column(SalesAnswer, "sales"))
    uses: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    channel: Mapped[AnswerChannel | None] = mapped_column(enum_column(AnswerChannel, "channel"))
    note: Mapped[str | None]
    answered_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]
    corrected_by: Mapped[UUID | None]
    corrected_at: Mapped[datetime | None]
    correction_reason: Mapped[str | None]
    first_answer: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
