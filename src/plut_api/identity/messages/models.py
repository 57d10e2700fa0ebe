"""How people and staff want to be told."""

from datetime import datetime, time
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.identity.models import Account, Language
from plut_api.kit.database import Model, Versioned, check, enum_column


class MessagePreference(Versioned, Model):
    """How somebody wants to be told: an account, or a person without one (whom officers serve), or both in one.

    `language` counts for who has no account; accounts have one of their own. Without a row the defaults hold.
    """

    __tablename__ = "message_preferences"
    __table_args__ = (
        UniqueConstraint("account_id"),
        UniqueConstraint("person_id"),
        check("num_nonnulls(account_id, person_id) >= 1", "of_somebody"),
        check("(quiet_from IS NULL) = (quiet_to IS NULL)", "whole_quiet_hours"),
        check("email_confirmed_at IS NULL OR email_sealed IS NOT NULL", "confirmed_email"),
    )
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey(Account.id, ondelete="CASCADE"))
    person_id: Mapped[UUID | None]
    language: Mapped[Language] = mapped_column(enum_column(Language, "language"), default=Language.indonesian)
    channels: Mapped[list[str]]
    has_smartphone: Mapped[bool] = mapped_column(Boolean, default=True)
    quiet_from: Mapped[time | None]  # WITA; null: the house's own hours.
    quiet_to: Mapped[time | None]
    muted_kinds: Mapped[list[str]]
    email_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    email_confirmed_at: Mapped[datetime | None]
