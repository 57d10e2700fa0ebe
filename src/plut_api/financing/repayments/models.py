"""Table of repayment reports."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.financing.models import Referral
from plut_api.kit.database import Identified, Model, check


class RepaymentReport(Identified, Model):
    """How a loan stood at the end of a day, as its bank reported it (`created_at`: when).

    Collectibility is 1 (lancar) to 5 (macet). One report of a day stands; one that corrects it says why, and the one
    before stays with the instant at which it was superseded. `paid_idr` is all that was paid since disbursement.
    """

    __tablename__ = "repayment_reports"
    __table_args__ = (
        Index(
            "uq_repayment_reports_one_a_day",
            "referral_id",
            "as_of",
            unique=True,
            postgresql_where=text("superseded_at IS NULL"),
        ),
        Index("ix_repayment_reports_referral_id", "referral_id", "id"),
        Index("ix_repayment_reports_corrects_id", "corrects_id"),
        check("collectibility BETWEEN 1 AND 5", "collectibility"),
        check("days_past_due BETWEEN 0 AND 10000", "days_past_due"),
        check("outstanding_idr >= 0 AND paid_idr >= 0", "amounts"),
        check("(corrects_id IS NULL) = (correction_reason IS NULL)", "corrected_for_a_reason"),
    )
    referral_id: Mapped[UUID] = mapped_column(ForeignKey(Referral.id, ondelete="CASCADE"))
    as_of: Mapped[date]
    collectibility: Mapped[int] = mapped_column(SmallInteger)
    days_past_due: Mapped[int] = mapped_column(Integer)
    outstanding_idr: Mapped[int] = mapped_column(BigInteger)
    paid_idr: Mapped[int] = mapped_column(BigInteger)
    is_restructured: Mapped[bool]
    reported_by: Mapped[UUID]
    corrects_id: Mapped[UUID | None] = mapped_column(ForeignKey("repayment_reports.id", ondelete="CASCADE"))
    correction_reason: Mapped[str | None]
    superseded_at: Mapped[datetime | None]
