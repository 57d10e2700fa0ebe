"""One-time codes: six digits, kept as a keyed hash, five tries, a few minutes, used once; the newest one counts."""

import hmac
import secrets
from datetime import timedelta

from fastapi import Request
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.identity.models import OneTimeCode
from plut_api.identity.phones import ACCOUNT_CONTEXT
from plut_api.identity.problems import ResendTooSoon
from plut_api.kit import clock
from plut_api.kit.crypto import vault
from plut_api.kit.database import unit_of_work
from plut_api.kit.i18n import Locale, Text
from plut_api.kit.middleware import address_of
from plut_api.kit.rate_limits import Quota, require_quota
from plut_api.settings import Settings

TRIES = 5
RESEND_AFTER = timedelta(seconds=30)
MESSAGE = Text(
    id="{code} adalah kode masuk PLUT NTB Anda, berlaku {minutes} menit. Jangan berikan kepada siapa pun.",
    en="{code} is your PLUT NTB sign-in code, valid for {minutes} minutes. Give it to nobody.",
)


async def require_code_quotas(request: Request, phone: str) -> None:
    """Count a request for a code against its phone and its address. Raises TooManyRequests."""
    settings: Settings = request.app.state.settings
    of_phone = Quota("codes", settings.otp_per_phone_per_hour, 3600)
    of_address = Quota("codes-address", settings.otp_per_address_per_hour, 3600)
    await require_quota(request, of_address, address_of(request.scope))
    await require_quota(request, of_phone, vault().blind(ACCOUNT_CONTEXT, phone).hex())


async def make_code(db: AsyncSession, settings: Settings, phone: str) -> str:
    """A fresh code for a phone, whether or not anybody is known by it; earlier ones no longer count.

    Raises ResendTooSoon.
    """
    index = vault().blind(ACCOUNT_CONTEXT, phone)
    newest = select(OneTimeCode.created_at).where(OneTimeCode.phone_index == index).order_by(OneTimeCode.id.desc())
    sent_at = await db.scalar(newest.limit(1))
    if sent_at is not None and clock.now() - sent_at < RESEND_AFTER:
        raise ResendTooSoon(headers={"Retry-After": str(int(RESEND_AFTER.total_seconds()))})
    code = f"{secrets.randbelow(1_000_000):06d}"
    await db.execute(delete(OneTimeCode).where(OneTimeCode.phone_index == index))
    db.add(
        OneTimeCode(
            phone_index=index,
            code_hash=_hash(index, code),
            expires_at=clock.now() + timedelta(seconds=settings.otp_seconds),
            tries_left=TRIES,
            created_at=clock.now(),
        )
    )
    await db.flush()
    return code


def code_message(settings: Settings, code: str, locale: Locale) -> str:
    """The text that carries a code."""
    return MESSAGE.in_locale(locale, code=code, minutes=settings.otp_seconds // 60)


async def use_code(sessions: async_sessionmaker[AsyncSession], phone: str, code: str) -> bool:
    """Whether the code is the right one; then it is used up. A wrong try counts even if the request fails later."""
    index = vault().blind(ACCOUNT_CONTEXT, phone)
    newest = select(OneTimeCode).where(OneTimeCode.phone_index == index).order_by(OneTimeCode.id.desc()).limit(1)
    async with unit_of_work(sessions) as db:
        kept = await db.scalar(newest.with_for_update())
        if kept is None or kept.used_at is not None or kept.tries_left == 0 or kept.expires_at <= clock.now():
            return False
        kept.tries_left -= 1
        right = hmac.compare_digest(kept.code_hash, _hash(index, code))
        if right:
            kept.used_at = clock.now()
        return right


def _hash(phone_index: bytes, code: str) -> bytes:
    return vault().blind(f"one_time_codes.{phone_index.hex()}", code)
