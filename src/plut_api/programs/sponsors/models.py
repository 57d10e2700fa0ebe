"""The table of sponsors. No person can be told from it."""

from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.kit.database import Identified, Model, check
from plut_api.organizations.agreements.models import Commitment
from plut_api.organizations.models import Organization
from plut_api.programs.models.programs import Program


class ProgramSponsor(Identified, Model):
    """A partner sponsors a programme by one of its commitments: with seats, or with rupiah.

    When two programmes become one, sponsors go along; two by the same commitment become one, of both together.
    """

    __tablename__ = "program_sponsors"
    __table_args__ = (
        UniqueConstraint("program_id", "commitment_id"),
        Index("ix_program_sponsors_commitment_id", "commitment_id", "id"),
        Index("ix_program_sponsors_organization_id", "organization_id", "id"),
        check("num_nonnulls(seats, amount_idr) = 1", "seats_or_amount"),
        check("seats > 0 AND amount_idr > 0", "something"),
    )
    program_id: Mapped[UUID] = mapped_column(ForeignKey(Program.id, ondelete="CASCADE"))
    organization_id: Mapped[UUID] = mapped_column(ForeignKey(Organization.id))
    commitment_id: Mapped[UUID] = mapped_column(ForeignKey(Commitment.id))
    seats: Mapped[int | None] = mapped_column(Integer)
    amount_idr: Mapped[int | None] = mapped_column(BigInteger)
    added_by: Mapped[UUID]
