"""One-time codes: six digits, kept as a keyed hash, five tries, a few minutes, used once; the newest one counts."""

import hmac
import math
import secrets
from collections.abc import Sequence
from datetime import timedelta

from fastapi import Request
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.identity.models import OneTimeCode
from plut_api.identity.phones import ACCOUNT_CONTEXT
from plut_api.identity.problems import ResendTooSoon
from plut_api.kit import clock
from plut_api.kit.crypto import vault
from plut_api.kit.database import unit_of_work
from plut_api.kit.middleware import network_of
from plut_api.kit.problems import TooManyRequests
from plut_api.kit.rate_limits import Quota, require_quota
from plut_api.settings import Settings

TRIES = 5
RESEND_AFTER = tuple(timedelta(seconds=seconds) for seconds in (30, 60, 120, 300))
"""How long to wait after the first code that stayed unused, after the second, and so on."""
REMEMBERED = timedelta(hours=1)
_NEWEST_FIRST = (OneTimeCode.created_at.desc(), OneTimeCode.id.desc())


async def require_code_quota(request: Request) -> None:
    """Count a request for a code against its address. Raises TooManyRequests."""
    settings: Settings = request.app.state.settings
    of_address = Quota("codes-address", settings.otp_per_address_per_hour, 3600)
    await require_quota(request, of_address, network_of(request.scope))


async def make_code(db: AsyncSession, settings: Settings, phone: str) -> str:
    """A fresh code for a phone, whether or not anybody is known by it; earlier ones no longer count.

    Raises ResendTooSoon, TooManyRequests (the phone got as many in the past hour as it may).
    """
    index = vault().blind(ACCOUNT_CONTEXT, phone)
    # Two requests at once would otherwise both find that no code was sent yet.
    await db.execute(select(func.pg_advisory_xact_lock(int.from_bytes(index[:8], signed=True))))
    await db.execute(
        delete(OneTimeCode).where(OneTimeCode.phone_index == index, OneTimeCode.created_at <= clock.now() - REMEMBERED)
    )
    _require_patience(await _sent(db, index), settings)
    code = f"{secrets.randbelow(1_000_000):06d}"
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


async def use_code(sessions: async_sessionmaker[AsyncSession], phone: str, code: str) -> bool:
    """Whether the code is the right one; then it is used up. A wrong try counts even if the request fails later."""
    index = vault().blind(ACCOUNT_CONTEXT, phone)
    newest = select(OneTimeCode).where(OneTimeCode.phone_index == index).order_by(*_NEWEST_FIRST).limit(1)
    async with unit_of_work(sessions) as db:
        kept = await db.scalar(newest.with_for_update())
        if kept is None or kept.used_at is not None or kept.tries_left == 0 or kept.expires_at <= clock.now():
            return False
        kept.tries_left -= 1
        right = hmac.compare_digest(kept.code_hash, _hash(index, code))
        if right:
            kept.used_at = clock.now()
        return right


async def _sent(db: AsyncSession, index: bytes) -> Sequence[OneTimeCode]:
    """The codes that a phone got in the past hour, newest first."""
    return (
        await db.scalars(select(OneTimeCode).where(OneTimeCode.phone_index == index).order_by(*_NEWEST_FIRST))
    ).all()


def _require_patience(sent: Sequence[OneTimeCode], settings: Settings) -> None:
    if not sent:
        return
    unused = sum(code.used_at is None for code in sent)
    again_at = sent[0].created_at + RESEND_AFTER[min(max(unused, 1), len(RESEND_AFTER)) - 1]
    if clock.now() < again_at:
        raise ResendTooSoon(headers=_retry_after(again_at - clock.now()))
    if len(sent) >= settings.otp_per_phone_per_hour:
        oldest = sent[settings.otp_per_phone_per_hour - 1]
        raise TooManyRequests(headers=_retry_after(oldest.created_at + REMEMBERED - clock.now()))


def _retry_after(wait: timedelta) -> dict[str, str]:
    return {"Retry-After": str(max(math.ceil(wait.total_seconds()), 1))}


def _hash(phone_index: bytes, code: str) -> bytes:
    return vault().blind(f"one_time_codes.{phone_index.hex()}", code)
