"""One-time codes for something other than signing in: each is good for its purpose and its phone alone."""

from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.identity.codes import make_code, use_code
from plut_api.settings import Settings


class CodePurpose(StrEnum):
    """What a code confirms: that an officer may register its reader, may change the phone of its reader, or that the
    holder of an account holds the new number.
    """

    registration = "registration"
    phone_change = "phone_change"
    own_phone = "own_phone"


TEMPLATES = {
    CodePurpose.registration: "registration_code",
    CodePurpose.phone_change: "counter_phone_code",
    CodePurpose.own_phone: "own_phone_code",
}
"""The message that carries the code of a purpose."""


async def make_purpose_code(db: AsyncSession, settings: Settings, purpose: CodePurpose, phone: str) -> str:
    """A fresh code for a purpose and a phone, with quotas of its own. Raises ResendTooSoon, TooManyRequests."""
    return await make_code(db, settings, _addressed(purpose, phone))


async def use_purpose_code(
    sessions: async_sessionmaker[AsyncSession], purpose: CodePurpose, phone: str, code: str
) -> bool:
    """Whether the code is the right one; then it is used up. A wrong try counts even if the request fails later."""
    return await use_code(sessions, _addressed(purpose, phone), code)


def _addressed(purpose: CodePurpose, phone: str) -> str:
    return f"{purpose.value}:{phone}"
