"""What the token endpoint grants: client credentials, one-time code, staff password, refresh (RFC 6749, RFC 9700)."""

import base64
import binascii
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from fastapi import Request
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.identity.codes import use_code
from plut_api.identity.models import Account, Client, RefreshToken
from plut_api.identity.passwords import password_is_right
from plut_api.identity.policy import ORGANIZATION_ROLE, scopes_of
from plut_api.identity.problems import InvalidClient, InvalidGrant, InvalidScope
from plut_api.identity.service import find_or_create_person_account
from plut_api.identity.tokens import issue_access_token
from plut_api.kit import clock
from plut_api.kit.caller import Caller, Kind
from plut_api.kit.crypto import secret_hash, vault
from plut_api.kit.database import unit_of_work
from plut_api.kit.ids import new_id
from plut_api.kit.middleware import address_of
from plut_api.kit.rate_limits import Quota, require_quota
from plut_api.organizations.models import Organization
from plut_api.settings import Settings

OTP_GRANT = "urn:plut:grant:otp"
PASSWORD_GRANT = "urn:plut:grant:password"  # noqa: S105 (a grant's name)
_PASSWORDS = Quota("passwords", 10, 900)
_PASSWORDS_FROM_ADDRESS = Quota("passwords-address", 100, 900)


@dataclass(frozen=True)
class Granted:
    """Tokens for a caller."""

    access_token: str
    scopes: frozenset[str]
    expires_in: int
    refresh_token: str | None = None


async def grant_to_client(
    request: Request, db: AsyncSession, client_id: str, client_secret: str, scope: str | None
) -> Granted:
    """Tokens for a machine. Raises InvalidClient, InvalidScope."""
    refused = InvalidClient(headers={"WWW-Authenticate": 'Basic realm="plut-api"'})
    try:
        client = await db.get(Client, UUID(client_id))
    except ValueError:
        raise refused from None
    known = client.secret_hash if client else secret_hash(secrets.token_hex())
    if not hmac.compare_digest(known, secret_hash(client_secret)) or client is None or not client.is_active:
        raise refused
    organization = await db.get_one(Organization, client.organization_id)
    if not organization.is_active:
        raise refused
    held = frozenset(client.scopes)
    caller = Caller(client.id, Kind.client, ORGANIZATION_ROLE[organization.kind], _asked(held, scope), organization.id)
    return await _granted(request, db, caller)


async def grant_to_person(request: Request, db: AsyncSession, phone: str, code: str, scope: str | None) -> Granted:
    """Tokens for the person who holds a phone; their account is made on first use. Raises InvalidGrant."""
    if not await use_code(request.app.state.sessions, phone, code):
        raise InvalidGrant()
    account = await find_or_create_person_account(db, phone)
    return await _granted_to_account(request, db, account, scope)


async def grant_to_staff(request: Request, db: AsyncSession, email: str, password: str, scope: str | None) -> Granted:
    """Tokens for a member of staff. Raises InvalidGrant, TooManyRequests."""
    email = email.strip().lower()
    await require_quota(request, _PASSWORDS_FROM_ADDRESS, address_of(request.scope))
    await require_quota(request, _PASSWORDS, vault().blind("accounts.email", email).hex())
    account = await db.scalar(select(Account).where(Account.email == email))
    if not await password_is_right(account.password_hash if account else None, password) or account is None:
        raise InvalidGrant()
    return await _granted_to_account(request, db, account, scope)


async def grant_again(request: Request, db: AsyncSession, refresh_token: str, scope: str | None) -> Granted:
    """Tokens for a refresh token, which is used up by it. Raises InvalidGrant; a second use ends the whole family."""
    kept = await _use_refresh_token(request, refresh_token)
    if kept is None:
        raise InvalidGrant()
    account = await db.get_one(Account, kept.account_id)
    return await _granted_to_account(request, db, account, scope, family_id=kept.family_id)


async def revoke(db: AsyncSession, token: str) -> None:
    """End the family of a refresh token; an unknown token is no error (RFC 7009 section 2.2)."""
    family = select(RefreshToken.family_id).where(RefreshToken.token_hash == secret_hash(token)).scalar_subquery()
    ended = update(RefreshToken).where(RefreshToken.family_id == family, RefreshToken.revoked_at.is_(None))
    await db.execute(ended.values(revoked_at=clock.now()))


def basic_credentials(authorization: str | None) -> tuple[str, str] | None:
    """Client id and secret of an HTTP Basic header (RFC 7617), if it holds them."""
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return client_id, secret


async def _use_refresh_token(request: Request, token: str) -> RefreshToken | None:
    """Mark a token used, in a transaction of its own: the end of a misused family must outlive the refusal."""
    async with unit_of_work(request.app.state.sessions) as db:
        query = select(RefreshToken).where(RefreshToken.token_hash == secret_hash(token)).with_for_update()
        kept = await db.scalar(query)
        if kept is None or kept.revoked_at is not None or kept.expires_at <= clock.now():
            return None
        if kept.used_at is not None:
            await revoke(db, token)
            return None
        kept.used_at = clock.now()
        return kept


async def _granted_to_account(
    request: Request, db: AsyncSession, account: Account, scope: str | None, family_id: UUID | None = None
) -> Granted:
    if not account.is_active:
        raise InvalidGrant()
    settings: Settings = request.app.state.settings
    scopes = _asked(scopes_of(account.role), scope)
    caller = Caller(account.id, account.kind, account.role, scopes, account.organization_id)
    refresh_token = secrets.token_urlsafe(32)
    db.add(
        RefreshToken(
            family_id=family_id or new_id(),
            account_id=account.id,
            token_hash=secret_hash(refresh_token),
            expires_at=clock.now() + timedelta(days=settings.refresh_token_days),
        )
    )
    return await _granted(request, db, caller, refresh_token)


async def _granted(request: Request, db: AsyncSession, caller: Caller, refresh_token: str | None = None) -> Granted:
    settings: Settings = request.app.state.settings
    access_token = await issue_access_token(db, settings, caller)
    return Granted(access_token, caller.scopes, settings.access_token_seconds, refresh_token)


def _asked(held: frozenset[str], scope: str | None) -> frozenset[str]:
    """The scopes asked for, all that are held if none was named. Raises InvalidScope."""
    asked = frozenset((scope or "").split())
    if not asked <= held:
        raise InvalidScope()
    return asked or held
