"""Referrals to a bank, their moves, what was late, and the documents asked for and supplied."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.actors.models import Actor
from plut_api.financing.products.models import FinancingProduct
from plut_api.kit import clock
from plut_api.kit.database import Identified, Model, Versioned, check, enum_column
from plut_api.kit.files import FileRow
from plut_api.organizations.models import Organization


class ReferralState(StrEnum):
    """Where a referral stands; `financing/referrals/states.py` says who may make which move."""

    draft = "draft"
    submitted = "submitted"
    received = "received"
    in_review = "in_review"
    info_requested = "info_requested"
    info_provided = "info_provided"
    approved = "approved"
    rejected = "rejected"
    withdrawn = "withdrawn"
    expired = "expired"
    disbursed = "disbursed"
    repaying = "repaying"
    closed = "closed"


class ClockSide(StrEnum):
    """Whose turn it is while a clock runs."""

    applicant = "applicant"
    bank = "bank"


ACTIVE_STATES = (
    ReferralState.submitted,
    ReferralState.received,
    ReferralState.in_review,
    ReferralState.info_requested,
    ReferralState.info_provided,
    ReferralState.approved,
)
"""A bank is at work on it. A draft is nobody's but the applicant's."""

FINANCED_STATES = (ReferralState.disbursed, ReferralState.repaying)
"""The money was paid out and is not paid back yet."""

_ACTIVE = "state IN ('submitted', 'received', 'in_review', 'info_requested', 'info_provided', 'approved')"
_PAID_OUT = "state IN ('disbursed', 'repaying', 'closed')"


def _sent_at(context: Any) -> datetime | None:
    """A draft was not sent; what begins in any other state was sent as it began."""
    state = context.get_current_parameters()["state"]
    return None if state in (ReferralState.draft, ReferralState.draft.value) else clock.now()


class Referral(Versioned, Model):
    """A request for financing of one business to one bank, under one scheme.

    `due_at` is when the clock of the present state runs out, null where none runs. `queue_id` and `place` tell the
    order of several banks: the others wait as drafts. `submitted_at` is null while, and if, no bank ever saw it.
    Rates are in basis points a year (1/100 of a percent), of the form that `approved_pricing_kind` names.
    """

    __tablename__ = "referrals"
    __table_args__ = (
        Index("uq_referrals_one_active", "actor_id", "scheme", unique=True, postgresql_where=text(_ACTIVE)),
        Index(
            "uq_referrals_queue_place", "queue_id", "place", unique=True, postgresql_where=text("queue_id IS NOT NULL")
        ),
        Index("ix_referrals_bank_id", "bank_id", "id"),
        Index("ix_referrals_actor_id", "actor_id", "id"),
        Index("ix_referrals_due_at", "due_at", "id", postgresql_where=text("due_at IS NOT NULL")),
        check("amount_idr > 0", "amount"),
        check("tenor_months BETWEEN 1 AND 360", "tenor"),
        check("approved_tenor_months BETWEEN 1 AND 360", "approved_tenor"),
        check("approved_rate_bp BETWEEN 0 AND 100000", "approved_rate"),
        check("approved_rate_bp IS NULL OR approved_pricing_kind IS NOT NULL", "rate_of_a_kind"),
        check("approved_amount_idr > 0 AND approved_amount_idr <= amount_idr", "approved_amount"),
        check("disbursed_amount_idr > 0 AND disbursed_amount_idr <= approved_amount_idr", "disbursed_amount"),
        check(f"(state <> 'approved' AND NOT {_PAID_OUT}) OR approved_amount_idr IS NOT NULL", "approval_has_amount"),
        check(
            f"({_PAID_OUT}) = (disbursed_amount_idr IS NOT NULL AND disbursed_on IS NOT NULL)",
            "disbursement_has_amount",
        ),
        check("(queue_id IS NULL) = (place IS NULL) AND place BETWEEN 1 AND 5", "place_in_queue"),
        check("state <> 'draft' OR submitted_at IS NULL", "draft_is_not_sent"),
        check(
            "(acknowledged_at IS NULL) = (acknowledged_by IS NULL) "
            "AND (acknowledged_at IS NULL) = (data_removed_on IS NULL)",
            "acknowledged_whole",
        ),
    )
    actor_id: Mapped[UUID] = mapped_column(ForeignKey(Actor.id))
    bank_id: Mapped[UUID] = mapped_column(ForeignKey(Organization.id))
    scheme: Mapped[str] = mapped_column(default="commercial", server_default="commercial")
    product_id: Mapped[UUID | None] = mapped_column(ForeignKey(FinancingProduct.id), index=True)
    queue_id: Mapped[UUID | None]
    place: Mapped[int | None] = mapped_column(SmallInteger)
    amount_idr: Mapped[int] = mapped_column(BigInteger)
    tenor_months: Mapped[int] = mapped_column(SmallInteger)
    purpose: Mapped[str]
    state: Mapped[ReferralState] = mapped_column(enum_column(ReferralState, "state"))
    state_since: Mapped[datetime] = mapped_column(default=clock.now, server_default=func.now())
    due_at: Mapped[datetime | None]
    made_by: Mapped[UUID]
    submitted_at: Mapped[datetime | None] = mapped_column(default=_sent_at)
    decided_at: Mapped[datetime | None]
    approved_amount_idr: Mapped[int | None] = mapped_column(BigInteger)
    approved_tenor_months: Mapped[int | None] = mapped_column(SmallInteger)
    approved_product_id: Mapped[UUID | None] = mapped_column(ForeignKey(FinancingProduct.id), index=True)
    approved_pricing_kind: Mapped[str | None]
    approved_rate_bp: Mapped[int | None]
    disbursed_amount_idr: Mapped[int | None] = mapped_column(BigInteger)
    disbursed_on: Mapped[date | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[UUID | None]
    data_removed_on: Mapped[date | None]


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


class ReferralBreach(Identified, Model):
    """A clock that ran out before the state ended: of which state, whose turn it was, since when it is late."""

    __tablename__ = "referral_breaches"
    __table_args__ = (UniqueConstraint("referral_id", "due_at"),)
    referral_id: Mapped[UUID] = mapped_column(ForeignKey(Referral.id, ondelete="CASCADE"))
    state: Mapped[ReferralState] = mapped_column(enum_column(ReferralState, "state"))
    side: Mapped[ClockSide] = mapped_column(enum_column(ClockSide, "side"))
    due_at: Mapped[datetime]


class DocumentRequest(Identified, Model):
    """A document that the bank asked for: of which kind, in its own words, until which day (inclusive, WITA)."""

    __tablename__ = "document_requests"
    __table_args__ = (Index("ix_document_requests_referral_id", "referral_id", "id"),)
    referral_id: Mapped[UUID] = mapped_column(ForeignKey(Referral.id, ondelete="CASCADE"))
    kind: Mapped[str]
    words: Mapped[str | None]
    due_on: Mapped[date | None]
    asked_by: Mapped[UUID]
    answered_at: Mapped[datetime | None]  # When the applicant said that all is there.


class ReferralDocument(Identified, Model):
    """A file that the applicant supplied with a referral, for what the bank asked or of their own accord."""

    __tablename__ = "referral_documents"
    __table_args__ = (
        UniqueConstraint("referral_id", "file_id"),
        Index("ix_referral_documents_file_id", "file_id"),
        Index("ix_referral_documents_request_id", "request_id"),
    )
    referral_id: Mapped[UUID] = mapped_column(ForeignKey(Referral.id, ondelete="CASCADE"))
    request_id: Mapped[UUID | None] = mapped_column(ForeignKey(DocumentRequest.id, ondelete="CASCADE"))
    kind: Mapped[str]
    file_id: Mapped[UUID] = mapped_column(ForeignKey(FileRow.id))
    supplied_by: Mapped[UUID]
