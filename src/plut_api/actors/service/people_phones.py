"""Changing phones: of one's own account by a code to the new number, of somebody else's by staff with a proof."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors import identifiers
from plut_api.actors.access import require_acting_for, require_staff
from plut_api.actors.models import Person, PhoneChange, ProofKind
from plut_api.actors.people_problems import IdentityNotVerified, PhoneChangeNotAsked, PhoneTaken
from plut_api.actors.problems import CodeRefused, PeopleOnly
from plut_api.actors.schemas.proofs import OnBehalf
from plut_api.actors.service.proofs import Proof, proof_faults, proving
from plut_api.identity.models import Account
from plut_api.identity.phone_change import move_account, phone_is_taken
from plut_api.identity.purpose_codes import CodePurpose, make_purpose_code, use_purpose_code
from plut_api.identity.service import account_of
from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller
from plut_api.kit.crypto import vault
from plut_api.kit.database import refusing
from plut_api.kit.ids import new_id
from plut_api.kit.problems import Invalid
from plut_api.settings import Settings

CONTEXT = "phone_changes.phone"
_TAKEN = {"uq_accounts_phone_index": PhoneTaken()}
Sessions = async_sessionmaker[AsyncSession]


async def ask_phone_change(db: AsyncSession, settings: Settings, caller: Caller, phone: str) -> str:
    """Note the number that the caller wants, and make the code that is to be sent there; asking again starts anew.

    Nothing tells whether another account has that number. Raises PeopleOnly, AccountNotFound, ResendTooSoon,
    TooManyRequests.
    """
    account = await _own_account(db, caller)
    waiting = await _waiting(db, account)
    code = await make_purpose_code(db, settings, CodePurpose.own_phone, phone)
    if waiting is None:
        waiting = PhoneChange(id=new_id(), account_id=account.id, proof=ProofKind.own_code, changed_by=caller.id)
        db.add(waiting)
    waiting.phone_sealed = vault().seal(CONTEXT, phone)
    waiting.phone_index = identifiers.blind(identifiers.PHONE, phone) or b""
    await db.flush()
    return code


async def confirm_phone_change(db: AsyncSession, sessions: Sessions, caller: Caller, code: str) -> None:
    """Change the number of the caller's account and person, by the code; sign-ins of other devices end.

    Raises PeopleOnly, AccountNotFound, PhoneChangeNotAsked, CodeRefused, PhoneTaken (only after the right code).
    Emits person.phone_changed where the account is registered as a person.
    """
    account = await _own_account(db, caller)
    waiting = await _waiting(db, account)
    if waiting is None or waiting.phone_sealed is None:
        raise PhoneChangeNotAsked()
    phone = vault().open(CONTEXT, waiting.phone_sealed)
    if not await use_purpose_code(sessions, CodePurpose.own_phone, phone, code):
        raise CodeRefused()
    person = await db.scalar(select(Person).where(Person.account_id == account.id).with_for_update())
    waiting.person_id = person.id if person else None
    await _move(db, account, phone, keep=caller.sign_in_id)
    _done(waiting)
    await _tell(db, caller, _renumbered([person] if person else [], phone))


async def change_phone_of(
    db: AsyncSession, sessions: Sessions, caller: Caller, person_id: UUID, phone: str, given: OnBehalf
) -> Person:
    """Give a person whose identity was verified another number, with that of their account if they have one.

    Every sign-in of that account ends. Raises StaffOnly, PersonNotFound, IdentityNotVerified, PhoneTaken, CodeRefused,
    Invalid (those of a proof). Emits person.phone_changed.
    """
    require_staff(caller)
    if faults := proof_faults(given, phone, "#/on_behalf"):
        raise Invalid(errors=faults)
    person = await require_acting_for(db, caller, person_id)
    if person.identity_verified_at is None:
        raise IdentityNotVerified()
    # The account first, as everywhere, then the person.
    account = await _account_of_person(db, person)
    person = await require_acting_for(db, caller, person_id, for_update=True)
    purpose = CodePurpose.phone_change
    proof = await proving(db, sessions, caller, purpose, phone, given, "#/on_behalf")()
    if account is not None:
        await _move(db, account, phone, keep=None)
    db.add(_change(caller, person, phone, proof))
    await _tell(db, caller, _renumbered([person], phone))
    return person


async def _own_account(db: AsyncSession, caller: Caller) -> Account:
    if not caller.is_person:
        raise PeopleOnly()
    return await account_of(db, caller, for_update=True)


async def _account_of_person(db: AsyncSession, person: Person) -> Account | None:
    if person.account_id is None:
        return None
    return await db.get(Account, person.account_id, with_for_update=True)


async def _waiting(db: AsyncSession, account: Account) -> PhoneChange | None:
    query = select(PhoneChange).where(PhoneChange.account_id == account.id, PhoneChange.done_at.is_(None))
    found: PhoneChange | None = await db.scalar(query.with_for_update())
    return found


async def _move(db: AsyncSession, account: Account, phone: str, *, keep: UUID | None) -> None:
    if await phone_is_taken(db, phone, but=account.id):
        raise PhoneTaken()
    with refusing(_TAKEN):
        await move_account(db, account, phone, keep=keep)


def _done(change: PhoneChange) -> None:
    change.phone_sealed, change.done_at = None, clock.now()


def _change(caller: Caller, person: Person, phone: str, proof: Proof) -> PhoneChange:
    return PhoneChange(
        id=new_id(),
        account_id=person.account_id,
        person_id=person.id,
        phone_index=identifiers.blind(identifiers.PHONE, phone),
        proof=proof.kind,
        paper_reference=proof.paper_reference,
        paper_file_id=proof.paper_file_id,
        changed_by=caller.id,
        done_at=clock.now(),
    )


def _renumbered(people: Iterable[Person], phone: str) -> list[Person]:
    """People with the number, which is that of their account."""
    changed = list(people)
    for person in changed:
        person.phone_sealed = identifiers.seal(identifiers.PHONE, phone)
        person.phone_index = identifiers.blind(identifiers.PHONE, phone)
        person.version += 1
    return changed


async def _tell(db: AsyncSession, caller: Caller, people: list[Person]) -> None:
    await db.flush()
    facts: list[tuple[UUID, dict[str, Any]]] = [(person.id, {}) for person in people]
    for person in people:
        await db.refresh(person)
    await outbox.record_all(db, "person.phone_changed", facts, by=caller)
