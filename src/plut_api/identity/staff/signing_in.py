"""Staff at the token endpoint: password and second factor, or an ID token of the outside issuer."""

from dataclasses import dataclass

from fastapi import Request
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.identity.models import Account
from plut_api.identity.passwords import (
    count_password_try,
    forget_password_try,
    hashed,
    is_outgrown,
    password_is_right,
)
from plut_api.identity.problems import InvalidGrant, TotpRequired
from plut_api.identity.staff.issuer import email_of
from plut_api.identity.staff.totp import has_totp, second_factor_fits
from plut_api.kit.caller import Kind


@dataclass(frozen=True)
class Proven:
    """Who it is, as a row that the transaction has locked, and whether a second factor was checked."""

    account: Account
    second_factor: bool


async def by_password(request: Request, db: AsyncSession, email: str, password: str, totp: str | None) -> Proven:
    """A member of staff by e-mail, password, and a code where an authenticator is set up.

    Unknown and known addresses cost the same work. Raises InvalidGrant, TotpRequired (only after the right password),
    TooManyRequests.
    """
    email = email.strip().lower()
    await count_password_try(request, email)
    async with request.app.state.sessions() as reading:  # The check takes a while; it should hold no connection.
        seen = await reading.scalar(select(Account).where(Account.email == email))
    password_hash = seen.password_hash if seen is not None else None
    if not await password_is_right(password_hash, password) or seen is None or password_hash is None:
        raise InvalidGrant()
    stronger = await hashed(password) if is_outgrown(password_hash) else None
    account = await db.get(Account, seen.id, with_for_update=True)
    if account is None or account.password_hash != password_hash:  # Changed meanwhile.
        raise InvalidGrant()
    second_factor = await has_totp(db, account)
    if second_factor and totp is None:
        await forget_password_try(request, email)
        raise TotpRequired()
    if second_factor and not await second_factor_fits(db, account, totp or ""):
        raise InvalidGrant()
    await forget_password_try(request, email)
    if stronger is not None:
        account.password_hash = stronger
    return Proven(account, second_factor)


async def by_id_token(request: Request, db: AsyncSession, assertion: str) -> Proven:
    """A member of staff by an ID token of the outside issuer, whose matter second factors are. Raises InvalidGrant."""
    email = await email_of(request, assertion)
    of_staff = (Account.kind == Kind.staff, Account.email == email)
    account = await db.scalar(select(Account).where(*of_staff).with_for_update())
    if account is None:
        raise InvalidGrant()
    return Proven(account, second_factor=True)
