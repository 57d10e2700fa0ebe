"""Which results are objected to at the moment, for those who show them."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.objections.models import Objection, ObjectionState


async def open_rules(db: AsyncSession, subject_ids: Collection[UUID]) -> Mapping[UUID, Mapping[str, UUID]]:
    """Of businesses or cooperatives: the codes of rules with an open objection, each with the id of the objection.

    Who is not objecting is not in the mapping. One statement, whatever their number. Leans on
    uq_readiness_objections_actor and uq_readiness_objections_cooperative.
    """
    theirs = or_(Objection.actor_id.in_(subject_ids), Objection.cooperative_id.in_(subject_ids))
    subject = func.coalesce(Objection.actor_id, Objection.cooperative_id)
    query = select(subject, Objection.rule_code, Objection.id).where(Objection.state == ObjectionState.open, theirs)
    found: dict[UUID, dict[str, UUID]] = {}
    for subject_id, code, objection_id in (await db.execute(query)).all():
        found.setdefault(subject_id, {})[code] = objection_id
    return found
