"""Table of the certificates of a business: permits, marks and registrations with a number and often an end."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.actors.models.businesses import Actor
from plut_api.actors.models.products import Product
from plut_api.kit.database import Model, Versioned, check
from plut_api.kit.files import FileRow

LIVING = "superseded_by IS NULL AND ended_at IS NULL"


class Certification(Versioned, Model):
    """A certificate. One that was renewed names its successor, one entered in error its end; both stay on file."""

    __tablename__ = "certifications"
    __table_args__ = (
        Index(
            "uq_certifications_one_living",
            "actor_id",
            "kind",
            "number",
            text("coalesce(product_id, '00000000-0000-0000-0000-000000000000')"),
            unique=True,
            postgresql_where=text(LIVING),
        ),
        Index("ix_certifications_actor_id", "actor_id", "id"),
        Index(
            "ix_certifications_ends",
            "expires_on",
            "id",
            postgresql_where=text(f"expires_on IS NOT NULL AND {LIVING}"),
        ),
        Index("ix_certifications_product_id", "product_id", postgresql_where=text("product_id IS NOT NULL")),
        Index("ix_certifications_file_id", "file_id", postgresql_where=text("file_id IS NOT NULL")),
        check("expires_on >= issued_on", "period"),
        check("(verified_at IS NULL) = (verified_by IS NULL)", "verified_by_someone"),
        check("superseded_by <> id", "superseded_by_another"),
        check("trademark_class BETWEEN 1 AND 45", "trademark_class"),
    )
    actor_id: Mapped[UUID] = mapped_column(ForeignKey(Actor.id, ondelete="CASCADE"))
    product_id: Mapped[UUID | None] = mapped_column(ForeignKey(Product.id))
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey(FileRow.id))
    kind: Mapped[str]  # A code of `lists/certification_kinds.yaml`, whose pattern the number has.
    number: Mapped[str]
    trademark_class: Mapped[int | None] = mapped_column(SmallInteger)  # 1 to 45 (Nice), of a trade mark.
    issued_on: Mapped[date]
    expires_on: Mapped[date | None]
    recorded_by: Mapped[UUID]
    verified_at: Mapped[datetime | None]
    verified_by: Mapped[UUID | None]
    superseded_by: Mapped[UUID | None] = mapped_column(
        # The old one steps back before the new one, which may have the same number, comes in.
        ForeignKey("certifications.id", deferrable=True, initially="DEFERRED")
    )
    ended_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]  # When its end was announced; once for each end.
