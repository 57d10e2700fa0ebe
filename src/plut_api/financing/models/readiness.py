"""Rule sets, and results of readiness."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from plut_api.actors.models import Actor
from plut_api.cooperatives.models import Cooperative
from plut_api.kit.database import Model, check, enum_column


class RuleSet(Model):
    """A version of the readiness rules as loaded from the repository; `generations` say which one serves."""

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


class Judged:
    """What a rule set says of one business or cooperative."""

    @declared_attr
    def rule_set(cls) -> Mapped[str]:  # noqa: N805 (it is the class that is given)
        return mapped_column(ForeignKey(RuleSet.version))

    status: Mapped[ReadinessStatus] = mapped_column(enum_column(ReadinessStatus, "status"))
    score: Mapped[int] = mapped_column(SmallInteger)
    results: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    computed_at: Mapped[datetime]


class Confirmed:
    """The consultant's word for exactly that result."""

    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[UUID | None]
    confirmed_note: Mapped[str | None]
    expires_at: Mapped[datetime | None]


class Readiness(Judged, Confirmed, Model):
    """The newest result for one business by the rules that serve, and the consultant's confirmation of that result."""

    __tablename__ = "readiness"
    __table_args__ = (
        check("score BETWEEN 0 AND 100", "score"),
        check("(confirmed_at IS NULL) = (confirmed_by IS NULL)", "confirmed_by_someone"),
        check("(confirmed_at IS NULL) = (expires_at IS NULL)", "confirmed_until"),
        Index("ix_readiness_expires_at", "expires_at", "actor_id", postgresql_where=text("expires_at IS NOT NULL")),
    )
    actor_id: Mapped[UUID] = mapped_column(ForeignKey(Actor.id, ondelete="CASCADE"), primary_key=True)


class CooperativeReadiness(Judged, Confirmed, Model):
    """The same for one cooperative. Cooperatives stand on no list; banks hear of them by what fits."""

    __tablename__ = "cooperative_readiness"
    __table_args__ = (
        check("score BETWEEN 0 AND 100", "score"),
        check("(confirmed_at IS NULL) = (confirmed_by IS NULL)", "confirmed_by_someone"),
        check("(confirmed_at IS NULL) = (expires_at IS NULL)", "confirmed_until"),
    )
    cooperative_id: Mapped[UUID] = mapped_column(ForeignKey(Cooperative.id, ondelete="CASCADE"), primary_key=True)
