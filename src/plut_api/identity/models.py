"""Tables of accounts and sign-in. Secrets are hashed, phone numbers encrypted with a blind index."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    func,
    text,
)
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
    """Who can sign in: a person by phone and code, or a member of staff by e-mail and password.

    Staff without a password were invited and have not chosen one yet, or sign in through an outside issuer.
    """

    __tablename__ = "accounts"
    __table_args__ = (
        UniqueConstraint("phone_index"),
        UniqueConstraint("email"),
        check("(kind = 'person') = (phone_index IS NOT NULL)", "people_sign_in_by_phone"),
        check("(kind = 'staff') = (email IS NOT NULL)", "staff_sign_in_by_email"),
        check("password_hash IS NULL OR kind = 'staff'", "passwords_are_of_staff"),
        check("kind <> 'client'", "clients_are_no_accounts"),
        check("merged_into IS NULL OR NOT is_active", "merged_ones_are_off"),
        Index("ix_accounts_merged_into", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
    )
    kind: Mapped[Kind] = mapped_column(enum_column(Kind, "kind"))
    role: Mapped[Role] = mapped_column(enum_column(Role, "role"))
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey(Organization.id), index=True)
    name: Mapped[str | None]
    email: Mapped[str | None]
    email_confirmed_at: Mapped[datetime | None]
    password_hash: Mapped[str | None]
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    language: Mapped[Language] = mapped_column(enum_column(Language, "language"), default=Language.indonesian)
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    merged_into: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))  # Then switched off: a further phone.


class OneTimeCode(Identified, Model):
    """A code sent to a phone: hashed, five tries, a few minutes, used once."""

    __tablename__ = "one_time_codes"
    __table_args__ = (Index("ix_one_time_codes_phone_index", "phone_index", "created_at"),)
    phone_index: Mapped[bytes] = mapped_column(LargeBinary)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime]
    tries_left: Mapped[int] = mapped_column(SmallInteger)
    used_at: Mapped[datetime | None]


class TotpSecret(Versioned, Model):
    """What the codes of a member of staff's authenticator are made from; until it is confirmed it counts for nothing.

    `last_step` is the time step of the newest code that was accepted: neither it nor an older one is again.
    """

    __tablename__ = "totp_secrets"
    __table_args__ = (UniqueConstraint("account_id"),)
    account_id: Mapped[UUID] = mapped_column(ForeignKey(Account.id, ondelete="CASCADE"))
    secret_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int | None] = mapped_column(BigInteger)


class RecoveryCode(Identified, Model):
    """Stands in for a code of the authenticator, once; hashed."""

    __tablename__ = "recovery_codes"
    __table_args__ = (UniqueConstraint("account_id", "code_hash"),)
    account_id: Mapped[UUID] = mapped_column(ForeignKey(Account.id, ondelete="CASCADE"))
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    used_at: Mapped[datetime | None]


class LinkPurpose(StrEnum):
    """Why a member of staff was sent a link."""

    invitation = "invitation"
    reset = "reset"


class PasswordLink(Identified, Model):
    """A link that lets a member of staff choose a password, once; of its token a hash is kept."""

    __tablename__ = "password_links"
    __table_args__ = (UniqueConstraint("token_hash"),)
    account_id: Mapped[UUID] = mapped_column(ForeignKey(Account.id, ondelete="CASCADE"), index=True)
    purpose: Mapped[LinkPurpose] = mapped_column(enum_column(LinkPurpose, "purpose"))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime]


class ClientProfile(StrEnum):
    """How strictly a machine client signs in: `bank` follows the FAPI 2.0 security profile."""

    standard = "standard"
    bank = "bank"


class AuthMethod(StrEnum):
    """How a machine client proves who it is."""

    secret = "secret"  # noqa: S105
    private_key_jwt = "private_key_jwt"


class Client(Identified, Model):
    """A machine of an organization. Of its secret a hash is kept, of its key pairs the public halves."""

    __tablename__ = "clients"
    __table_args__ = (
        check("(auth_method = 'secret') = (secret_hash IS NOT NULL)", "secret_where_it_signs_in"),
        check(
            "(auth_method = 'private_key_jwt') = (num_nonnulls(jwks, jwks_url) = 1)",
            "keys_by_value_or_url_where_they_sign_in",
        ),
    )
    organization_id: Mapped[UUID] = mapped_column(ForeignKey(Organization.id), index=True)
    name: Mapped[str]
    profile: Mapped[ClientProfile] = mapped_column(
        enum_column(ClientProfile, "profile"), default=ClientProfile.standard
    )
    auth_method: Mapped[AuthMethod] = mapped_column(enum_column(AuthMethod, "auth_method"), default=AuthMethod.secret)
    secret_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    jwks: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    jwks_url: Mapped[str | None]
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
    family_ends_at: Mapped[datetime] = mapped_column(server_default=text("now() + interval '90 days'"))
    second_factor: Mapped[bool] = mapped_column(Boolean, default=False, server_default=text("false"))
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Revocation(Identified, Model):
    """Access tokens of one sign-in, account or client that were made until then work no more; kept while they might."""

    __tablename__ = "revocations"
    __table_args__ = (Index("ix_revocations_created_at", "created_at"),)
    subject_id: Mapped[UUID]
    revoked_at: Mapped[datetime]


class SigningKey(Identified, Model):
    """A key pair for access tokens; the private half is sealed, the public half is published."""

    __tablename__ = "signing_keys"
    private_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    public_jwk: Mapped[dict[str, str]] = mapped_column(JSONB)
    signs_from: Mapped[datetime] = mapped_column(server_default=func.now())
    retired_at: Mapped[datetime | None]


class UsedOnce(Model):
    """What a client signed for a single use, until it would be refused for its age anyway."""

    __tablename__ = "used_once"
    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
