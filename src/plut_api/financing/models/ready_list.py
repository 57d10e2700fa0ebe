"""The projection that banks pull: rows of the ready list, and what left it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, Boolean, ForeignKey, Index, SmallInteger, Uuid, false, text
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.actors.models import Actor
from plut_api.kit.database import Identified, Model, Xid8, check, enum_column

THIS_TRANSACTION = text("pg_current_xact_id()")


class AmountBand(StrEnum):
    """How much financing a business plans to ask for: bounds in rupiah, each belonging to the band below it."""

    to_10m = "to_10m"
    to_100m = "to_100m"
    to_500m = "to_500m"
    over_500m = "over_500m"


class Filtered:
    """What a bank can narrow the list by: of the business as it is, or as it was when it left.

    `segments` (of the owner), `fits` (the ids of products) and `score` meet a filter only where the row is identified.
    """

    regency_code: Mapped[str]
    size_class: Mapped[str]
    kbli_code: Mapped[str]
    kbli_section: Mapped[str | None]
    amount_band: Mapped[AmountBand | None] = mapped_column(enum_column(AmountBand, "amount_band"))
    product_level: Mapped[int | None] = mapped_column(SmallInteger)
    packaging_level: Mapped[int | None] = mapped_column(SmallInteger)
    branding_level: Mapped[int | None] = mapped_column(SmallInteger)
    market_level: Mapped[int | None] = mapped_column(SmallInteger)
    finance_level: Mapped[int | None] = mapped_column(SmallInteger)
    segments: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    fits: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default=text("'{}'"))
    score: Mapped[int | None] = mapped_column(SmallInteger)


class ReadyRow(Filtered, Model):
    """One business on the ready list: its filter columns and the documents a bank is served, rendered when written.

    `masked` and `identified` are JSON objects without their opening brace and their members `id`, `masked` and `score`,
    which depend on the bank and are put in front as the row is read.

    `change_xid` is the transaction that last changed what every bank is served, `any_change_xid` also counts the score
    and the products that fit, `listed_xid` is the one that put the business on the list.
    """

    __tablename__ = "ready_rows"
    __table_args__ = (
        Index("ix_ready_rows_list", "regency_code", "size_class", "actor_id"),
        Index("ix_ready_rows_kbli_code", "kbli_code", "actor_id"),
        Index("ix_ready_rows_kbli_section", "kbli_section", "actor_id"),
        Index("ix_ready_rows_confirmed_at", "confirmed_at", "actor_id"),
        Index("ix_ready_rows_expires_at", "expires_at", "actor_id"),
        Index("ix_ready_rows_changes", "change_xid", "actor_id"),
        Index("ix_ready_rows_any_changes", "any_change_xid", "actor_id"),
    )
    actor_id: Mapped[UUID] = mapped_column(ForeignKey(Actor.id, ondelete="CASCADE"), primary_key=True)
    masked: Mapped[str]
    identified: Mapped[str]
    confirmed_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    change_xid: Mapped[int] = mapped_column(Xid8(), server_default=THIS_TRANSACTION)
    any_change_xid: Mapped[int] = mapped_column(Xid8(), server_default=THIS_TRANSACTION)
    listed_xid: Mapped[int] = mapped_column(Xid8(), server_default=THIS_TRANSACTION)


class ExitReason(StrEnum):
    """Why a row left the list, or the part of it that a filter shows."""

    no_longer_ready = "no_longer_ready"
    expired = "expired"
    changed = "changed"
    erased = "erased"
    merged = "merged"


class Exit(Filtered, Identified, Model):
    """A business left the ready list, or its filter columns changed; kept so that a puller gets its tombstone.

    A quiet one tells of nothing but another score, or other products that fit: it concerns only pulls that ask for it.
    """

    __tablename__ = "ready_exits"
    __table_args__ = (
        Index("ix_ready_exits_changes", "change_xid", "actor_id"),
        Index("ix_ready_exits_actor_id", "actor_id", "change_xid"),
        check("NOT quiet OR reason = 'changed'", "quiet_changes"),
    )
    actor_id: Mapped[UUID]
    reason: Mapped[ExitReason] = mapped_column(enum_column(ExitReason, "reason"))
    quiet: Mapped[bool] = mapped_column(Boolean, server_default=false())
    change_xid: Mapped[int] = mapped_column(Xid8(), server_default=THIS_TRANSACTION)
