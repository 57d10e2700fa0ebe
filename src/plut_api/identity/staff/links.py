"""Links by e-mail with which staff choose a password: invitations, and resets for who forgot theirs.

A token is made where it is sent, in the worker, and only its hash is kept: neither the queue nor the database ever
holds a link that works. Whoever asks for a reset learns nothing, in words or in time, about who has an account: asking
only writes a message to the address, always the same.
"""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from fastapi import Request
from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.identity.models import Account, LinkPurpose, PasswordLink
from plut_api.kit import clock, messages
from plut_api.kit.caller import Kind
from plut_api.kit.crypto import secret_hash, vault
from plut_api.kit.messages import Address
from plut_api.kit.messages.making import making
from plut_api.kit.middleware import network_of
from plut_api.kit.rate_limits import Quota, require_quota, take
from plut_api.settings import Settings

log = structlog.get_logger()

LIFE = {LinkPurpose.invitation: timedelta(hours=48), LinkPurpose.reset: timedelta(hours=1)}
OF_ADDRESS = Quota("resets-address", 30, 3600)
OF_EMAIL = Quota("resets-email", 3, 3600)
TAKEN_OF_ADDRESS = Quota("links-address", 60, 3600)
Facts = Mapping[str, Any]


async def invite(db: AsyncSession, account: Account) -> None:
    """Write the mail that lets a new account choose its password; it leaves once `db` commits."""
    await _write(db, account.id, LinkPurpose.invitation)


async def ask_reset(request: Request, db: AsyncSession, email: str) -> None:
    """Write a mail to this address, which leaves if somebody has it. Raises TooManyRequests (by address).

    A further wish for the same mailbox within the hour is passed over in silence.
    """
    email = email.strip().lower()
    await require_quota(request, OF_ADDRESS, network_of(request.scope))
    if await take(db, OF_EMAIL, vault().blind("accounts.email", email).hex()) <= OF_EMAIL.calls:
        await _write(db, Address.email(email), LinkPurpose.reset)


async def require_link_quota(request: Request) -> None:
    """Count a token that is tried. Raises TooManyRequests."""
    await require_quota(request, TAKEN_OF_ADDRESS, network_of(request.scope))


async def account_of_link(db: AsyncSession, token: str) -> Account | None:
    """The account that a good link is for, locked; None if the link is over or never was."""
    of_token = (PasswordLink.token_hash == secret_hash(token), PasswordLink.expires_at > clock.now())
    owner = select(Account).join(PasswordLink, PasswordLink.account_id == Account.id).where(*of_token)
    account: Account | None = await db.scalar(owner.with_for_update(of=Account))
    # Read again under the lock: of two who come with one link, the second finds it gone.
    if account is None or await db.scalar(select(PasswordLink.id).where(*of_token)) is None:
        return None
    return account if account.is_active else None


async def forget_links(db: AsyncSession, account: Account) -> None:
    """Let no link of an account work any longer."""
    await db.execute(delete(PasswordLink).where(PasswordLink.account_id == account.id))


async def forget_old_links(db: AsyncSession) -> None:
    """Remove links that have expired (worker)."""
    await db.execute(delete(PasswordLink).where(PasswordLink.expires_at < clock.now()))


async def _write(db: AsyncSession, to: UUID | Address, purpose: LinkPurpose) -> None:
    expires_at = clock.now() + LIFE[purpose]
    await messages.send(db, to=to, template=f"staff_{purpose}", kind=messages.Kind.code, expires_at=expires_at)


@making("staff_invitation")
async def _invitation(db: AsyncSession, settings: Settings, to: UUID | Address, _: Facts) -> Facts | None:
    return await _link(db, settings, LinkPurpose.invitation, Account.id == to)


@making("staff_reset")
async def _reset(db: AsyncSession, settings: Settings, to: UUID | Address, _: Facts) -> Facts | None:
    email = to.value if isinstance(to, Address) else None
    return await _link(db, settings, LinkPurpose.reset, Account.email == email)


async def _link(db: AsyncSession, settings: Settings, purpose: LinkPurpose, who: ColumnElement[bool]) -> Facts | None:
    """What a mail says: a fresh link to an account, if there is one; the link before it no longer counts."""
    token = secrets.token_urlsafe(32)
    of_staff = (Account.kind == Kind.staff, Account.is_active)
    account = await db.scalar(select(Account).where(who, *of_staff).with_for_update())
    if account is None:
        log.info("no_mail_due", purpose=purpose.value)
        return None
    of_purpose = (PasswordLink.account_id == account.id, PasswordLink.purpose == purpose)
    await db.execute(delete(PasswordLink).where(*of_purpose))
    expires_at = clock.now() + LIFE[purpose]
    db.add(PasswordLink(account_id=account.id, purpose=purpose, token_hash=secret_hash(token), expires_at=expires_at))
    page = settings.password_page or f"{settings.public_url}/password"
    hours = int(LIFE[purpose].total_seconds() // 3600)
    return {"name": account.name or account.email, "link": f"{page}#{token}", "hours": hours}
