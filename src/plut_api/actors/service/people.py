"""Changing, verifying and finding people."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors import identifiers
from plut_api.actors.access import people_served_by, require_acting_for, require_staff
from plut_api.actors.masking import DISABILITY
from plut_api.actors.models import Person
from plut_api.actors.problems import AlreadyRegistered, NikMissing, NikTaken
from plut_api.actors.schemas.people import PersonSearch
from plut_api.actors.service.segments import follow_disabilities
from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller
from plut_api.kit.database import refusing
from plut_api.kit.etags import require_match
from plut_api.kit.problems import Forbidden, Invalid, fault
from plut_api.reference.service import require_village

_ON_THE_CARD = frozenset({"full_name", "sex", "birth_date", "marital_status"})
TAKEN = {"uq_people_nik_index": NikTaken(), "uq_people_account_id": AlreadyRegistered()}


async def change_person(
    db: AsyncSession, caller: Caller, person_id: UUID, if_match: str | None, changes: Mapping[str, Any]
) -> Person:
    """Change a person. What the identity card says is unverified again once it changes.

    Raises PersonNotFound, PreconditionRequired, PreconditionFailed, Invalid, NikTaken. Emits person.changed.
    """
    person = await require_acting_for(db, caller, person_id, for_update=True)
    require_match(person, if_match)
    if "disabilities" in changes and DISABILITY not in caller.scopes:  # Nobody overwrites what they cannot see.
        raise Forbidden(headers={"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{DISABILITY}"'})
    for name, value in changes.items():
        if name == "nik":
            set_nik(person, value)
        else:
            if name in _ON_THE_CARD and getattr(person, name) != value:
                person.identity_verified_at = person.identity_verified_by = None
            setattr(person, name, value)
    with db.no_autoflush:  # Half a change must not reach the table before it is checked.
        await settle(db, person)
    person.version += 1
    with refusing(TAKEN):
        await db.flush()
    await follow_disabilities(db, caller, person)
    await db.refresh(person)
    await outbox.record(db, "person.changed", person.id, by=caller)
    return person


async def verify_identity(db: AsyncSession, caller: Caller, person_id: UUID) -> Person:
    """Note that staff compared the identity card. Raises StaffOnly, PersonNotFound, NikMissing."""
    require_staff(caller)
    person = await require_acting_for(db, caller, person_id, for_update=True)
    if person.nik_index is None:
        raise NikMissing()
    person.identity_verified_at = clock.now()
    person.identity_verified_by = caller.id
    person.version += 1
    await db.flush()
    await db.refresh(person)
    await outbox.record(db, "person.changed", person.id, by=caller)
    return person


async def find_people(db: AsyncSession, caller: Caller, given: PersonSearch) -> Sequence[Person]:
    """The people with exactly this NIK or phone, among those whom the caller may act for.

    Who may only read people would unmask their numbers by guessing. Raises Invalid without either.
    """
    if given.nik is None and given.phone is None:
        raise Invalid(errors=[_NOTHING_TO_LOOK_FOR])
    query = select(Person).where(people_served_by(caller))
    if given.nik is not None:
        query = query.where(Person.nik_index == identifiers.blind(identifiers.NIK, given.nik))
    if given.phone is not None:
        query = query.where(Person.phone_index == identifiers.blind(identifiers.PHONE, given.phone))
    return (await db.scalars(query.order_by(Person.id).limit(50))).all()


def set_nik(person: Person, nik: str | None) -> None:
    """Keep a NIK sealed; another one is unverified."""
    index = identifiers.blind(identifiers.NIK, nik)
    if index != person.nik_index:
        person.identity_verified_at = person.identity_verified_by = None
    person.nik_sealed, person.nik_index = identifiers.seal(identifiers.NIK, nik), index


async def settle(db: AsyncSession, person: Person) -> None:
    """Bring the village to today's code; kinds of disability are kept once each."""
    if person.village_code is not None:
        person.village_code = (await require_village(db, person.village_code)).code
    person.disabilities = sorted({str(kind) for kind in person.disabilities})


_NOTHING_TO_LOOK_FOR = fault(
    "#", "nothing_to_look_for", id="Isi NIK atau nomor ponsel", en="Give a NIK or a phone number"
)
