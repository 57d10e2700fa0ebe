"""Which people and businesses a caller reaches: their own; PLUT's staff reach all. Applied in the query."""

from uuid import UUID

from sqlalchemy import ColumnElement, exists, false, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.models import Actor, Ownership, Person
from plut_api.actors.problems import ActorNotFound, PersonNotFound, RegisterFirst, StaffOnly
from plut_api.kit.caller import Caller, Role

PLUT_STAFF = frozenset({Role.dinas, Role.consultant})


def people_visible_to(caller: Caller) -> ColumnElement[bool]:
    """The condition on `people` for a caller: the person themself, or PLUT's staff."""
    if caller.role in PLUT_STAFF:
        return true()
    return Person.account_id == caller.id if caller.is_person else false()


def actors_visible_to(caller: Caller) -> ColumnElement[bool]:
    """The condition on `actors` for a caller: an owner, or PLUT's staff."""
    if caller.role in PLUT_STAFF:
        return true()
    return owned_by_account(caller.id) if caller.is_person else false()


def owned_by_account(account_id: UUID) -> ColumnElement[bool]:
    """The condition on `actors` that the holder of an account is among the owners."""
    own = select(Ownership.actor_id).join(Person, Person.id == Ownership.person_id)
    return exists(own.where(Ownership.actor_id == Actor.id, Person.account_id == account_id))


def require_staff(caller: Caller) -> None:
    """Let only PLUT's staff through. Raises StaffOnly."""
    if caller.role not in PLUT_STAFF:
        raise StaffOnly()


async def own_person(db: AsyncSession, caller: Caller) -> Person:
    """The person that the caller is. Raises RegisterFirst."""
    person = await db.scalar(select(Person).where(Person.account_id == caller.id))
    if person is None:
        raise RegisterFirst()
    return person


async def require_acting_for(db: AsyncSession, caller: Caller, person_id: UUID, *, for_update: bool = False) -> Person:
    """A person whom the caller may act for: themself, or anybody for PLUT's staff. Raises PersonNotFound."""
    query = select(Person).where(Person.id == person_id, people_visible_to(caller))
    person = await db.scalar(query.with_for_update() if for_update else query)
    if person is None:
        raise PersonNotFound()
    return person


async def require_actor(db: AsyncSession, caller: Caller, actor_id: UUID, *, for_update: bool = False) -> Actor:
    """A business within the caller's rows. Raises ActorNotFound."""
    query = select(Actor).where(Actor.id == actor_id, actors_visible_to(caller))
    actor = await db.scalar(query.with_for_update() if for_update else query)
    if actor is None:
        raise ActorNotFound()
    return actor


async def owned_by(db: AsyncSession, caller: Caller, actor_id: UUID) -> Actor:
    """A business of which the caller is an owner; staff do not count. Raises ActorNotFound."""
    actor = await db.scalar(select(Actor).where(Actor.id == actor_id, owned_by_account(caller.id)))
    if actor is None:
        raise ActorNotFound()
    return actor
