"""Registering people: oneself, or on behalf of somebody with a proof of it (UU 27/2022 art. 22, 24-25)."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors import identifiers
from plut_api.actors.access import require_staff
from plut_api.actors.minors import is_born_a_minor
from plut_api.actors.models import Person, Registration
from plut_api.actors.people_problems import GuardianNeeded, NotAMinor
from plut_api.actors.problems import NikTaken
from plut_api.actors.schemas.people import PersonCreate
from plut_api.actors.service.assignments import assign_registrar
from plut_api.actors.service.guardians import guardian_faults, keep_guardian
from plut_api.actors.service.people import TAKEN, set_nik, settle
from plut_api.actors.service.proofs import Proof, Prove, proof_faults, proving
from plut_api.actors.service.segments import follow_disabilities
from plut_api.identity.models import Account
from plut_api.identity.phones import ACCOUNT_CONTEXT
from plut_api.identity.purpose_codes import CodePurpose
from plut_api.identity.service import account_of
from plut_api.kit import outbox
from plut_api.kit.caller import Caller, Role
from plut_api.kit.crypto import vault
from plut_api.kit.database import refusing
from plut_api.kit.ids import new_id
from plut_api.kit.problems import Fault, Invalid, fault
from plut_api.reference.service import check_village

Sessions = async_sessionmaker[AsyncSession]
_OF_OTHERS = frozenset({"nik", "phone", "on_behalf", "guardian"})


async def register_person(db: AsyncSession, sessions: Sessions, caller: Caller, given: PersonCreate) -> Person:
    """Register the caller, or for PLUT's staff somebody else, which the record then says, with its proof.

    Whom a consultant registers is assigned to them at once; one NIK is one person, so nobody gets at a stranger by it.
    The proof is taken in once all else holds, so that a mistake does not cost a code.
    Raises Invalid (`village_unknown`, `phone_is_the_accounts`, `only_staff_register_others`, those of a proof and of a
    guardian), NikTaken, AlreadyRegistered, StaffOnly, CodeRefused, GuardianNeeded, NotAMinor.
    Emits person.registered, guardian.recorded.
    """
    if caller.is_person:
        return await _register_oneself(db, caller, given)
    require_staff(caller)
    faults = proof_faults(given.on_behalf, given.phone, "#/on_behalf")
    if given.on_behalf is None or faults:
        await _require_sound(db, caller, given, faults)
        raise Invalid(errors=faults)
    purpose = CodePurpose.registration
    prove = proving(db, sessions, caller, purpose, given.phone, given.on_behalf, "#/on_behalf")
    return await register_on_behalf(db, caller, given, prove)


async def register_on_behalf(db: AsyncSession, caller: Caller, given: PersonCreate, prove: Prove) -> Person:
    """Register somebody else by a proof that `prove` takes in. Raises and emits as `register_person` does."""
    await _require_sound(db, caller, given, [])
    person = await _drafted(db, given, given.phone, registered_by=caller.id)
    proof = await prove()
    await _keep(db, caller, person)
    await _keep_proof(db, caller, person, proof)
    if given.guardian is not None:
        await keep_guardian(db, caller, person.id, given.guardian, "#/guardian")
    if caller.role is Role.consultant:
        await assign_registrar(db, caller, person)
    return person


async def _register_oneself(db: AsyncSession, caller: Caller, given: PersonCreate) -> Person:
    faults = [_PHONE_OF_ACCOUNT] if given.phone is not None else []
    faults += [_only_staff(name) for name in ("on_behalf", "guardian") if getattr(given, name) is not None]
    if faults:
        raise Invalid(errors=faults)
    account = await account_of(db, caller)
    person = await _drafted(db, given, _phone_of(account), account_id=account.id)
    await _keep(db, caller, person)
    return person


async def _require_sound(db: AsyncSession, caller: Caller, given: PersonCreate, faults: list[Fault]) -> None:
    """Find all that is wrong with registering somebody. Raises Invalid, GuardianNeeded, NotAMinor."""
    if given.village_code is not None:
        village = await check_village(db, given.village_code)
        faults = [*faults, *([village.fault] if village.fault else [])]
    if given.guardian is not None:
        faults = [*faults, *await guardian_faults(db, caller, given.guardian, "#/guardian")]
    if faults:
        raise Invalid(errors=faults)
    minor = given.birth_date is not None and await db.scalar(select(is_born_a_minor(given.birth_date)))
    if minor and given.guardian is None:
        raise GuardianNeeded()
    if given.guardian is not None and not minor:
        raise NotAMinor()


async def _drafted(db: AsyncSession, given: PersonCreate, phone: str | None, **of_whom: Any) -> Person:
    """The row, not yet in the session. Raises Invalid (`village_unknown`), NikTaken."""
    person = Person(id=new_id(), **given.model_dump(exclude=set(_OF_OTHERS)), **of_whom)
    await settle(db, person)
    set_nik(person, given.nik)
    person.phone_sealed = identifiers.seal(identifiers.PHONE, phone)
    person.phone_index = identifiers.blind(identifiers.PHONE, phone)
    if person.nik_index is not None and await db.scalar(select(Person.id).where(Person.nik_index == person.nik_index)):
        raise NikTaken()
    return person


async def _keep(db: AsyncSession, caller: Caller, person: Person) -> None:
    with refusing(TAKEN):
        db.add(person)
        await db.flush()
    await follow_disabilities(db, caller, person)
    await db.refresh(person)
    await outbox.record(db, "person.registered", person.id, by=caller)


async def _keep_proof(db: AsyncSession, caller: Caller, person: Person, proof: Proof) -> None:
    db.add(
        Registration(
            id=new_id(),
            person_id=person.id,
            registered_by=caller.id,
            proof=proof.kind,
            phone_index=proof.phone_index,
            paper_reference=proof.paper_reference,
            paper_file_id=proof.paper_file_id,
        )
    )
    await db.flush()


def _phone_of(account: Account) -> str | None:
    return vault().open(ACCOUNT_CONTEXT, account.phone_sealed) if account.phone_sealed else None


def _only_staff(name: str) -> Fault:
    return fault(
        f"#/{name}",
        "only_staff_register_others",
        id="Anda mendaftarkan diri sendiri; kosongkan isian ini",
        en="You register yourself; leave this out",
    )


_PHONE_OF_ACCOUNT = fault(
    "#/phone",
    "phone_is_the_accounts",
    id="Nomor Anda adalah nomor yang dipakai untuk masuk; kosongkan isian ini",
    en="Your number is the one you signed in by; leave this out",
)
