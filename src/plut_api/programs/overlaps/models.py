"""Tables of likenesses between programmes, what was decided about them, and of programmes that became one."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, SmallInteger, event, inspect, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.kit.database import Identified, Model, Versioned, check, enum_column
from plut_api.programs.models import Program
from plut_api.programs.overlaps.words import words_of


class OverlapState(StrEnum):
    """Where a finding stands; one that is past no longer holds: one of the two was changed, sent back or merged."""

    open = "open"
    resolved = "resolved"
    past = "past"


class Verdict(StrEnum):
    """What a score amounts to: at or over the line nothing is approved before somebody decides."""

    block = "block"
    warn = "warn"


class ResolutionKind(StrEnum):
    """What the Dinas decides about two programmes that resemble each other."""

    merge = "merge"
    co_host = "co_host"
    differentiate = "differentiate"
    reject = "reject"


class Overlap(Versioned, Model):
    """Two programmes that resemble each other: `program_id` came later and waits for the decision. One row a pair.

    Scores and parts are percent.
    """

    __tablename__ = "overlaps"
    __table_args__ = (
        Index(
            "uq_overlaps_pair",
            text("least(program_id, other_id)"),
            text("greatest(program_id, other_id)"),
            unique=True,
        ),
        Index("ix_overlaps_program_id", "program_id", "id"),
        Index("ix_overlaps_other_id", "other_id", "id"),
        Index("ix_overlaps_open", "noted_at", "id", postgresql_where=text("state = 'open' AND verdict = 'block'")),
        check("program_id <> other_id", "another"),
        check("score BETWEEN 0 AND 100 AND raw_score BETWEEN 0 AND 100", "score"),
        check("(state = 'resolved') = (resolution IS NOT NULL)", "resolved_how"),
        check("num_nulls(resolution, reason, resolved_by, resolved_at, decided_score) IN (0, 5)", "resolved_by_whom"),
    )
    program_id: Mapped[UUID] = mapped_column(ForeignKey(Program.id, ondelete="CASCADE"))
    other_id: Mapped[UUID] = mapped_column(ForeignKey(Program.id, ondelete="CASCADE"))
    score: Mapped[int] = mapped_column(SmallInteger)
    raw_score: Mapped[int] = mapped_column(SmallInteger)  # Before the guards that cap it.
    topic: Mapped[int] = mapped_column(SmallInteger)
    kbli: Mapped[int] = mapped_column(SmallInteger)
    region: Mapped[int] = mapped_column(SmallInteger)
    period: Mapped[int] = mapped_column(SmallInteger)
    audience: Mapped[int] = mapped_column(SmallInteger)
    text: Mapped[int] = mapped_column(SmallInteger)
    guards: Mapped[list[str]]
    verdict: Mapped[Verdict] = mapped_column(enum_column(Verdict, "verdict"))
    noted_at: Mapped[datetime]  # When it began to be open.
    state: Mapped[OverlapState] = mapped_column(enum_column(OverlapState, "state"), default=OverlapState.open)
    resolution: Mapped[ResolutionKind | None] = mapped_column(enum_column(ResolutionKind, "resolution"))
    reason: Mapped[str | None]
    resolved_by: Mapped[UUID | None]
    resolved_at: Mapped[datetime | None]
    decided_score: Mapped[int | None] = mapped_column(SmallInteger)  # The decision holds for no higher one.


class ProgramMerge(Identified, Model):
    """Programmes that became one: which ended in which, by whom, when (`created_at`), why, and what moved."""

    __tablename__ = "program_merges"
    __table_args__ = (
        Index("ix_program_merges_into_id", "into_id", "id"),
        Index("uq_program_merges_from_id", "from_id", unique=True),
    )
    from_id: Mapped[UUID] = mapped_column(ForeignKey(Program.id))
    into_id: Mapped[UUID] = mapped_column(ForeignKey(Program.id))
    merged_by: Mapped[UUID]
    reason: Mapped[str]
    moved: Mapped[dict[str, Any]] = mapped_column(JSONB)  # By table: ids of rows, counts, rupiah.


@event.listens_for(Program, "before_update")
def _keep_words_in_step(_mapper: Any, _connection: Any, program: Program) -> None:
    changed = inspect(program).attrs
    if changed.title.history.has_changes() or changed.aim.history.has_changes():
        program.overlap_words = words_of(program.title, program.aim)
