"""Tables of businesses, their owners and their yearly figures. Sealed columns as in `people.py`."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.actors.models.people import Person
from plut_api.kit.database import Identified, Model, Versioned, check, enum_column
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
            "name",
            postgresql_using="gist",
            postgresql_ops={"name": "gist_trgm_ops(siglen=32)"},
        ),
        Index("ix_actors_list", "regency_code", "size_class", "id"),
        Index("ix_actors_import_id", "import_id", postgresql_where=text("import_id IS NOT NULL")),
        check("regency_code = substr(village_code, 1, 5)", "regency_of_village"),
        check("(kbli_code IS NULL) = (kbli_version IS NULL)", "kbli_with_version"),
        check("(size_class IS NULL) = (size_basis IS NULL)", "size_with_basis"),
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
    size_basis: Mapped[str | None]  # `sales` or `capital`: which figure decided.
    registered_by: Mapped[UUID | None]
    import_id: Mapped[UUID | None]
    row_key: Mapped[str | None]  # Natural key of an imported row without NIB.
    erased_at: Mapped[datetime | None]  # From then on an empty row, which others still refer to.


class Ownership(Identified, Model):
    """A person owns a business; a business has at least one owner."""

    __tablename__ = "ownerships"
    __table_args__ = (UniqueConstraint("actor_id", "person_id"),)
    actor_id: Mapped[UUID] = mapped_column(ForeignKey(Actor.id, ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey(Person.id), index=True)
    since: Mapped[date | None]


class AnnualFigure(Identified, Model):
    """Figures of one year as reported at one time; a correction is a new row, the newest row of a year counts."""

    __tablename__ = "annual_figures"
    __table_args__ = (
        Index("ix_annual_figures_newest", "actor_id", "year", "id"),
        check("year BETWEEN 1945 AND 2100", "year"),
        check("capital_idr >= 0 AND sales_idr >= 0 AND assets_idr >= 0", "money_not_negative"),
        check("workers_female >= 0 AND workers_male >= 0", "workers_not_negative"),
        check("source IN ('owner', 'officer', 'import', 'tax')", "source"),
    )
    actor_id: Mapped[UUID] = mapped_column(ForeignKey(Actor.id, ondelete="CASCADE"))
    year: Mapped[int] = mapped_column(SmallInteger)
    capital_idr: Mapped[int | None] = mapped_column(BigInteger)
    sales_idr: Mapped[int | None] = mapped_column(BigInteger)
    assets_idr: Mapped[int | None] = mapped_column(BigInteger)
    workers_female: Mapped[int | None] = mapped_column(Integer)
    workers_male: Mapped[int | None] = mapped_column(Integer)
    source: Mapped[str]
    recorded_by: Mapped[UUID | None]
    import_id: Mapped[UUID | None]
