"""Tables of agreements and of the commitments in them. No person can be told from these."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.kit.database import Identified, Model, Versioned, check, enum_column
from plut_api.kit.files import FileRow
from plut_api.organizations.models import Organization


class AgreementState(StrEnum):
    """Where an agreement stands; `agreements/states.py` says which moves are legal."""

    draft = "draft"
    active = "active"
    ended = "ended"
    terminated = "terminated"


class CommitmentKind(StrEnum):
    """What a partner commits itself to: seats for trainees, money, or to buy what trainees make."""

    seats = "seats"
    rupiah = "rupiah"
    offtake = "offtake"


class Agreement(Versioned, Model):
    """An agreement between PLUT, for which the Dinas signs, and one partner organization."""

    __tablename__ = "agreements"
    __table_args__ = (
        UniqueConstraint("number"),
        Index("ix_agreements_organization_id", "organization_id", "id"),
        Index("ix_agreements_state", "state", "ends_on"),
        Index("ix_agreements_paper_file_id", "paper_file_id", postgresql_where=text("paper_file_id IS NOT NULL")),
        check("ends_on >= starts_on", "period"),
        check("state = 'draft' OR state = 'terminated' OR signed_on IS NOT NULL", "signed_when_active"),
    )
    organization_id: Mapped[UUID] = mapped_column(ForeignKey(Organization.id))
    number: Mapped[str]
    title: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    signed_on: Mapped[date | None]
    paper_file_id: Mapped[UUID | None] = mapped_column(ForeignKey(FileRow.id))
    state: Mapped[AgreementState] = mapped_column(enum_column(AgreementState, "state"), default=AgreementState.draft)
    drafted_by: Mapped[UUID]


class AgreementTransition(Identified, Model):
    """One move of an agreement: from, to, by whom (null: the worker, when its time was over), when, why."""

    __tablename__ = "agreement_transitions"
    __table_args__ = (Index("ix_agreement_transitions_agreement_id", "agreement_id", "id"),)
    agreement_id: Mapped[UUID] = mapped_column(ForeignKey(Agreement.id, ondelete="CASCADE"))
    from_state: Mapped[AgreementState] = mapped_column(enum_column(AgreementState, "from_state"))
    to_state: Mapped[AgreementState] = mapped_column(enum_column(AgreementState, "to_state"))
    caller_id: Mapped[UUID | None]
    reason: Mapped[str | None]


class Commitment(Versioned, Model):
    """One thing that the partner of an agreement does until a day.

    What became of it is in no column: it is computed from programmes (`programs/sponsors/progress.py`).
    """

    __tablename__ = "commitments"
    __table_args__ = (
        Index("ix_commitments_agreement_id", "agreement_id", "id"),
        Index("ix_commitments_due_on", "due_on", "id"),
        check("(kind = 'seats') = (seats IS NOT NULL)", "seats_of_its_kind"),
        check("(kind = 'rupiah') = (amount_idr IS NOT NULL)", "amount_of_its_kind"),
        check("(kind = 'offtake') = (num_nonnulls(quantity, unit, product) = 3)", "offtake_of_its_kind"),
        check("kind = 'offtake' OR num_nonnulls(quantity, unit, product) = 0", "offtake_whole"),
        check("seats > 0 AND amount_idr > 0 AND quantity > 0", "something"),
    )
    agreement_id: Mapped[UUID] = mapped_column(ForeignKey(Agreement.id, ondelete="CASCADE"))
    kind: Mapped[CommitmentKind] = mapped_column(enum_column(CommitmentKind, "kind"))
    seats: Mapped[int | None] = mapped_column(Integer)
    amount_idr: Mapped[int | None] = mapped_column(BigInteger)
    quantity: Mapped[int | None] = mapped_column(Integer)
    unit: Mapped[str | None]
    product: Mapped[str | None]
    due_on: Mapped[date]
    note: Mapped[str | None]

    @property
    def target(self) -> int:
        """How much was committed, in seats, rupiah or units."""
        return self.seats or self.amount_idr or self.quantity or 0
