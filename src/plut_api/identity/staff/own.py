"""The own account of a member of staff, and what it takes to change how one signs in."""

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.identity.models import Account
from plut_api.identity.passwords import count_password_try, forget_password_try, password_is_right
from plut_api.identity.problems import NoPassword, StaffOnly, WrongPassword
from plut_api.identity.refresh import end_sign_ins
from plut_api.identity.service import account_of
from plut_api.kit import outbox
from plut_api.kit.caller import Caller, Kind


async def own_staff_account(db: AsyncSession, caller: Caller, *, for_update: bool = False) -> Account:
    """The caller's account. Raises StaffOnly, AccountNotFound."""
    if caller.kind is not Kind.staff:
        raise StaffOnly()
    return await account_of(db, caller, for_update=for_update)


async def counted_own_account(request: Request, caller: Caller) -> Account:
    """The caller's account as it stands, and a try at its secrets counted, like one of a sign-in.

    Neither holds a connection while something slow follows. Raises StaffOnly, AccountNotFound, TooManyRequests.
    """
    async with request.app.state.sessions() as reading:
        account = await own_staff_account(reading, caller)
    await count_password_try(request, account.email or "")
    return account


async def with_own_password(request: Request, db: AsyncSession, caller: Caller, password: str) -> Account:
    """The caller's account, locked, for who knows its password: a stolen session alone changes nothing.

    Raises StaffOnly, AccountNotFound, NoPassword, WrongPassword, TooManyRequests.
    """
    seen = await counted_own_account(request, caller)
    if seen.password_hash is None:
        raise NoPassword()
    if not await password_is_right(seen.password_hash, password):
        raise WrongPassword()
    await forget_password_try(request, seen.email or "")
    account = await own_staff_account(db, caller, for_update=True)
    if account.password_hash != seen.password_hash:  # Changed by somebody else meanwhile.
        raise WrongPassword()
    return account


async def sign_out_everywhere(db: AsyncSession, caller: Caller) -> None:
    """End every sign-in of the caller, the present one too. Raises AccountNotFound."""
    account = await account_of(db, caller, for_update=True)
    await end_sign_ins(db, account.id)
    await outbox.record(db, "account.signed_out", account.id, by=caller)
