"""Which cooperatives' affairs a caller keeps: managers their own, the Dinas all. The register itself is public."""

from uuid import UUID

from sqlalchemy import ColumnElement, exists, false, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from plut_api.actors.models import Person
from plut_api.cooperatives.models import Cooperative, CooperativeManager
from plut_api.cooperatives.problems import CooperativeNotFound
from plut_api.kit.caller import Caller, Role

Ids = InstrumentedAttribute[UUID] | InstrumentedAttribute[UUID | None]


def cooperatives_kept_by(caller: Caller, cooperative_id: Ids = Cooperative.id) -> ColumnElement[bool]:
    """The condition on a column of their ids. Leans on uq_cooperative_managers_one_active."""
    if caller.role is Role.dinas:
        return true()
    if not caller.is_person:
        return false()
    # The column may be of the same table, which would be compared with itself.
    office, person = aliased(CooperativeManager), aliased(Person)
    offices = select(office.id).join(person, person.id == office.person_id)
    return exists(
        offices.where(office.cooperative_id == cooperative_id, office.until.is_(None), person.account_id == caller.id)
    )


async def require_kept(
    db: AsyncSession, caller: Caller, cooperative_id: UUID, *, for_update: bool = False
) -> Cooperative:
    """A cooperative whose affairs the caller keeps. Raises CooperativeNotFound."""
    query = select(Cooperative).where(Cooperative.id == cooperative_id, cooperatives_kept_by(caller))
    cooperative = await db.scalar(query.with_for_update(key_share=True) if for_update else query)
    if cooperative is None:
        raise CooperativeNotFound()
    return cooperative
