"""The table of saved searches."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.kit.database import Model, Versioned, check
from plut_api.organizations.models import Organization


class SavedSearch(Versioned, Model):
    """A bank's filters on the ready list under a name, and up to where it has been told of new rows.

    `seen_*` is the point after which rows are new: that of the last digest, or when the search was saved. A digest goes
    out once `notify_from` new rows fit; null: none ever does. `new_rows` were counted at `counted_at`.
    """

    __tablename__ = "saved_searches"
    __table_args__ = (
        UniqueConstraint("bank_id", "name"),
        Index("ix_saved_searches_bank_id", "bank_id", "id"),
        Index("ix_saved_searches_counted_at", "counted_at", "id"),
        check("notify_from > 0", "notify_from"),
        check("new_rows >= 0", "new_rows"),
    )
    bank_id: Mapped[UUID] = mapped_column(ForeignKey(Organization.id))
    name: Mapped[str]
    filters: Mapped[dict[str, Any]] = mapped_column(JSONB)
    notify_from: Mapped[int | None] = mapped_column(Integer)
    saved_by: Mapped[UUID]
    seen_snapshot: Mapped[str]
    seen_cluster: Mapped[str]
    seen_at: Mapped[datetime]
    new_rows: Mapped[int] = mapped_column(Integer, default=0)
    counted_at: Mapped[datetime]
    digest_at: Mapped[datetime | None]
