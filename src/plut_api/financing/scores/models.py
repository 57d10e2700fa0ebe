"""The table of who may see scores."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.kit.database import Model, Versioned, check
from plut_api.organizations.models import Organization


class ScoreDisclosure(Versioned, Model):
    """That a bank sees the score in identified rows of the ready list, from the first to the last day, both included.

    Without a last day until it is taken back. One setting a bank; what it was before stands in the audit log.
    """

    __tablename__ = "score_disclosures"
    __table_args__ = (UniqueConstraint("bank_id"), check("valid_until >= valid_from", "period"))
    bank_id: Mapped[UUID] = mapped_column(ForeignKey(Organization.id))
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    reason: Mapped[str]
    set_by: Mapped[UUID]
