"""Freezing a dossier, and reading it."""

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.models import Referral


async def freeze(db: AsyncSession, referral: Referral) -> None:
    """Keep what the bank is given with a referral, as it is at this moment."""
