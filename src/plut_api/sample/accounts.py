"""People of the sample who sign in."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors import identifiers
from plut_api.actors.models import Ownership, Person, owns
from plut_api.identity.policy import scopes_of
from plut_api.identity.service import find_or_create_person_account
from plut_api.kit.caller import Caller, Kind, Role


async def owner_with_account(
    db: AsyncSession, *, actor_id: UUID | None = None, person_id: UUID | None = None
) -> Caller:
    """A person, or the first owner of a business, signed in for the first time by the phone on file."""
    query = select(Person)
    if person_id is not None:
        query = query.where(Person.id == person_id)
    else:
        query = query.join(Ownership, Ownership.person_id == Person.id)
        query = query.where(Ownership.actor_id == actor_id, owns()).order_by(Ownership.id).limit(1)
    person = (await db.scalars(query)).one()
    phone = identifiers.unseal(identifiers.PHONE, person.phone_sealed)
    if phone is None:
        raise LookupError("the sample gives everybody a phone")
    account = await find_or_create_person_account(db, phone)
    person.account_id = account.id
    await db.flush()
    return Caller(account.id, Kind.person, Role.person, scopes_of(Role.person))
