"""Links by e-mail with which staff choose a password: invitations, and resets for who forgot theirs.

A token is made where it is sent, in the worker, and only its hash is kept: neither the queue nor the database ever
holds a link that works. Whoever asks for a reset learns nothing, in words or in time, about who has an account: asking
only queues a job, always the same.
"""

import base64
import secrets
from datetime import timedelta
from uuid import UUID

import structlog
from fastapi import Request
from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.identity.models import Account, LinkPurpose, PasswordLink
from plut_api.identity.staff.words import INVITATION, RESET
from plut_api.kit import clock
from plut_api.kit.caller import Kind
from plut_api.kit.crypto import secret_hash, vault
from plut_api.kit.database import unit_of_work
from plut_api.kit.i18n import Locale
from plut_api.kit.jobs import defer
from plut_api.kit.mail import send_mail
from plut_api.kit.middleware import network_of
from plut_api.kit.rate_limits import Quota, require_quota, take
from plut_api.settings import Settings

log = structlog.get_logger()

LIFE = {LinkPurpose.invitation: timedelta(hours=48), LinkPurpose.reset: timedelta(hours=1)}
OF_ADDRESS = Quota("resets-address", 30, 3600)
OF_EMAIL = Quota("resets-email", 3, 3600)
TAKEN_OF_ADDRESS = Quota("links-address", 60, 3600)
_CONTEXT = "jobs.reset_email"
_WORDS = {LinkPurpose.invitation: INVITATION, LinkPurpose.reset: RESET}


async def invite(db: AsyncSession, account: Account) -> None:
    """Queue the mail that lets a new account choose its password; it leaves once `db` commits."""
    await defer(db, "plut:identity.send_invitation", account_id=str(account.id))


async def ask_reset(request: Request, db: AsyncSession, email: str) -> None:
    """Queue a look at whether somebody has this address, and if so a mail. Raises TooManyRequests (by address).

    A further wish for the same mailbox within the hour is passed over in silence.
    """
    email = email.strip().lower()
    await require_quota(request, OF_ADDRESS, network_of(request.scope))
    if await take(db, OF_EMAIL, vault().blind("accounts.email", email).hex()) <= OF_EMAIL.calls:
        sealed = base64.b64encode(vault().seal(_CONTEXT, email)).decode()
        await defer(db, "plut:identity.send_reset", sealed=sealed)


async def require_link_quota(request: Request) -> None:
    """Count a token that is tried. Raises TooManyRequests."""
    await require_quota(request, TAKEN_OF_ADDRESS, network_of(request.scope))


async def send_invitation(sessions: async_sessionmaker[AsyncSession], settings: Settings, account_id: str) -> None:
    """Send the newest link to an invited account (worker). Raises MailFailed."""
    await _send(sessions, settings, LinkPurpose.invitation, Account.id == UUID(account_id))


async def send_reset(sessions: async_sessionmaker[AsyncSession], settings: Settings, sealed: str) -> None:
    """Send a link to the holder of an address, if there is one (worker). Raises MailFailed."""
    email = vault().open(_CONTEXT, base64.b64decode(sealed))
    await _send(sessions, settings, LinkPurpose.reset, Account.email == email)


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


async def _send(
    sessions: async_sessionmaker[AsyncSession], settings: Settings, purpose: LinkPurpose, who: ColumnElement[bool]
) -> None:
    token = secrets.token_urlsafe(32)
    async with unit_of_work(sessions) as db:
        of_staff = (Account.kind == Kind.staff, Account.is_active)
        account = await db.scalar(select(Account).where(who, *of_staff).with_for_update())
        if account is None:
            log.info("no_mail_due", purpose=purpose.value)
            return
        of_purpose = (PasswordLink.account_id == account.id, PasswordLink.purpose == purpose)
        await db.execute(delete(PasswordLink).where(*of_purpose))  # Only the newest counts.
        expires_at = clock.now() + LIFE[purpose]
        db.add(
            PasswordLink(account_id=account.id, purpose=purpose, token_hash=secret_hash(token), expires_at=expires_at)
        )
    words = _WORDS[purpose]
    locale: Locale = "en" if account.language == "en" else "id"
    page = settings.password_page or f"{settings.public_url}/password"
    hours = int(LIFE[purpose].total_seconds() // 3600)
    text = words.text.in_locale(locale, name=account.name or account.email, link=f"{page}#{token}", hours=hours)
    await send_mail(settings, account.email or "", words.subject.in_locale(locale), text)
