"""The table of files that are on their way; their pieces lie sealed in the store."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Index, LargeBinary, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.kit.database import Identified, Model, check


class Upload(Identified, Model):
    """A file that comes in pieces: how long it will be, how far it came, and once it is whole, which file it became.

    Pieces lie in the store under ids of their own, in order; `key_sealed` opens them while there are any.
    """

    __tablename__ = "uploads"
    __table_args__ = (
        Index("ix_uploads_uploaded_by", "uploaded_by", "id"),
        Index("ix_uploads_expires_at", "expires_at"),
        check("length_bytes > 0", "not_empty"),
        check("offset_bytes BETWEEN 0 AND length_bytes", "offset"),
        check("(key_sealed IS NULL) = (offset_bytes = length_bytes)", "key_until_whole"),
    )
    uploaded_by: Mapped[UUID]  # An account or a machine client.
    name: Mapped[str | None]
    length_bytes: Mapped[int] = mapped_column(BigInteger)
    offset_bytes: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
    part_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list, server_default=text("'{}'"))
    key_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime]
    file_id: Mapped[UUID | None]  # No foreign key: it holds no file back from going.
