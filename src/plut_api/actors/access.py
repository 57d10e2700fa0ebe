"""Which people and businesses a caller reaches, and for whom they may act. Applied in the query.

A person reaches themself, the minors in their care, and the businesses that these own or direct; a consultant the
people assigned to them and what those own or direct; the Dinas (its machines too) all. Others act for nobody; a higher
room may say which people a role can read (`reads_people`).

Conditions ask tables under aliases: in a query that names the same table itself they would else mean its rows.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, false, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from plut_api.actors.minors import acted_for_by
from plut_api.actors.models import Actor, Assignment, Ownership, Person, acts, owns
from plut_api.actors.problems import ActorNotFound, PersonNotFound, RegisterFirst, StaffOnly
from plut_api.kit import audit
from plut_api.kit.caller import Caller, Role

PLUT_STAFF = frozenset({Role.dinas, Role.consultant})
"""They act on behalf of others: the Dinas of anybody, a consultant of the people assigned to them."""
Ids = InstrumentedAttribute[UUID] | InstrumentedAttribute[UUID | None]
Reach = Callable[[Caller, Ids], ColumnElement[bool]]
_READERS: dict[Role, Reach] = {}


def is_outside(caller: Caller) -> bool:
    """Whether a caller is neither a person nor of PLUT: banks, OPDs, OJK, partners and their machines."""
    return not caller.is_person and caller.role not in PLUT_STAFF


def reads_people(role: Role) -> Callable[[Reach], Reach]:
    """Register which people a role may read without acting for them, as a condition on a column of their ids."""

    def register(reach: Reach) -> Reach:
        _READERS[role] = reach
        return reach

    return register


def people_visible_to(caller: Caller) -> ColumnElement[bool]:
    """The condition on `people` that a caller may read them: those they act for, or that their role may read."""
    reach = _READERS.get(caller.role)
    return reach(caller, Person.id) & Person.merged_into.is_(None) if reach is not None else people_served_by(caller)


def people_served_by(caller: Caller) -> ColumnElement[bool]:
    """The condition on `people` that a caller may act for them; nobody does for who was erased or merged."""
    lives = Person.merged_into.is_(None)
    if caller.role is Role.dinas:
        return lives & Person.erased_at.is_(None)
    if caller.role is Role.consultant:
        return lives & assigned_to(caller.id, Person.id)
    return lives & Person.id.in_(acted_for_by(caller.id)) if caller.is_person else false()


def actors_visible_to(caller: Caller) -> ColumnElement[bool]:
    """The condition on `actors` for a caller: those whose owners they act for; none that was erased or merged."""
    return Actor.erased_at.is_(None) & Actor.merged_into.is_(None) & actors_reached_by(caller, Actor.id)


def actors_reached_by(caller: Caller, actor_id: Ids) -> ColumnElement[bool]:
    """The same as a condition on any column of their ids."""
    if caller.role is Role.dinas:
        return true()
    if caller.role is Role.consultant:
        owned = aliased(Ownership)
        return exists().where(owned.actor_id == actor_id, acts(owned), assigned_to(caller.id, owned.person_id))
    return owned_by_account(caller.id, actor_id) if caller.is_person else false()


def assigned_to(consultant_id: UUID, person_id: Ids) -> ColumnElement[bool]:
    """The condition that a person is assigned to a consultant today. Leans on uq_assignments_one_active."""
    given = aliased(Assignment)
    return exists().where(given.consultant_id == consultant_id, given.person_id == person_id, given.until.is_(None))


def owned_by_account(
    account_id: UUID, actor_id: Ids = Actor.id, *, holds: Callable[[Any], ColumnElement[bool]] = acts
) -> ColumnElement[bool]:
    """The condition that the holder of an account acts for a business: an owner or a director, or who `holds` means."""
    owned = aliased(Ownership)
    return exists().where(owned.actor_id == actor_id, holds(owned), owned.person_id.in_(acted_for_by(account_id)))


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


async def require_person(db: AsyncSession, caller: Caller, person_id: UUID) -> Person:
    """A person whom the caller may read. Raises PersonNotFound."""
    person = await db.scalar(select(Person).where(Person.id == person_id, people_visible_to(caller)))
    if person is None:
        raise PersonNotFound()
    return person


async def require_acting_for(db: AsyncSession, caller: Caller, person_id: UUID, *, for_update: bool = False) -> Person:
    """A person whom the caller may act for: themself, a minor in their care, or for PLUT's staff whom they serve.

    Raises PersonNotFound.
    """
    query = select(Person).where(Person.id == person_id, people_served_by(caller))
    person = await db.scalar(query.with_for_update() if for_update else query)
    if person is None:
        raise PersonNotFound()
    audit.on_behalf_of(caller, person.id, oneself=person.account_id == caller.id)
    return person


async def require_actor(db: AsyncSession, caller: Caller, actor_id: UUID, *, for_update: bool = False) -> Actor:
    """A business within the caller's rows. Raises ActorNotFound."""
    query = select(Actor).where(Actor.id == actor_id, actors_visible_to(caller))
    actor = await db.scalar(query.with_for_update() if for_update else query)
    if actor is None:
        raise ActorNotFound()
    return actor


async def owned_by(db: AsyncSession, caller: Caller, actor_id: UUID) -> Actor:
    """A business of which the caller is an owner; neither directors nor staff count. Raises ActorNotFound."""
    owned = owned_by_account(caller.id, holds=owns)
    lives = Actor.erased_at.is_(None) & Actor.merged_into.is_(None)
    actor = await db.scalar(select(Actor).where(Actor.id == actor_id, lives, owned))
    if actor is None:
        raise ActorNotFound()
    return actor
