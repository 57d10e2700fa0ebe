"""Table of businesses. Sealed columns as in `people.py`."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
    func,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.kit.database import Model, Versioned, check, enum_column
from plut_api.reference.models import Region


class SizeClass(StrEnum):
    """Size of a business (PP 7/2021 art. 35). Open: `large` lies above; unknown is null, never micro."""

    micro = "micro"
    small = "small"
    medium = "medium"
    large = "large"


class LegalForm(StrEnum):
    """Legal form of a business."""

    individual = "individual"
    cv = "cv"
    firma = "firma"
    pt = "pt"
    pt_individual = "pt_individual"
    cooperative = "cooperative"
    other = "other"


class ActorStatus(StrEnum):
    """Whether a business trades."""

    active = "active"
    dormant = "dormant"
    closed = "closed"


class Actor(Versioned, Model):
    """A business (pelaku usaha). Size classes are derived from its figures by `actors/size.py`, never typed in."""

    __tablename__ = "actors"
    __table_args__ = (
        UniqueConstraint("nib_index"),
        UniqueConstraint("row_key"),
        ForeignKeyConstraint(["kbli_version", "kbli_code"], ["kbli.version", "kbli.code"]),
        Index("ix_actors_region_name", "village_code", "name"),
        Index(
            "ix_actors_village_name_trgm",
            "village_code",
            func.plain_name(literal_column("name")).label("plain_name"),
            postgresql_using="gist",
            postgresql_ops={"plain_name": "gist_trgm_ops(siglen=32)"},
        ),
        Index("ix_actors_name_trgm", "name", postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"}),
        Index("ix_actors_npwp_index", "npwp_index", postgresql_where=text("npwp_index IS NOT NULL")),
        Index("ix_actors_list", "regency_code", "size_class", "id"),
        Index("ix_actors_import_id", "import_id", postgresql_where=text("import_id IS NOT NULL")),
        check("regency_code = substr(village_code, 1, 5)", "regency_of_village"),
        check("(kbli_code IS NULL) = (kbli_version IS NULL)", "kbli_with_version"),
        check("(size_class IS NULL) = (size_basis IS NULL)", "size_with_basis"),
        check("(qris_verified_at IS NULL) = (qris_verified_by IS NULL)", "qris_verified_by_someone"),
        check("qris_verified_at IS NULL OR qris_nmid IS NOT NULL", "qris_verified_id"),
        Index("ix_actors_merged_into", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
        check("(merged_into IS NULL) = (merged_at IS NULL) AND merged_into <> id", "merged_into_another"),
    )
    name: Mapped[str]
    village_code: Mapped[str] = mapped_column(ForeignKey(Region.code))
    regency_code: Mapped[str]
    address: Mapped[str | None]
    legal_form: Mapped[LegalForm] = mapped_column(enum_column(LegalForm, "legal_form"), default=LegalForm.individual)
    status: Mapped[ActorStatus] = mapped_column(enum_column(ActorStatus, "status"), default=ActorStatus.active)
    kbli_version: Mapped[str | None]
    kbli_code: Mapped[str | None]
    started_on: Mapped[date | None]
    nib_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    nib_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    npwp_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    npwp_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    size_class: Mapped[SizeClass | None] = mapped_column(enum_column(SizeClass, "size_class"))
    size_by_sales: Mapped[SizeClass | None] = mapped_column(enum_column(SizeClass, "size_by_sales"))
    size_by_capital: Mapped[SizeClass | None] = mapped_column(enum_column(SizeClass, "size_by_capital"))
    size_basis: Mapped[str | None]  # `sales` or `capital`: which of the two is the size class.
    qris_nmid: Mapped[str | None]  # National merchant id of its QRIS, which hangs on the counter.
    qris_verified_at: Mapped[datetime | None]
    qris_verified_by: Mapped[UUID | None]  # Who scanned it.
    registered_by: Mapped[UUID | None]
    import_id: Mapped[UUID | None]
    row_key: Mapped[str | None]  # Natural key of an imported row without NIB.
    erased_at: Mapped[datetime | None]  # From then on an empty row, which others still refer to.
    merged_into: Mapped[UUID | None] = mapped_column(ForeignKey("actors.id"))  # Then an empty row as well.
    merged_at: Mapped[datetime | None]
