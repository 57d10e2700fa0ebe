"""Tables of outcomes and their evidence."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.actors.models import Actor
from plut_api.kit.database import Model, Versioned, check, enum_column
from plut_api.programs.models import Enrolment


class Dimension(StrEnum):
    """The five results that each trainee leaves with."""

    product = "product"
    packaging = "packaging"
    branding = "branding"
    market = "market"
    finance = "finance"


class EvidenceState(StrEnum):
    """What became of a piece of evidence."""

    submitted = "submitted"
    verified = "verified"
    rejected = "rejected"


class Outcome(Versioned, Model):
    """One dimension of one enrolment: level before, level aimed at, level reached (0 to 4, by a rubric version)."""

    __tablename__ = "outcomes"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "dimension"),
        Index("ix_outcomes_actor_id", "actor_id", "dimension"),
        check("baseline_level BETWEEN 0 AND 4", "baseline_level"),
        check("target_level BETWEEN 1 AND 4 AND target_level > baseline_level", "target_level"),
        check("reached_level BETWEEN 0 AND 4", "reached_level"),
        check("(reached_level IS NULL) = (reached_at IS NULL)", "reached_when"),
    )
    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey(Enrolment.id, ondelete="CASCADE"))
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey(Actor.id))
    dimension: Mapped[Dimension] = mapped_column(enum_column(Dimension, "dimension"))
    rubric_version: Mapped[str]
    baseline_level: Mapped[int | None] = mapped_column(SmallInteger)
    baseline_at: Mapped[datetime | None]
    baseline_by: Mapped[UUID | None]
    target_level: Mapped[int | None] = mapped_column(SmallInteger)
    reached_level: Mapped[int | None] = mapped_column(SmallInteger)
    reached_at: Mapped[datetime | None]


class Evidence(Versioned, Model):
    """Proof of a level: a note and a reference to a file. Who verifies it is never who submitted it."""

    __tablename__ = "evidence"
    __table_args__ = (
        Index("ix_evidence_outcome_id", "outcome_id", "id"),
        Index("ix_evidence_waiting", "id", postgresql_where=text("state = 'submitted'")),
        check("claimed_level BETWEEN 1 AND 4", "claimed_level"),
        check("verified_level BETWEEN 1 AND 4", "verified_level"),
        check("verified_level IS NULL OR state = 'verified'", "level_when_verified"),
        check("(state = 'submitted') = (decided_at IS NULL)", "decided_when"),
        check("decided_by IS NULL OR decided_by <> submitted_by", "verifier_is_another"),
        check("state <> 'rejected' OR reason IS NOT NULL", "rejection_has_reason"),
    )
    outcome_id: Mapped[UUID] = mapped_column(ForeignKey(Outcome.id, ondelete="CASCADE"))
    claimed_level: Mapped[int] = mapped_column(SmallInteger)
    note: Mapped[str]
    file_reference: Mapped[str]
    state: Mapped[EvidenceState] = mapped_column(enum_column(EvidenceState, "state"), default=EvidenceState.submitted)
    submitted_by: Mapped[UUID]
    verified_level: Mapped[int | None] = mapped_column(SmallInteger)
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    next_step: Mapped[str | None]
