"""What the token endpoint grants: client credentials, one-time code, staff password, refresh (RFC 6749, RFC 9700)."""

from dataclasses import dataclass, field

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.identity.client_auth import Machine
from plut_api.identity.codes import use_code
from plut_api.identity.dpop import Target, read_proof, require_first_use
from plut_api.identity.models import Account
from plut_api.identity.policy import ORGANIZATION_ROLE, scopes_of, scopes_signed_in
from plut_api.identity.problems import InvalidDpopProof, InvalidGrant, InvalidScope
from plut_api.identity.refresh import (
    SignIn,
    end_family,
    find_refresh_token,
    is_live,
    is_misused,
    issue_refresh_token,
    new_sign_in,
    sign_in_of,
)
from plut_api.identity.service import find_or_create_person_account
from plut_api.identity.signatures import SignatureRefused
from plut_api.identity.staff.signing_in import Proven, by_id_token, by_password
from plut_api.identity.tokens import issue_access_token
from plut_api.kit import audit, clock
from plut_api.kit.caller import TOKEN_PATH, Caller, Kind, Role
from plut_api.kit.database import unit_of_work
from plut_api.organizations.models import Organization
from plut_api.settings import Settings

OTP_GRANT = "urn:plut:grant:otp"
# The name of a grant, not a password.
PASSWORD_GRANT = "urn:plut:grant:password"  # noqa: S105
ISSUER_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@dataclass(frozen=True)
class Granted:
    """Tokens for a caller."""

    access_token: str = field(repr=False)
    scopes: frozenset[str]
    expires_in: int
    refresh_token: str | None = field(default=None, repr=False)
    is_bound: bool = False


async def grant_to_client(request: Request, db: AsyncSession, machine: Machine, scope: str | None) -> Granted:
    """Tokens for a machine that proved who it is. Raises InvalidScope, InvalidDpopProof."""
    client, organization = machine.client, machine.organization
    scopes = _asked(frozenset(client.scopes), scope)
    bound_to = await _key_to_bind(request, machine)
    caller = Caller(client.id, Kind.client, ORGANIZATION_ROLE[organization.kind], scopes, organization.id)
    return await _granted(request, db, caller, bound_to=bound_to)


async def grant_to_person(request: Request, db: AsyncSession, phone: str, code: str, scope: str | None) -> Granted:
    """Tokens for the holder of a phone; the account is made on first use. Raises InvalidGrant, InvalidScope."""
    _asked(scopes_of(Role.person), scope)  # A wish that cannot be granted must not cost the code.
    if not await use_code(request.app.state.sessions, phone, code):
        raise InvalidGrant()
    account = await find_or_create_person_account(db, phone)
    return await _granted_to_account(request, db, Proven(account, second_factor=False), scope)


async def grant_to_staff(
    request: Request, db: AsyncSession, email: str, password: str, totp: str | None, scope: str | None
) -> Granted:
    """Tokens for a member of staff; few scopes where a second factor is forced and not set up yet.

    Raises InvalidGrant, TotpRequired, InvalidScope, TooManyRequests.
    """
    proven = await by_password(request, db, email, password, totp)
    return await _granted_to_account(request, db, proven, scope)


async def grant_to_staff_of_issuer(request: Request, db: AsyncSession, assertion: str, scope: str | None) -> Granted:
    """Tokens for a member of staff whom the outside issuer vouches for.

    Raises InvalidGrant, InvalidScope, UnsupportedGrantType, ServiceUnavailable.
    """
    return await _granted_to_account(request, db, await by_id_token(request, db, assertion), scope)


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


async def _exchanged(request: Request, db: AsyncSession, refresh_token: str, scope: str | None) -> Granted | None:
    """The next tokens of a family, or None if there are none to be had. Raises InvalidScope, and nothing is used up."""
    found = await find_refresh_token(db, refresh_token)
    if found is None:
        return None
    kept, account = found
    if is_misused(kept):
        await end_family(db, kept)
        return None
    if not is_live(kept) or not await _may_sign_in(db, account):
        return None
    first_given = frozenset(kept.scopes) if kept.scopes is not None else None
    sign_in = sign_in_of(kept)
    held = _held(request, account, sign_in.second_factor)
    scopes = _asked(held if first_given is None else held & first_given, scope)
    kept.used_at = clock.now()
    token = await issue_refresh_token(db, request.app.state.settings, account, first_given, sign_in)
    return await _granted(request, db, _caller(account, scopes, sign_in), token)


async def _granted_to_account(request: Request, db: AsyncSession, proven: Proven, scope: str | None) -> Granted:
    account, settings = proven.account, request.app.state.settings
    if not await _may_sign_in(db, account):
        raise InvalidGrant()
    of_role = scopes_of(account.role)
    scopes = _asked(of_role, scope) & _held(request, account, proven.second_factor)
    if not scopes:  # Nothing of what was asked for is given before a second factor is set up.
        raise InvalidScope()
    sign_in = new_sign_in(settings, second_factor=proven.second_factor)
    token = await issue_refresh_token(db, settings, account, scopes if scopes != of_role else None, sign_in)
    return await _granted(request, db, _caller(account, scopes, sign_in), token)


def _held(request: Request, account: Account, second_factor: bool) -> frozenset[str]:
    forced = request.app.state.settings.staff_totp == "forced"
    return scopes_signed_in(account.role, second_factor=second_factor, forced=forced)


async def _may_sign_in(db: AsyncSession, account: Account) -> bool:
    """Whether neither the account nor the organization that it acts for is switched off."""
    if not account.is_active or account.organization_id is None:
        return account.is_active
    return (await db.get_one(Organization, account.organization_id)).is_active


def _caller(account: Account, scopes: frozenset[str], sign_in: SignIn) -> Caller:
    return Caller(account.id, account.kind, account.role, scopes, account.organization_id, sign_in.id)


async def _granted(
    request: Request, db: AsyncSession, caller: Caller, refresh_token: str | None = None, bound_to: str | None = None
) -> Granted:
    settings: Settings = request.app.state.settings
    access_token = await issue_access_token(db, settings, caller, bound_to)
    kind = "clients" if caller.kind is Kind.client else "accounts"
    audit.record(db, audit.Action.signed_in, kind, [caller.id], after={"scopes": sorted(caller.scopes)}, by=caller)
    return Granted(access_token, caller.scopes, settings.access_token_seconds, refresh_token, bound_to is not None)


async def _key_to_bind(request: Request, machine: Machine) -> str | None:
    """The thumbprint of the key that the tokens will need (RFC 9449 section 5); None for plain bearer tokens.

    Raises InvalidDpopProof.
    """
    given = request.headers.getlist("dpop")
    if not given and not machine.needs_bound_tokens:
        return None
    try:
        proof = read_proof(given, Target("POST", request.app.state.settings.public_url + TOKEN_PATH))
        await require_first_use(request.app.state.sessions, proof)
    except SignatureRefused:
        raise InvalidDpopProof() from None
    return proof.thumbprint


def _asked(held: frozenset[str], scope: str | None) -> frozenset[str]:
    """The scopes asked for, all that are held if none was named. Raises InvalidScope."""
    asked = frozenset((scope or "").split())
    if not asked <= held:
        raise InvalidScope()
    return asked or held
