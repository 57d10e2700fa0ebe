"""Rule sets, results of readiness, and the projection that banks pull."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.actors.models import Actor
from plut_api.kit.database import Identified, Model, Xid8, check, enum_column


class RuleSet(Model):
    """A version of the readiness rules as loaded from the repository; the newest one valid today serves."""

    __tablename__ = "rule_sets"
    version: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    content_hash: Mapped[bytes] = mapped_column(LargeBinary)


class ReadinessStatus(StrEnum):
    """What the rules say: file complete and rules met, nearly, or still building. Never 'creditworthy'."""

    ready = "ready"
    almost = "almost"
    building = "building"


class Readiness(Model):
    """The newest result for one business, and the consultant's confirmation of exactly that result."""

    __tablename__ = "readiness"
    __table_args__ = (
        check("score BETWEEN 0 AND 100", "score"),
        check("(confirmed_at IS NULL) = (confirmed_by IS NULL)", "confirmed_by_someone"),
        check("(confirmed_at IS NULL) = (expires_at IS NULL)", "confirmed_until"),
    )
    actor_id: Mapped[UUID] = mapped_column(ForeignKey(Actor.id, ondelete="CASCADE"), primary_key=True)
    rule_set: Mapped[str] = mapped_column(ForeignKey(RuleSet.version))
    status: Mapped[ReadinessStatus] = mapped_column(enum_column(ReadinessStatus, "status"))
    score: Mapped[int] = mapped_column(SmallInteger)
    results: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    computed_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[UUID | None]
    confirmed_note: Mapped[str | None]
    expires_at: Mapped[datetime | None]


class ReadyRow(Model):
    """One business on the ready list: its filter columns and the documents a bank is served, rendered when written.

    `masked` and `identified` are JSON objects without their opening brace and their members `id` and `masked`, which
    depend on the bank's consent and are put in front as the row is read.
    """

    __tablename__ = "ready_rows"
    __table_args__ = (
        Index("ix_ready_rows_list", "regency_code", "size_class", "actor_id"),
        Index("ix_ready_rows_kbli_code", "kbli_code", "actor_id"),
        Index("ix_ready_rows_changes", "change_xid", "actor_id"),
    )
    actor_id: Mapped[UUID] = mapped_column(ForeignKey(Actor.id, ondelete="CASCADE"), primary_key=True)
    regency_code: Mapped[str]
    size_class: Mapped[str]
    kbli_code: Mapped[str]
    masked: Mapped[str]
    identified: Mapped[str]
    expires_at: Mapped[datetime]
    change_xid: Mapped[int] = mapped_column(Xid8(), server_default=text("pg_current_xact_id()"))


class ExitReason(StrEnum):
    """Why a row left the list, or the part of it that a filter shows."""

    no_longer_ready = "no_longer_ready"
    expired = "expired"
    changed = "changed"
    erased = "erased"
    merged = "merged"


class Exit(Identified, Model):
    """A business left the ready list, or its filter columns changed; kept so that a puller gets its tombstone."""

    __tablename__ = "ready_exits"
    __table_args__ = (
        Index("ix_ready_exits_changes", "change_xid", "actor_id"),
        Index("ix_ready_exits_actor_id", "actor_id", "change_xid"),
    )
    actor_id: Mapped[UUID]
    regency_code: Mapped[str]
    size_class: Mapped[str]
    kbli_code: Mapped[str]
    reason: Mapped[ExitReason] = mapped_column(enum_column(ExitReason, "reason"))
    change_xid: Mapped[int] = mapped_column(Xid8(), server_default=text("pg_current_xact_id()"))
