"""The projection that banks pull: rows of the ready list, and what left it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.actors.models import Actor
from plut_api.kit.database import Identified, Model, Xid8, enum_column


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
