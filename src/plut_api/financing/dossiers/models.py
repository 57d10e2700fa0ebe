"""Table of dossiers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.financing.models import Referral
from plut_api.kit.database import Identified, Model, check


class Dossier(Identified, Model):
    """What a bank was given with a referral, frozen as it was sent; and the same as it stands now, kept by the worker.

    Both are sealed JSON of `content.Content`. Once their time is over the sealed columns are null: the code still tells
    that the dossier was genuine. `content_sha256` is that of the frozen JSON, which the printed dossier shows.
    """

    __tablename__ = "dossiers"
    __table_args__ = (
        UniqueConstraint("referral_id"),
        UniqueConstraint("code"),
        check("octet_length(content_sha256) = 32", "sha256"),
        check("content_sealed IS NOT NULL OR present_sealed IS NULL", "present_of_what_is_kept"),
    )
    referral_id: Mapped[UUID] = mapped_column(ForeignKey(Referral.id, ondelete="CASCADE"))
    code: Mapped[str]
    business_masked: Mapped[str]  # The first letter of each word of its name.
    frozen_at: Mapped[datetime]
    content_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    content_sha256: Mapped[bytes] = mapped_column(LargeBinary)
    present_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    compared_at: Mapped[datetime | None]
