"""Refresh tokens: each is good for one further set of tokens; using one twice ends its family (RFC 9700 4.14.2).

Everything about an account's tokens happens under a lock of the account's row. Without it, a token that is being
exchanged while its family ends would leave a successor that nobody ended.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.identity.models import Account, RefreshToken
from plut_api.identity.revocations import revoke_access
from plut_api.kit import clock
from plut_api.kit.caller import Kind
from plut_api.kit.crypto import secret_hash
from plut_api.kit.ids import new_id
from plut_api.settings import Settings

USED_ONES_KEPT = timedelta(days=7)
_ACCESS_AT_MOST = timedelta(hours=1)  # The most that the setting allows an access token.


@dataclass(frozen=True)
class SignIn:
    """One sign-in, of which all tokens of a family come: it ends as a whole, and by itself after so many days.

    `second_factor` says whether one was checked, by us or by the outside issuer.
    """

    id: UUID
    ends_at: datetime
    second_factor: bool


def new_sign_in(settings: Settings, *, second_factor: bool = False) -> SignIn:
    """A sign-in that begins now."""
    return SignIn(new_id(), clock.now() + timedelta(days=settings.sign_in_days), second_factor)


def sign_in_of(kept: RefreshToken) -> SignIn:
    """The sign-in that a refresh token came from."""
    return SignIn(kept.family_id, kept.family_ends_at, kept.second_factor)


async def issue_refresh_token(
    db: AsyncSession, settings: Settings, account: Account, scopes: frozenset[str] | None, sign_in: SignIn
) -> str:
    """The first or next refresh token of a sign-in; no scopes means all that the role holds."""
    token = secrets.token_urlsafe(32)
    is_staff = account.kind is Kind.staff
    idle = timedelta(hours=settings.staff_idle_hours) if is_staff else timedelta(days=settings.refresh_token_days)
    db.add(
        RefreshToken(
            family_id=sign_in.id,
            account_id=account.id,
            token_hash=secret_hash(token),
            scopes=sorted(scopes) if scopes is not None else None,
            expires_at=min(clock.now() + idle, sign_in.ends_at),
            family_ends_at=sign_in.ends_at,
            second_factor=sign_in.second_factor,
            created_at=clock.now(),
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


def is_misused(kept: RefreshToken) -> bool:
    """Whether a token was used before, in a sign-in that goes on; one that has expired since tells as much."""
    return kept.used_at is not None and kept.revoked_at is None


def is_live(kept: RefreshToken) -> bool:
    """Whether a token is neither expired, used nor ended."""
    return kept.used_at is None and kept.revoked_at is None and kept.expires_at > clock.now()


async def end_family(db: AsyncSession, kept: RefreshToken) -> None:
    """End every token that came from the same sign-in, access tokens within seconds."""
    of_family = (RefreshToken.family_id == kept.family_id, RefreshToken.revoked_at.is_(None))
    await db.execute(update(RefreshToken).where(*of_family).values(revoked_at=clock.now()))
    revoke_access(db, kept.family_id)


async def end_sign_ins(db: AsyncSession, account_id: UUID, *, but: UUID | None = None) -> None:
    """End all sign-ins of an account whose row the transaction has locked, except one if it is named."""
    doomed = [RefreshToken.account_id == account_id, RefreshToken.revoked_at.is_(None)]
    if but is not None:
        doomed.append(RefreshToken.family_id != but)
    ending = update(RefreshToken).where(*doomed).values(revoked_at=clock.now())
    ended = await db.execute(ending.returning(RefreshToken.family_id, RefreshToken.created_at))
    recent = clock.now() - _ACCESS_AT_MOST
    revoke_access(db, *{family for family, made_at in ended if made_at > recent})


async def revoke(db: AsyncSession, token: str) -> None:
    """End the family of a refresh token; an unknown token is no error (RFC 7009 section 2.2)."""
    found = await find_refresh_token(db, token)
    if found is not None:
        await end_family(db, found[0])


async def forget_old_tokens(db: AsyncSession) -> None:
    """Remove tokens that expired unused, or were used so long ago that a second use would tell nothing (worker)."""
    now = clock.now()
    expired = and_(RefreshToken.used_at.is_(None), RefreshToken.expires_at < now)
    past = or_(expired, RefreshToken.used_at < now - USED_ONES_KEPT)
    await db.execute(delete(RefreshToken).where(past))
