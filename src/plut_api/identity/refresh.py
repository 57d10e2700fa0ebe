"""Refresh tokens: each is good for one further set of tokens; using one twice ends its family (RFC 9700 4.14.2).

Everything about an account's tokens happens under a lock of the account's row. Without it, a token that is being
exchanged while its family ends would leave a successor that nobody ended.
"""

import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.identity.models import Account, RefreshToken
from plut_api.kit import clock
from plut_api.kit.crypto import secret_hash
from plut_api.kit.ids import new_id
from plut_api.settings import Settings

USED_ONES_KEPT = timedelta(days=7)


async def issue_refresh_token(
    db: AsyncSession,
    settings: Settings,
    account: Account,
    scopes: frozenset[str] | None,
    family_id: UUID | None = None,
) -> str:
    """A refresh token of a new family, or the next one of a family; no scopes means all that the role holds."""
    token = secrets.token_urlsafe(32)
    db.add(
        RefreshToken(
            family_id=family_id or new_id(),
            account_id=account.id,
            token_hash=secret_hash(token),
            scopes=sorted(scopes) if scopes is not None else None,
            expires_at=clock.now() + timedelta(days=settings.refresh_token_days),
        )
    )
    await db.flush()
    return token


async def find_refresh_token(db: AsyncSession, token: str) -> tuple[RefreshToken, Account] | None:
    """A refresh token in whatever state, and its account, locked until the transaction ends."""
    of_token = RefreshToken.token_hash == secret_hash(token)
    owner = select(Account).join(RefreshToken, RefreshToken.account_id == Account.id).where(of_token)
    account = await db.scalar(owner.with_for_update(of=Account))
    kept = await db.scalar(select(RefreshToken).where(of_token)) if account else None  # Read under the lock.
    return (kept, account) if account and kept else None


def is_live(kept: RefreshToken) -> bool:
    """Whether a token is neither expired nor ended; it may have been used."""
    return kept.revoked_at is None and kept.expires_at > clock.now()


async def end_family(db: AsyncSession, kept: RefreshToken) -> None:
    """End every token that came from the same sign-in."""
    of_family = (RefreshToken.family_id == kept.family_id, RefreshToken.revoked_at.is_(None))
    await db.execute(update(RefreshToken).where(*of_family).values(revoked_at=clock.now()))


async def revoke(db: AsyncSession, token: str) -> None:
    """End the family of a refresh token; an unknown token is no error (RFC 7009 section 2.2)."""
    found = await find_refresh_token(db, token)
    if found is not None:
        await end_family(db, found[0])


async def forget_old_tokens(db: AsyncSession) -> None:
    """Remove tokens that are expired, or were used so long ago that a second use would tell nothing (worker)."""
    now = clock.now()
    past = or_(RefreshToken.expires_at < now, RefreshToken.used_at < now - USED_ONES_KEPT)
    await db.execute(delete(RefreshToken).where(past))
