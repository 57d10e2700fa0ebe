"""Sending a one-time code: written with the request's transaction, handed over right after its answer."""

from datetime import timedelta

from fastapi import BackgroundTasks, Request
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import clock, messages
from plut_api.kit.i18n import Locale
from plut_api.kit.messages.delivering import deliver_now
from plut_api.settings import Settings


async def send_code(
    request: Request,
    db: AsyncSession,
    after: BackgroundTasks,
    *,
    to: messages.Address,
    template: str,
    code: str,
    language: Locale | None = None,
) -> None:
    """Have a code said to whoever holds an address, in a language or else in that of its holder.

    The answer waits for no gateway, and costs the same whether or not anybody is known by the address. A worker takes
    over what does not leave at once, for as long as the code is good (`PLUT_OTP_SECONDS`).
    """
    settings: Settings = request.app.state.settings
    message_id = await messages.send(
        db,
        to=to,
        template=template,
        facts={"code": code, "minutes": settings.otp_seconds // 60},
        kind=messages.Kind.code,
        expires_at=clock.now() + timedelta(seconds=settings.otp_seconds),
        language=language,
    )
    if message_id is not None:
        after.add_task(deliver_now, settings, request.app.state.sessions, [message_id])
