"""Tables of what a business makes or does, with photos."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.actors.models.businesses import Actor
from plut_api.kit.database import Identified, Model, Versioned, check
from plut_api.kit.files import FileRow


class Product(Versioned, Model):
    """A product or service of a business; one that was removed stays, with the instant it ended."""

    __tablename__ = "products"
    __table_args__ = (
        Index("ix_products_living", "actor_id", "id", postgresql_where=text("ended_at IS NULL")),
        Index("ix_products_actor_id", "actor_id", "id"),
        check("price_idr >= 0", "price_not_negative"),
    )
    actor_id: Mapped[UUID] = mapped_column(ForeignKey(Actor.id, ondelete="CASCADE"))
    name: Mapped[str]
    category: Mapped[str]  # A code of `lists/product_categories.yaml`.
    description: Mapped[str | None]
    unit: Mapped[str | None]  # What the price is for: `250 g`, `lembar`.
    price_idr: Mapped[int | None] = mapped_column(BigInteger)
    is_offered: Mapped[bool] = mapped_column(default=True)
    ended_at: Mapped[datetime | None]


class ProductPhoto(Identified, Model):
    """A photo of a product, in its place."""

    __tablename__ = "product_photos"
    __table_args__ = (
        UniqueConstraint("product_id", "file_id"),
        Index("ix_product_photos_file_id", "file_id"),
        check("position BETWEEN 0 AND 9", "position"),
    )
    product_id: Mapped[UUID] = mapped_column(ForeignKey(Product.id, ondelete="CASCADE"))
    file_id: Mapped[UUID] = mapped_column(ForeignKey(FileRow.id))
    position: Mapped[int] = mapped_column(SmallInteger)
