"""What the token endpoint grants: client credentials, one-time code, staff password, refresh (RFC 6749, RFC 9700)."""

import base64
import binascii
import hmac
import secrets
from dataclasses import dataclass, field
from urllib.parse import unquote_plus
from uuid import UUID

from fastapi import Request
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.identity.codes import use_code
from plut_api.identity.models import Account, Client
from plut_api.identity.passwords import count_password_try, forget_password_try, password_is_right
from plut_api.identity.policy import ORGANIZATION_ROLE, scopes_of
from plut_api.identity.problems import InvalidClient, InvalidGrant, InvalidScope
from plut_api.identity.refresh import end_family, find_refresh_token, is_live, issue_refresh_token
from plut_api.identity.service import find_or_create_person_account
from plut_api.identity.tokens import issue_access_token
from plut_api.kit import clock
from plut_api.kit.caller import Caller, Kind, Role
from plut_api.kit.crypto import secret_hash
from plut_api.kit.database import unit_of_work
from plut_api.organizations.models import Organization
from plut_api.settings import Settings

OTP_GRANT = "urn:plut:grant:otp"
# The name of a grant, not a password.
PASSWORD_GRANT = "urn:plut:grant:password"  # noqa: S105  # nosec B105


@dataclass(frozen=True)
class Granted:
    """Tokens for a caller."""

    access_token: str = field(repr=False)
    scopes: frozenset[str]
    expires_in: int
    refresh_token: str | None = field(default=None, repr=False)


async def grant_to_client(
    request: Request, db: AsyncSession, client_id: str, client_secret: str, scope: str | None
) -> Granted:
    """Tokens for a machine. Raises InvalidClient, InvalidScope."""
    try:
        client = await db.get(Client, UUID(client_id))
    except ValueError:
        raise unknown_client() from None
    known = client.secret_hash if client else secret_hash(secrets.token_hex())
    if not hmac.compare_digest(known, secret_hash(client_secret)) or client is None or not client.is_active:
        raise unknown_client()
    organization = await db.get_one(Organization, client.organization_id)
    if not organization.is_active:
        raise unknown_client()
    scopes = _asked(frozenset(client.scopes), scope)
    caller = Caller(client.id, Kind.client, ORGANIZATION_ROLE[organization.kind], scopes, organization.id)
    return await _granted(request, db, caller)


async def grant_to_person(request: Request, db: AsyncSession, phone: str, code: str, scope: str | None) -> Granted:
    """Tokens for the holder of a phone; the account is made on first use. Raises InvalidGrant, InvalidScope."""
    _asked(scopes_of(Role.person), scope)  # A wish that cannot be granted must not cost the code.
    if not await use_code(request.app.state.sessions, phone, code):
        raise InvalidGrant()
    account = await find_or_create_person_account(db, phone)
    return await _granted_to_account(request, db, account, scope)


async def grant_to_staff(request: Request, db: AsyncSession, email: str, password: str, scope: str | None) -> Granted:
    """Tokens for a member of staff. Raises InvalidGrant, InvalidScope, TooManyRequests."""
    email = email.strip().lower()
    await count_password_try(request, email)
    async with request.app.state.sessions() as reading:  # The check takes a while; it should hold no connection.
        account = await reading.scalar(select(Account).where(Account.email == email))
    if not await password_is_right(account.password_hash if account else None, password) or account is None:
        raise InvalidGrant()
    await forget_password_try(request, email)
    return await _granted_to_account(request, db, account, scope)


async def grant_again(request: Request, refresh_token: str, scope: str | None) -> Granted:
    """Tokens for a refresh token, which is used up by it; a second use ends the whole family.

    Works in a transaction of its own, since the end of a misused family must outlive the refusal. Raises InvalidGrant,
    InvalidScope (more than the sign-in was given).
    """
    async with unit_of_work(request.app.state.sessions) as db:
        granted = await _exchanged(request, db, refresh_token, scope)
    if granted is None:
        raise InvalidGrant()
    return granted


def basic_credentials(authorization: str | None) -> tuple[str, str] | None:
    """Client id and secret of an HTTP Basic header, each form-encoded (RFC 6749 section 2.3.1); None without one.

    Raises InvalidClient if they cannot be read.
    """
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        raise unknown_client() from None
    return unquote_plus(client_id), unquote_plus(secret)


def unknown_client() -> InvalidClient:
    """The refusal of a client, which tells how clients authenticate and not what was wrong."""
    return InvalidClient(headers={"WWW-Authenticate": 'Basic realm="plut-api"'})


async def _exchanged(request: Request, db: AsyncSession, refresh_token: str, scope: str | None) -> Granted | None:
    """The next tokens of a family, or None if there are none to be had. Raises InvalidScope, and nothing is used up."""
    found = await find_refresh_token(db, refresh_token)
    if found is None:
        return None
    kept, account = found
    if not is_live(kept) or not await _may_sign_in(db, account):
        return None
    if kept.used_at is not None:
        await end_family(db, kept)
        return None
    first_given = frozenset(kept.scopes) if kept.scopes is not None else None
    held = scopes_of(account.role)
    scopes = _asked(held if first_given is None else held & first_given, scope)
    kept.used_at = clock.now()
    token = await issue_refresh_token(db, request.app.state.settings, account, first_given, kept.family_id)
    return await _granted(request, db, _caller(account, scopes), token)


async def _granted_to_account(request: Request, db: AsyncSession, account: Account, scope: str | None) -> Granted:
    if not await _may_sign_in(db, account):
        raise InvalidGrant()
    held = scopes_of(account.role)
    scopes = _asked(held, scope)
    given = scopes if scopes != held else None
    token = await issue_refresh_token(db, request.app.state.settings, account, given)
    return await _granted(request, db, _caller(account, scopes), token)


async def _may_sign_in(db: AsyncSession, account: Account) -> bool:
    """Whether neither the account nor the organization that it acts for is switched off."""
    if not account.is_active or account.organization_id is None:
        return account.is_active
    return (await db.get_one(Organization, account.organization_id)).is_active


def _caller(account: Account, scopes: frozenset[str]) -> Caller:
    return Caller(account.id, account.kind, account.role, scopes, account.organization_id)


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
