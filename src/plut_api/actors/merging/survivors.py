"""Old ids: in whom each lives on, and which ones a survivor had."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.access import actors_visible_to, people_visible_to
from plut_api.actors.models import Actor, Person
from plut_api.kit.caller import Caller
from plut_api.kit.merging import Of
from plut_api.kit.survivors import Survivors, survivors_of

_LAST = """
    WITH RECURSIVE chain AS (
        SELECT merged_into, 1 AS step FROM {table} WHERE id = :id AND merged_into IS NOT NULL
        UNION ALL
        SELECT t.merged_into, c.step + 1 FROM chain c JOIN {table} t ON t.id = c.merged_into
        WHERE t.merged_into IS NOT NULL
    )
    SELECT merged_into FROM chain ORDER BY step DESC LIMIT 1
"""
_FORMER = """
    WITH RECURSIVE old AS (
        SELECT id FROM {table} WHERE merged_into = ANY(:ids)
        UNION
        SELECT t.id FROM old JOIN {table} t ON t.merged_into = old.id
    )
    SELECT id FROM old ORDER BY id
"""


async def last_survivor(db: AsyncSession, of: Of, old_id: UUID) -> UUID | None:
    """In whom a merged id lives on, at the end of the chain; None if nothing of that id was merged."""
    query = text(_LAST.format(table=of.value)).bindparams(bindparam("id", type_=Uuid))
    found: UUID | None = await db.scalar(query, {"id": old_id})
    return found


async def all_ids(db: AsyncSession, of: Of, ids: Sequence[UUID]) -> list[UUID]:
    """These ids, and all that live on in them, directly or through others: what is never rewritten names them still."""
    if not ids:
        return []
    query = text(_FORMER.format(table=of.value)).bindparams(bindparam("ids", type_=ARRAY(Uuid)))
    return [*ids, *await db.scalars(query, {"ids": list(ids)})]


async def _last_person(db: AsyncSession, old_id: UUID) -> UUID | None:
    return await last_survivor(db, Of.people, old_id)


async def _last_actor(db: AsyncSession, old_id: UUID) -> UUID | None:
    return await last_survivor(db, Of.actors, old_id)


async def _may_read_person(db: AsyncSession, caller: Caller, person_id: UUID) -> bool:
    query = select(Person.id).where(Person.id == person_id, people_visible_to(caller))
    return await db.scalar(query) is not None


async def _may_read_actor(db: AsyncSession, caller: Caller, actor_id: UUID) -> bool:
    query = select(Actor.id).where(Actor.id == actor_id, actors_visible_to(caller))
    return await db.scalar(query) is not None


survivors_of("person_id", Survivors(_last_person, _may_read_person))
survivors_of("actor_id", Survivors(_last_actor, _may_read_actor))
