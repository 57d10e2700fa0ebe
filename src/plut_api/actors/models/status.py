"""Tables of how a business changed: whether it trades, and its legal form. Rows are only added."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.actors.models.businesses import Actor, ActorStatus, LegalForm
from plut_api.kit.database import Identified, Model, check, enum_column


class StatusReason(StrEnum):
    """Why a business pauses, closes or trades again: a closed list, whose words are in `lists/status_reasons.yaml`."""

    season = "season"
    capital = "capital"
    market = "market"
    family = "family"
    disaster = "disaster"
    premises = "premises"
    licence = "licence"
    handed_over = "handed_over"
    owner_died = "owner_died"
    insolvent = "insolvent"
    trading_again = "trading_again"
    by_mistake = "by_mistake"
    other = "other"


class StatusChange(Identified, Model):
    """A business paused, closed or traded again: on which day, why, and who said so."""

    __tablename__ = "actor_status_changes"
    __table_args__ = (
        Index("ix_actor_status_changes_actor_id", "actor_id", "id"),
        check("from_status <> to_status", "changes_something"),
    )
    actor_id: Mapped[UUID] = mapped_column(ForeignKey(Actor.id, ondelete="CASCADE"))
    from_status: Mapped[ActorStatus] = mapped_column(enum_column(ActorStatus, "from_status"))
    to_status: Mapped[ActorStatus] = mapped_column(enum_column(ActorStatus, "to_status"))
    changed_on: Mapped[date]
    reason_code: Mapped[StatusReason] = mapped_column(enum_column(StatusReason, "reason_code"))
    changed_by: Mapped[UUID]


class LegalFormChange(Identified, Model):
    """A business took another legal form, on which day."""

    __tablename__ = "legal_form_changes"
    __table_args__ = (
        Index("ix_legal_form_changes_actor_id", "actor_id", "id"),
        check("from_form <> to_form", "changes_something"),
    )
    actor_id: Mapped[UUID] = mapped_column(ForeignKey(Actor.id, ondelete="CASCADE"))
    from_form: Mapped[LegalForm] = mapped_column(enum_column(LegalForm, "from_form"))
    to_form: Mapped[LegalForm] = mapped_column(enum_column(LegalForm, "to_form"))
    changed_on: Mapped[date]
    changed_by: Mapped[UUID]
