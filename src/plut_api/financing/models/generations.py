"""Runs over all that is judged, what a coming rule set says, what changed and why, and what waits to be judged."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.financing.models.readiness import ReadinessStatus, RuleSet
from plut_api.kit.database import Identified, Model, check, enum_column


class GenerationCause(StrEnum):
    """Why everything is judged: the first rules, others that came into force, a new day, or somebody asked for it."""

    first = "first"
    rule_set = "rule_set"
    new_day = "new_day"
    recompute = "recompute"


class GenerationState(StrEnum):
    """Under way, complete, or given up for another."""

    building = "building"
    done = "done"
    abandoned = "abandoned"


class Generation(Identified, Model):
    """One run over all businesses, or all cooperatives. Of those that bring rules the one done last serves."""

    __tablename__ = "generations"
    __table_args__ = (
        check("subject IN ('business', 'cooperative')", "subject"),
        check("(state = 'building') = (finished_at IS NULL)", "finished"),
        check("blocks_done <= block_count", "progress"),
        Index("uq_generations_one_building", "subject", unique=True, postgresql_where=text("state = 'building'")),
        Index(
            "ix_generations_serving",
            "subject",
            "finished_at",
            postgresql_where=text("state = 'done' AND cause IN ('first', 'rule_set')"),
        ),
    )
    subject: Mapped[str]
    rule_set: Mapped[str] = mapped_column(ForeignKey(RuleSet.version))
    rule_set_before: Mapped[str | None] = mapped_column(ForeignKey(RuleSet.version))
    cause: Mapped[GenerationCause] = mapped_column(enum_column(GenerationCause, "cause"))
    state: Mapped[GenerationState] = mapped_column(enum_column(GenerationState, "state"))
    day: Mapped[date]
    total: Mapped[int] = mapped_column(server_default=text("0"))
    block_count: Mapped[int] = mapped_column(server_default=text("0"))
    blocks_done: Mapped[int] = mapped_column(server_default=text("0"))
    changed: Mapped[int] = mapped_column(server_default=text("0"))
    added: Mapped[int] = mapped_column(server_default=text("0"))
    dropped: Mapped[int] = mapped_column(server_default=text("0"))
    confirmations_ended: Mapped[int] = mapped_column(server_default=text("0"))
    finished_at: Mapped[datetime | None]


class GenerationBlock(Model):
    """A stretch of ids to judge, after one and up to another. Who works on it holds its lock, and marks it done in the
    transaction that writes the results: so a worker that dies leaves it free, and two never do the same one.
    """

    __tablename__ = "generation_blocks"
    generation_id: Mapped[UUID] = mapped_column(ForeignKey(Generation.id, ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    after: Mapped[UUID | None]
    until: Mapped[UUID | None]
    done_at: Mapped[datetime | None]


class NextReadiness(Model):
    """What the rules that are being brought into force say of a business, until all are judged and they serve.

    Unlogged: results are computed anew at no loss, so a crash of the database may empty it; whoever makes a generation
    serve looks for who is missing. It refers to nothing by a foreign key, whose checks would cost as much as itself.
    Of who is not ready, the results and what changed are those of a kind, which many share.
    """

    __tablename__ = "readiness_next"
    __table_args__ = ({"prefixes": ["UNLOGGED"]},)
    actor_id: Mapped[UUID] = mapped_column(primary_key=True)
    generation_id: Mapped[UUID]
    kind_id: Mapped[UUID | None]
    status: Mapped[str]
    score: Mapped[int] = mapped_column(SmallInteger)
    results: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True))
    computed_at: Mapped[datetime]
    changed: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))
    old_rule_set: Mapped[str | None]
    old_status: Mapped[str | None]
    old_score: Mapped[int | None] = mapped_column(SmallInteger)


class NextKind(Model):
    """Results that many businesses of one block have in common, and how they differ from those before."""

    __tablename__ = "readiness_kinds"
    __table_args__ = ({"prefixes": ["UNLOGGED"]},)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    generation_id: Mapped[UUID]
    results: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    changed: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))


class ReadinessChange(Identified, Model):
    """A result became another: which, from what, by what. `rules` has `[code, before, after]` of each that differs;
    `cause` is the name of an event, or of what was done.
    """

    __tablename__ = "readiness_changes"
    __table_args__ = (
        check("(actor_id IS NULL) <> (cooperative_id IS NULL)", "one_subject"),
        Index("ix_readiness_changes_actor_id", "actor_id", "id", postgresql_where=text("actor_id IS NOT NULL")),
        Index(
            "ix_readiness_changes_cooperative_id",
            "cooperative_id",
            "id",
            postgresql_where=text("cooperative_id IS NOT NULL"),
        ),
    )
    actor_id: Mapped[UUID | None]
    cooperative_id: Mapped[UUID | None]
    rule_set: Mapped[str]
    from_rule_set: Mapped[str | None]
    from_status: Mapped[ReadinessStatus | None] = mapped_column(enum_column(ReadinessStatus, "from_status"))
    to_status: Mapped[ReadinessStatus] = mapped_column(enum_column(ReadinessStatus, "to_status"))
    from_score: Mapped[int | None] = mapped_column(SmallInteger)
    to_score: Mapped[int] = mapped_column(SmallInteger)
    rules: Mapped[list[Any]] = mapped_column(JSONB)
    cause: Mapped[str]
    event_id: Mapped[UUID | None]


class DueJudgement(Model):
    """A business or cooperative to judge again, because of an event. Gone once it was judged; one that many events
    name is judged once.
    """

    __tablename__ = "readiness_due"
    __table_args__ = (check("(actor_id IS NULL) <> (cooperative_id IS NULL)", "one_subject"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    actor_id: Mapped[UUID | None]
    cooperative_id: Mapped[UUID | None]
    event_id: Mapped[UUID]
    event_name: Mapped[str]


class RuleSetDiff(Identified, Model):
    """How one rule set would differ from another on a day: counts alone, nobody's result."""

    __tablename__ = "rule_set_diffs"
    __table_args__ = (Index("uq_rule_set_diffs_day", "old", "new", "day", unique=True),)
    old: Mapped[str] = mapped_column(ForeignKey(RuleSet.version))
    new: Mapped[str] = mapped_column(ForeignKey(RuleSet.version))
    day: Mapped[date]
    counts: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True))
    finished_at: Mapped[datetime | None]
