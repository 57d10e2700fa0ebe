"""Table of refusals that a consultant is done with."""

from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.financing.models import Referral
from plut_api.kit.database import Identified, Model


class RefusalClosure(Identified, Model):
    """A consultant is done with what followed from a refusal, and says how (`created_at`: when)."""

    __tablename__ = "refusal_closures"
    referral_id: Mapped[UUID] = mapped_column(ForeignKey(Referral.id, ondelete="CASCADE"), unique=True)
    closed_by: Mapped[UUID]
    note: Mapped[str]
