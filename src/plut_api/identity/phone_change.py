"""Another phone for an account: what was signed in elsewhere ends, and the old number hears of it."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.identity.models import Account
from plut_api.identity.phones import ACCOUNT_CONTEXT, masked_phone
from plut_api.identity.refresh import end_sign_ins
from plut_api.kit import messages
from plut_api.kit.crypto import vault
from plut_api.kit.i18n import Locale


async def phone_is_taken(db: AsyncSession, phone: str, *, but: UUID | None) -> bool:
    """Whether another account signs in by a number."""
    taken = select(Account.id).where(Account.phone_index == vault().blind(ACCOUNT_CONTEXT, phone))
    holder = await db.scalar(taken)
    return holder is not None and holder != but


async def move_account(db: AsyncSession, account: Account, phone: str, *, keep: UUID | None = None) -> None:
    """Give a locked account another number; every sign-in ends but `keep`, and the old number hears of it.

    The caller turns `uq_accounts_phone_index` into a problem, for two who get the same number at once.
    """
    former = vault().open(ACCOUNT_CONTEXT, account.phone_sealed) if account.phone_sealed else None
    account.phone_sealed = vault().seal(ACCOUNT_CONTEXT, phone)
    account.phone_index = vault().blind(ACCOUNT_CONTEXT, phone)
    account.version += 1
    await db.flush()
    await end_sign_ins(db, account.id, but=keep)
    if former is not None and former != phone:
        language: Locale = "en" if account.language == "en" else "id"
        to, facts = messages.Address.phone(former), {"phone": masked_phone(phone)}
        await messages.send(db, to=to, template="phone_changed", facts=facts, language=language)
