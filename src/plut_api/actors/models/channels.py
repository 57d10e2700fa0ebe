"""Table of where a business sells."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.actors.models.businesses import Actor
from plut_api.kit.database import Model, Versioned, check, enum_column


class ChannelKind(StrEnum):
    """Kinds of places to sell at. Open."""

    shop = "shop"
    market = "market"
    marketplace = "marketplace"
    social = "social"
    website = "website"
    cooperative_outlet = "cooperative_outlet"
    modern_retail = "modern_retail"
    reseller = "reseller"
    export = "export"
    other = "other"


class SalesChannel(Versioned, Model):
    """A place where a business sells, since when until when."""

    __tablename__ = "sales_channels"
    __table_args__ = (
        Index("ix_sales_channels_actor_id", "actor_id", "id"),
        check("until >= since", "period"),
        check("url LIKE 'https://%'", "url_is_https"),
    )
    actor_id: Mapped[UUID] = mapped_column(ForeignKey(Actor.id, ondelete="CASCADE"))
    kind: Mapped[ChannelKind] = mapped_column(enum_column(ChannelKind, "kind"))
    name: Mapped[str]
    url: Mapped[str | None]
    since: Mapped[date | None]
    until: Mapped[date | None]
    recorded_by: Mapped[UUID]
