"""Rule sets, and results of readiness."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, SmallInteger
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.actors.models import Actor
from plut_api.kit.database import Model, check, enum_column


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
