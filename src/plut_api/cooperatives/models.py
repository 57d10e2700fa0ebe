"""Tables of cooperatives."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.kit.database import Model, Versioned, check, enum_column
from plut_api.reference.models import Region


class CooperativeStatus(StrEnum):
    """What a cooperative reports of itself: legal entity, preparing an outlet, outlet in operation."""

    legal = "legal"
    preparing = "preparing"
    operating = "operating"


class Cooperative(Versioned, Model):
    """A village cooperative. The law founds one per village; the register keeps to it."""

    __tablename__ = "cooperatives"
    __table_args__ = (
        UniqueConstraint("village_code"),
        UniqueConstraint("legal_number"),
        UniqueConstraint("nik_koperasi"),
        Index("ix_cooperatives_list", "regency_code", "id"),
        Index("ix_cooperatives_name_trgm", "name", postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"}),
        check("regency_code = substr(village_code, 1, 5)", "regency_of_village"),
        check("member_count >= 1", "members"),
    )
    name: Mapped[str]
    village_code: Mapped[str] = mapped_column(ForeignKey(Region.code))
    regency_code: Mapped[str]
    legal_number: Mapped[str]
    established_on: Mapped[date]
    nik_koperasi: Mapped[str | None]
    member_count: Mapped[int] = mapped_column(Integer)
    status: Mapped[CooperativeStatus] = mapped_column(
        enum_column(CooperativeStatus, "status"), default=CooperativeStatus.legal
    )
    notes: Mapped[str | None]
    import_id: Mapped[UUID | None]
