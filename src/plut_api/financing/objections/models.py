"""Tables of objections to results of readiness."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.actors.models import Actor
from plut_api.cooperatives.models import Cooperative
from plut_api.financing.models.readiness import RuleSet
from plut_api.kit.database import Identified, Model, Versioned, check, enum_column
from plut_api.kit.files.models import FileRow

REASON, ANSWER = "readiness_objections.reason", "readiness_objections.answer"


class ObjectionState(StrEnum):
    """What became of an objection. `upheld` says that a fact is wrong; the result changes with the fact alone."""

    open = "open"
    upheld = "upheld"
    dismissed = "dismissed"
    withdrawn = "withdrawn"


_OPEN = text("state = 'open'")
_TO_CORRECT = text("state = 'upheld' AND corrected_at IS NULL")


class Objection(Versioned, Model):
    """An owner says that one rule's result is wrong, and why. Words are sealed; without them the owner was erased.

    `word_of` are the accounts whose word the result rests on, as far as the house knows them: none of them answers.
    """

    __tablename__ = "readiness_objections"
    __table_args__ = (
        Index("uq_readiness_objections_actor", "actor_id", "rule_code", unique=True, postgresql_where=_OPEN),
        Index(
            "uq_readiness_objections_cooperative", "cooperative_id", "rule_code", unique=True, postgresql_where=_OPEN
        ),
        Index("ix_readiness_objections_actor_id", "actor_id", "id"),
        Index("ix_readiness_objections_cooperative_id", "cooperative_id", "id"),
        Index("ix_readiness_objections_due", "due_at", postgresql_where=_OPEN),
        Index("ix_readiness_objections_to_correct", "ended_at", postgresql_where=_TO_CORRECT),
        check("num_nonnulls(actor_id, cooperative_id) = 1", "one_subject"),
        check("(state = 'open') = (ended_at IS NULL)", "ended_when"),
        check("(state IN ('upheld', 'dismissed')) = (answered_by IS NOT NULL)", "answered_by_someone"),
        check("(state = 'upheld') = (fact IS NOT NULL)", "fact_to_correct"),
        check("corrected_at IS NULL OR state = 'upheld'", "corrected_what"),
        check("answered_by IS NULL OR NOT answered_by = ANY (word_of)", "answered_by_another"),
    )
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey(Actor.id))
    cooperative_id: Mapped[UUID | None] = mapped_column(ForeignKey(Cooperative.id))
    rule_set: Mapped[str] = mapped_column(ForeignKey(RuleSet.version))
    rule_code: Mapped[str]
    result: Mapped[str]
    reason_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    made_by: Mapped[UUID]
    word_of: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default=text("'{}'"))
    state: Mapped[ObjectionState] = mapped_column(enum_column(ObjectionState, "state"), default=ObjectionState.open)
    due_at: Mapped[datetime]
    late_at: Mapped[datetime | None]  # When the worker told that the term had passed.
    ended_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None]
    answer_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    fact: Mapped[str | None]
    corrected_at: Mapped[datetime | None]
    corrected_by: Mapped[UUID | None]


class ObjectionFile(Identified, Model):
    """A file that an owner handed in to show that a result is wrong."""

    __tablename__ = "objection_files"
    __table_args__ = (UniqueConstraint("objection_id", "file_id"), Index("ix_objection_files_file_id", "file_id"))
    objection_id: Mapped[UUID] = mapped_column(ForeignKey(Objection.id, ondelete="CASCADE"))
    file_id: Mapped[UUID] = mapped_column(ForeignKey(FileRow.id))
