"""Tables of papers, proposals and declarations, and of what records were before they were corrected."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.cooperatives.models import Cooperative
from plut_api.cooperatives.records.models.governance import Recorded, verified_by_someone
from plut_api.kit.database import Identified, Model, check, enum_column
from plut_api.kit.files import FileRow


class PaperKind(StrEnum):
    """Papers in the cooperative's name: the Ministry of Law's decision, the certificate of its NIK koperasi, NIB, NPWP,
    a bank account, and a contract by which it is supplied, or supplies.
    """

    legal_decision = "legal_decision"
    nik_koperasi = "nik_koperasi"
    nib = "nib"
    npwp = "npwp"
    account = "account"
    supply_agreement = "supply_agreement"


class CooperativePaper(Recorded, Model):
    """A paper on file. Its number is sealed; those of the first two kinds are public, in the register.

    `number_seen` is the register's number that the paper bore when it was verified: if the register changes, the paper
    no longer proves it.
    """

    __tablename__ = "cooperative_papers"
    __table_args__ = (
        Index("ix_cooperative_papers_cooperative_id", "cooperative_id", "id"),
        Index(
            "uq_cooperative_papers_one_of_a_kind",
            "cooperative_id",
            "kind",
            unique=True,
            postgresql_where=text("kind NOT IN ('account', 'supply_agreement')"),
        ),
        Index(
            "uq_cooperative_papers_number",
            "kind",
            "number_index",
            unique=True,
            postgresql_where=text("kind IN ('nib', 'npwp')"),
        ),
        check("(kind IN ('nib', 'npwp', 'account')) = (number_sealed IS NOT NULL)", "number_of_its_kind"),
        check("(number_sealed IS NULL) = (number_index IS NULL)", "number_indexed"),
        check("(kind = 'account') = (bank_name IS NOT NULL)", "bank_of_account"),
        check("(kind = 'supply_agreement') = (partner IS NOT NULL)", "partner_of_agreement"),
        check("until >= dated_on", "period"),
        verified_by_someone(),
    )
    kind: Mapped[PaperKind] = mapped_column(enum_column(PaperKind, "kind"))
    number_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    number_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    number_seen: Mapped[str | None]
    in_own_name: Mapped[bool] = mapped_column(Boolean)
    bank_name: Mapped[str | None]
    partner: Mapped[str | None]
    dated_on: Mapped[date | None]
    until: Mapped[date | None]
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey(FileRow.id))


class CooperativeProposal(Recorded, Model):
    """A business proposal: what for, in which stages, paid back from what. The newest one counts."""

    __tablename__ = "cooperative_proposals"
    __table_args__ = (
        Index("ix_cooperative_proposals_cooperative_id", "cooperative_id", "id"),
        check("capex_idr >= 0 AND opex_idr >= 0 AND capex_idr + opex_idr > 0", "amounts"),
        check("cardinality(stage_names) = cardinality(stage_amounts_idr)", "stages"),
        check("yearly_income_idr >= 0 AND yearly_instalments_idr > 0", "cover"),
        verified_by_someone(),
    )
    scheme: Mapped[str | None]
    capex_idr: Mapped[int] = mapped_column(BigInteger)
    opex_idr: Mapped[int] = mapped_column(BigInteger)
    tenor_months: Mapped[int] = mapped_column(SmallInteger)
    stage_names: Mapped[list[str]]
    stage_amounts_idr: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    repayment_sources: Mapped[list[str]]
    yearly_income_idr: Mapped[int] = mapped_column(BigInteger)
    yearly_instalments_idr: Mapped[int] = mapped_column(BigInteger)
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey(FileRow.id))


class CooperativeCreditDeclaration(Identified, Model):
    """What a cooperative declares of its debts and those of its chair; never a report of a credit register."""

    __tablename__ = "cooperative_credit_declarations"
    __table_args__ = (
        Index("ix_cooperative_credit_declarations_cooperative_id", "cooperative_id", "declared_on", "id"),
    )
    cooperative_id: Mapped[UUID] = mapped_column(ForeignKey(Cooperative.id))
    declared_on: Mapped[date]
    has_arrears: Mapped[bool] = mapped_column(Boolean)
    chair_has_arrears: Mapped[bool] = mapped_column(Boolean)
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey(FileRow.id))
    recorded_by: Mapped[UUID]


class CooperativeRevision(Identified, Model):
    """What a record was before it was corrected, sealed whole, for names and numbers may stand in it."""

    __tablename__ = "cooperative_revisions"
    __table_args__ = (
        Index("ix_cooperative_revisions_cooperative_id", "cooperative_id", "id"),
        UniqueConstraint("row_id", "row_version"),
    )
    cooperative_id: Mapped[UUID] = mapped_column(ForeignKey(Cooperative.id))
    kind: Mapped[str]
    row_id: Mapped[UUID]
    row_version: Mapped[int] = mapped_column(Integer)
    before_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    changed_by: Mapped[UUID]
