"""Whose records a caller reaches: managers their own cooperative's, PLUT's staff (Dinas and consultants) all."""

from uuid import UUID

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from plut_api.cooperatives.access import cooperatives_kept_by
from plut_api.cooperatives.models import Cooperative
from plut_api.cooperatives.problems import CooperativeNotFound
from plut_api.kit.caller import Caller, Role


def cooperatives_recorded_by(
    caller: Caller, cooperative_id: InstrumentedAttribute[UUID] = Cooperative.id
) -> ColumnElement[bool]:
    """The condition on a column of ids of cooperatives. Consultants are assigned to people, not to cooperatives."""
    return true() if caller.role is Role.consultant else cooperatives_kept_by(caller, cooperative_id)


async def require_recorded(
    db: AsyncSession, caller: Caller, cooperative_id: UUID, *, for_update: bool = False
) -> Cooperative:
    """A cooperative whose records the caller reaches. Raises CooperativeNotFound."""
    query = select(Cooperative).where(Cooperative.id == cooperative_id, cooperatives_recorded_by(caller))
    cooperative = await db.scalar(query.with_for_update(key_share=True) if for_update else query)
    if cooperative is None:
        raise CooperativeNotFound()
    return cooperative
