"""Who people are to the message service: the account of a person, the person of an account, their phone."""

from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.models import Person
from plut_api.identity.messages.people import PersonContact, finds_people
from plut_api.kit.crypto import vault

PHONE = "people.phone"


@finds_people
async def find_person(db: AsyncSession, any_id: UUID) -> PersonContact | None:
    """The living person of a person's or an account's id; of a merged one the person that they live on in."""
    query = select(Person).where(or_(Person.id == any_id, Person.account_id == any_id))
    person = await db.scalar(query.order_by(Person.merged_into.is_not(None)).limit(1))
    for _ in range(3):  # A merged person may have been merged into one that was merged in turn.
        if person is None or person.merged_into is None:
            break
        person = await db.get(Person, person.merged_into)
    if person is None or person.erased_at is not None or person.merged_into is not None:
        return None
    return contact_of(person)


def contact_of(person: Person) -> PersonContact:
    """A person as messages need them."""
    phone = vault().open(PHONE, person.phone_sealed) if person.phone_sealed is not None else None
    return PersonContact(person.id, person.account_id, phone)
