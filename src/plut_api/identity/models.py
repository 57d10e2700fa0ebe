"""Tables of accounts and sign-in. Secrets are hashed, phone numbers encrypted with a blind index."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index, LargeBinary, SmallInteger, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.kit.caller import Kind, Role
from plut_api.kit.database import Identified, Model, Versioned, check, enum_column
from plut_api.organizations.models import Organization


class Language(StrEnum):
    """Language of messages to an account."""

    indonesian = "id"
    english = "en"


class Account(Versioned, Model):
    """Who can sign in: a person by phone and code, or a member of staff by e-mail and password."""

    __tablename__ = "accounts"
    __table_args__ = (
        UniqueConstraint("phone_index"),
        UniqueConstraint("email"),
        check("(kind = 'person') = (phone_index IS NOT NULL)", "people_sign_in_by_phone"),
        check("(kind = 'staff') = (email IS NOT NULL AND password_hash IS NOT NULL)", "staff_sign_in_by_password"),
        check("kind <> 'client'", "clients_are_no_accounts"),
    )
    kind: Mapped[Kind] = mapped_column(enum_column(Kind, "kind"))
    role: Mapped[Role] = mapped_column(enum_column(Role, "role"))
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey(Organization.id), index=True)
    name: Mapped[str | None]
    email: Mapped[str | None]
    password_hash: Mapped[str | None]
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    language: Mapped[Language] = mapped_column(enum_column(Language, "language"), default=Language.indonesian)
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)


class OneTimeCode(Identified, Model):
    """A code sent to a phone: hashed, five tries, a few minutes, used once."""

    __tablename__ = "one_time_codes"
    __table_args__ = (Index("ix_one_time_codes_phone_index", "phone_index", "created_at"),)
    phone_index: Mapped[bytes] = mapped_column(LargeBinary)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime]
    tries_left: Mapped[int] = mapped_column(SmallInteger)
    used_at: Mapped[datetime | None]


class Client(Identified, Model):
    """A machine of an organization. Its secret is shown once and kept as a hash."""

    __tablename__ = "clients"
    organization_id: Mapped[UUID] = mapped_column(ForeignKey(Organization.id), index=True)
    name: Mapped[str]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary)
    scopes: Mapped[list[str]]
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)


class RefreshToken(Identified, Model):
    """One link of a rotating family; using a link twice ends the family (RFC 9700 section 4.14.2)."""

    __tablename__ = "refresh_tokens"
    __table_args__ = (UniqueConstraint("token_hash"),)
    family_id: Mapped[UUID] = mapped_column(index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey(Account.id, ondelete="CASCADE"), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    scopes: Mapped[list[str] | None] = mapped_column(ARRAY(Text))  # What a narrowed sign-in may renew; None is all.
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class SigningKey(Identified, Model):
    """A key pair for access tokens; the private half is sealed, the public half is published."""

    __tablename__ = "signing_keys"
    private_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    public_jwk: Mapped[dict[str, str]] = mapped_column(JSONB)
    retired_at: Mapped[datetime | None]
