"""Referrals to a bank and their moves."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.actors.models import Actor
from plut_api.kit.database import Identified, Model, Versioned, check, enum_column
from plut_api.organizations.models import Organization


class ReferralState(StrEnum):
    """Where a referral stands; `financing/states.py` says who may make which move."""

    draft = "draft"
    submitted = "submitted"
    received = "received"
    in_review = "in_review"
    approved = "approved"
    rejected = "rejected"
    withdrawn = "withdrawn"
    disbursed = "disbursed"


OPEN_STATES = ("draft", "submitted", "received", "in_review", "approved")


class Referral(Versioned, Model):
    """A request for financing of one business to one bank. One open referral per business and bank."""

    __tablename__ = "referrals"
    __table_args__ = (
        Index(
            "uq_referrals_one_open",
            "actor_id",
            "bank_id",
            unique=True,
            postgresql_where=text("state IN ('draft', 'submitted', 'received', 'in_review', 'approved')"),
        ),
        Index("ix_referrals_bank_id", "bank_id", "id"),
        Index("ix_referrals_actor_id", "actor_id", "id"),
        check("amount_idr > 0", "amount"),
        check("tenor_months BETWEEN 1 AND 360", "tenor"),
        check("approved_amount_idr > 0 AND approved_amount_idr <= amount_idr", "approved_amount"),
        check("disbursed_amount_idr > 0 AND disbursed_amount_idr <= approved_amount_idr", "disbursed_amount"),
        check("state NOT IN ('approved', 'disbursed') OR approved_amount_idr IS NOT NULL", "approval_has_amount"),
        check(
            "(state = 'disbursed') = (disbursed_amount_idr IS NOT NULL AND disbursed_on IS NOT NULL)",
            "disbursement_has_amount",
        ),
    )
    actor_id: Mapped[UUID] = mapped_column(ForeignKey(Actor.id))
    bank_id: Mapped[UUID] = mapped_column(ForeignKey(Organization.id))
    amount_idr: Mapped[int] = mapped_column(BigInteger)
    tenor_months: Mapped[int] = mapped_column(SmallInteger)
    purpose: Mapped[str]
    state: Mapped[ReferralState] = mapped_column(enum_column(ReferralState, "state"))
    made_by: Mapped[UUID]
    approved_amount_idr: Mapped[int | None] = mapped_column(BigInteger)
    disbursed_amount_idr: Mapped[int | None] = mapped_column(BigInteger)
    disbursed_on: Mapped[date | None]


class ReferralTransition(Identified, Model):
    """One move of a referral: from, to, by whom, when (`created_at`), why."""

    __tablename__ = "referral_transitions"
    __table_args__ = (Index("ix_referral_transitions_referral_id", "referral_id", "id"),)
    referral_id: Mapped[UUID] = mapped_column(ForeignKey(Referral.id, ondelete="CASCADE"))
    from_state: Mapped[ReferralState | None] = mapped_column(enum_column(ReferralState, "from_state"))
    to_state: Mapped[ReferralState] = mapped_column(enum_column(ReferralState, "to_state"))
    caller_id: Mapped[UUID]
    caller_role: Mapped[str]
    reason_code: Mapped[str | None]
    note: Mapped[str | None]
