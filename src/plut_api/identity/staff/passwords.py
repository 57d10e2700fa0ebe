"""Setting a password: by the old one, or by a link."""

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.identity.models import Account
from plut_api.identity.passwords import hashed
from plut_api.identity.problems import PasswordLinkOver
from plut_api.identity.refresh import end_sign_ins
from plut_api.identity.staff.links import account_of_link, forget_links, require_link_quota
from plut_api.identity.staff.own import with_own_password
from plut_api.identity.staff.strength import require_strong_password
from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller


async def change_own_password(request: Request, db: AsyncSession, caller: Caller, old: str, new: str) -> None:
    """Replace the password; every other sign-in ends, and links that would set another one.

    Raises StaffOnly, AccountNotFound, NoPassword, WrongPassword, WeakPassword, TooManyRequests.
    """
    account = await with_own_password(request, db, caller, old)
    await _set_password(db, account, new, "#/new_password")
    await end_sign_ins(db, account.id, but=caller.sign_in_id)
    await outbox.record(db, "staff.password_changed", account.id, by=caller)


async def choose_password(request: Request, db: AsyncSession, token: str, password: str) -> None:
    """Set a password by a link, which proves the address and is used up; every sign-in ends.

    Raises PasswordLinkOver, WeakPassword (the link stays good), TooManyRequests.
    """
    await require_link_quota(request)
    account = await account_of_link(db, token)
    if account is None:
        raise PasswordLinkOver()
    await _set_password(db, account, password, "#/password")
    account.email_confirmed_at = account.email_confirmed_at or clock.now()
    await end_sign_ins(db, account.id)
    await outbox.record(db, "staff.password_chosen", account.id, by=None)
    await db.flush()


async def _set_password(db: AsyncSession, account: Account, password: str, pointer: str) -> None:
    await require_strong_password(password, account, pointer)
    account.password_hash = await hashed(password)
    account.version += 1
    await forget_links(db, account)
    await db.flush()
