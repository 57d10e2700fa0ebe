"""The table of files; what is in them lies sealed in the store (`store.py`)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary, func, text
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.kit.database import Model, check
from plut_api.kit.ids import new_id

MEDIA_TYPES = ("image/jpeg", "image/png", "image/webp", "application/pdf")
"""What a file can be, as told by its content."""


class FileRow(Model):
    """A file that somebody handed in. Without its key (`key_sealed` null) what lies in the store says nothing any more.

    `sha256` is that of the bytes as they are kept: pictures are kept without what cameras write beside the pixels.
    """

    __tablename__ = "files"
    __table_args__ = (
        # The same bytes of the same uploader are kept once.
        Index("uq_files_once", "uploaded_by", "sha256", unique=True, postgresql_where=text("erased_at IS NULL")),
        Index("ix_files_sha256", "sha256"),
        Index("ix_files_unattached", "stored_at", postgresql_where=text("attached_at IS NULL")),
        check("media_type IN ('image/jpeg', 'image/png', 'image/webp', 'application/pdf')", "media_type"),
        check("size_bytes > 0", "not_empty"),
        check("octet_length(sha256) = 32", "sha256"),
        check("(key_sealed IS NULL) = (erased_at IS NOT NULL)", "erased_without_key"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    media_type: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    uploaded_by: Mapped[UUID]  # An account or a machine client.
    key_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    stored_at: Mapped[datetime] = mapped_column(server_default=func.now())
    attached_at: Mapped[datetime | None]  # Since when a row of a room refers to it.
    erased_at: Mapped[datetime | None]
