"""What the worker does for this room: make the code of an invitation at the moment it is sent."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.cooperatives.service.invitations import fresh_code
from plut_api.kit.messages import Address
from plut_api.kit.messages.making import making
from plut_api.settings import Settings


@making("cooperative_invitation")
async def invitation_code(
    db: AsyncSession, settings: Settings, to: UUID | Address, facts: Mapping[str, Any]
) -> Mapping[str, Any] | None:
    """The code of an invitation. Sent twice, there are two codes, of which the later one counts."""
    return await fresh_code(db, UUID(facts["invitation_id"]))
