"""Tables of outcomes, their evidence, and how levels moved."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.actors.models import Actor
from plut_api.kit.database import Identified, Model, Versioned, check, enum_column
from plut_api.kit.files.models import FileRow
from plut_api.programs.models import Enrolment


class Dimension(StrEnum):
    """The five results that each trainee leaves with."""

    product = "product"
    packaging = "packaging"
    branding = "branding"
    market = "market"
    finance = "finance"


class EvidenceState(StrEnum):
    """What became of a piece of evidence.

    `withdrawn` by who submitted it, before it was decided on; `revoked` by the Dinas, when what was verified turned out
    to be false; `ended` when the row of this system that spoke for it ceased to hold.
    """

    submitted = "submitted"
    verified = "verified"
    rejected = "rejected"
    withdrawn = "withdrawn"
    revoked = "revoked"
    ended = "ended"


DECIDING = (EvidenceState.verified, EvidenceState.revoked, EvidenceState.ended)
"""States of evidence that a level was found by."""


class Cause(StrEnum):
    """Why a level is what it is now."""

    evidence = "evidence"
    system_fact = "system_fact"
    follow_up = "follow_up"


class Outcome(Versioned, Model):
    """One dimension of one enrolment: level before, level aimed at, level proven now (0 to 4, by a rubric version).

    `reached_level` moves by `service.move_level` alone, which keeps its history in `outcome_levels`; it can fall.
    """

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
    target_at: Mapped[datetime | None]
    target_by: Mapped[UUID | None]
    reached_level: Mapped[int | None] = mapped_column(SmallInteger)
    reached_at: Mapped[datetime | None]


class Evidence(Versioned, Model):
    """Proof of a level: files, a link, or a row of this system. Who verifies it is never who submitted it.

    A row of this system (`fact_table`, `fact_id`) is submitted and decided on by nobody; it speaks for itself.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        Index("ix_evidence_outcome_id", "outcome_id", "id"),
        Index("ix_evidence_waiting", "id", postgresql_where=text("state = 'submitted'")),
        Index(
            "uq_evidence_one_fact",
            "outcome_id",
            "fact_table",
            "fact_id",
            unique=True,
            postgresql_where=text("fact_id IS NOT NULL"),
        ),
        check("claimed_level BETWEEN 1 AND 4", "claimed_level"),
        check("verified_level BETWEEN 1 AND 4", "verified_level"),
        check("verified_level IS NULL OR state IN ('verified', 'revoked', 'ended')", "level_when_verified"),
        check("(state IN ('submitted', 'withdrawn')) = (decided_at IS NULL)", "decided_when"),
        check("(state IN ('withdrawn', 'revoked', 'ended')) = (ended_at IS NOT NULL)", "ended_when"),
        check("decided_by IS NULL OR decided_by <> submitted_by", "verifier_is_another"),
        check("state <> 'rejected' OR reason IS NOT NULL", "rejection_has_reason"),
        check("state <> 'revoked' OR end_reason IS NOT NULL", "revocation_has_reason"),
        check("(fact_table IS NULL) = (fact_id IS NULL)", "fact_is_a_row"),
        check("(fact_id IS NULL) = (submitted_by IS NOT NULL)", "submitted_by_somebody"),
        check("fact_id IS NULL OR decided_by IS NULL AND state IN ('verified', 'revoked', 'ended')", "fact_decides"),
    )
    outcome_id: Mapped[UUID] = mapped_column(ForeignKey(Outcome.id, ondelete="CASCADE"))
    kind: Mapped[str]  # Of the kinds that the outcome's rubric accepts.
    claimed_level: Mapped[int] = mapped_column(SmallInteger)
    note: Mapped[str]
    url: Mapped[str | None]
    legacy_reference: Mapped[str | None]  # Where proof lay before files were handed in here.
    fact_table: Mapped[str | None]
    fact_id: Mapped[UUID | None]
    state: Mapped[EvidenceState] = mapped_column(enum_column(EvidenceState, "state"), default=EvidenceState.submitted)
    submitted_by: Mapped[UUID | None]
    verified_level: Mapped[int | None] = mapped_column(SmallInteger)
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    next_step: Mapped[str | None]
    ended_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]


class EvidenceFile(Identified, Model):
    """A file of a piece of evidence, in the order in which they were given."""

    __tablename__ = "evidence_files"
    __table_args__ = (
        UniqueConstraint("evidence_id", "file_id"),
        Index("ix_evidence_files_file_id", "file_id"),
    )
    evidence_id: Mapped[UUID] = mapped_column(ForeignKey(Evidence.id, ondelete="CASCADE"))
    file_id: Mapped[UUID] = mapped_column(ForeignKey(FileRow.id))
    position: Mapped[int] = mapped_column(SmallInteger)


class OutcomeLevel(Identified, Model):
    """One move of the level proven: from (`before_level`), to (`level`; null is that nothing proves one any more), why.

    The evidence that moved it is no longer named once it has had its time; the move stays. `by_id` is null where a row
    of this system moved it.
    """

    __tablename__ = "outcome_levels"
    __table_args__ = (
        Index("ix_outcome_levels_outcome_id", "outcome_id", "id"),
        Index("ix_outcome_levels_evidence_id", "evidence_id", postgresql_where=text("evidence_id IS NOT NULL")),
        check("level BETWEEN 0 AND 4", "level"),
        check("before_level BETWEEN 0 AND 4", "before_level"),
        check("level IS DISTINCT FROM before_level", "moved"),
        check("follow_up_id IS NULL OR cause = 'follow_up'", "follow_up_is_the_cause"),
    )
    outcome_id: Mapped[UUID] = mapped_column(ForeignKey(Outcome.id, ondelete="CASCADE"))
    before_level: Mapped[int | None] = mapped_column(SmallInteger)
    level: Mapped[int | None] = mapped_column(SmallInteger)
    cause: Mapped[Cause] = mapped_column(enum_column(Cause, "cause"))
    evidence_id: Mapped[UUID | None] = mapped_column(ForeignKey(Evidence.id, ondelete="SET NULL"))
    follow_up_id: Mapped[UUID | None]
    by_id: Mapped[UUID | None]
    rubric_version: Mapped[str]


class SystemFact(Identified, Model):
    """A row of this system that speaks for a level of a business (`system_facts.yaml`), from a day until it ends.

    The table of the row may be of a higher room: it told of it by an event.
    """

    __tablename__ = "system_facts"
    __table_args__ = (
        UniqueConstraint("fact_table", "fact_id"),
        Index("ix_system_facts_actor_id", "actor_id"),
        Index("ix_system_facts_until", "until", postgresql_where=text("until IS NOT NULL AND ended_at IS NULL")),
    )
    actor_id: Mapped[UUID] = mapped_column(ForeignKey(Actor.id))
    fact_table: Mapped[str]
    fact_id: Mapped[UUID]
    code: Mapped[str]
    since: Mapped[date]
    until: Mapped[date | None]  # The last day on which it speaks.
    ended_at: Mapped[datetime | None]
