"""Taking over a record that somebody else made: nothing in it changes but who signs in for it.

A record is found by a proof, never by its id alone, and what does not fit looks like what is not there. Wrong tries are
counted before they are judged, in a transaction of their own, so that no number of them at once gets more than five.
"""

import math
import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, exists, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import aliased

from plut_api.actors import identifiers
from plut_api.actors.access import require_acting_for, require_staff
from plut_api.actors.models import Person, PhoneChange, ProofKind, Registration, TakeoverCode, TakeoverTry
from plut_api.actors.people_problems import HasAccount, RecordNotFound, RecordTaken, TakeoverPaused
from plut_api.actors.problems import AlreadyRegistered, PeopleOnly
from plut_api.actors.schemas.takeovers import ALPHABET, CODE_LENGTH, TakeoverCreate
from plut_api.identity.models import Account
from plut_api.identity.phones import ACCOUNT_CONTEXT
from plut_api.identity.service import account_of
from plut_api.kit import audit, clock, outbox
from plut_api.kit.caller import Caller
from plut_api.kit.crypto import vault
from plut_api.kit.database import refusing, unit_of_work
from plut_api.kit.i18n import Text
from plut_api.kit.ids import new_id
from plut_api.kit.problems import Fault, Invalid, fault
from plut_api.reference.rules import rule_value

CODE = "takeover_codes.code"
WRONG_TRIES = 5
PAUSE = timedelta(days=1)
ASK_TO_MERGE = Text(
    id="Akun ini sudah terdaftar sebagai seseorang; minta PLUT menggabungkan kedua data",
    en="This account is registered as a person already; ask PLUT to merge both records",
)


async def records_waiting_for(db: AsyncSession, caller: Caller) -> Select[Any]:
    """Records without an account that carry the caller's phone, with whether a code proved that phone, as flat rows.

    Raises PeopleOnly, AccountNotFound.
    """
    index = _index_of(_phone_of(await _own_account(db, caller)))
    proven = _phone_is_proven(index).label("phone_is_proven")
    columns: list[Any] = [Person.id, Person.full_name, Person.village_code, Person.created_at, proven]
    return select(*columns).where(_waiting(), Person.phone_index == index)


async def make_code(db: AsyncSession, caller: Caller, person_id: UUID) -> tuple[TakeoverCode, Person, str]:
    """A code for a person without an account; one that was made before ends.

    Raises StaffOnly, PersonNotFound, HasAccount. Emits person.takeover_code_made.
    """
    require_staff(caller)
    person = await require_acting_for(db, caller, person_id, for_update=True)
    if person.account_id is not None:
        raise HasAccount()
    await _end_code(db, person.id, "ended_at")
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    made = TakeoverCode(
        id=new_id(),
        person_id=person.id,
        code_hash=_hash(code),
        made_by=caller.id,
        expires_at=clock.now() + timedelta(days=await rule_value(db, "takeover.code_days")),
    )
    db.add(made)
    await db.flush()
    await outbox.record(db, "person.takeover_code_made", person.id, by=caller, takeover_code_id=made.id)
    return made, person, f"{code[:5]}-{code[5:]}"


async def take_over(
    db: AsyncSession, sessions: async_sessionmaker[AsyncSession], caller: Caller, given: TakeoverCreate
) -> Person:
    """Make the caller's account that of a record. Seats, businesses and consents hang on it and stay as they are.

    Raises PeopleOnly, AccountNotFound, Invalid (`nothing_to_prove_it`, `code_alone`), AlreadyRegistered,
    TakeoverPaused, RecordNotFound, RecordTaken. Emits person.taken_over.
    """
    if faults := _faults(given):
        raise Invalid(errors=faults)
    phone = _phone_of(await _own_account(db, caller))
    if await db.scalar(select(Person.id).where(Person.account_id == caller.id)) is not None:
        raise AlreadyRegistered(detail=ASK_TO_MERGE)
    tried = await _count_try(sessions, caller)
    person = await _proven_record(db, given, _index_of(phone))
    if person is None:
        raise RecordNotFound()
    await db.execute(delete(TakeoverTry).where(TakeoverTry.id == tried))
    if person.account_id is not None:
        raise RecordTaken()
    person.account_id = caller.id
    if person.phone_index != _index_of(phone):
        _note_phone(db, caller, person, phone)
    person.version += 1
    with refusing({"uq_people_account_id": AlreadyRegistered(detail=ASK_TO_MERGE)}):
        await db.flush()
    if given.code is not None:
        await _end_code(db, person.id, "used_at", TakeoverCode.code_hash == _hash(given.code))
    await db.refresh(person)
    await outbox.record(db, "person.taken_over", person.id, by=caller, how=_how(given))
    return person


async def _proven_record(db: AsyncSession, given: TakeoverCreate, index: bytes | None) -> Person | None:
    """The record that the proof fits, locked; one that another account took meanwhile too, so that the loser learns it.

    Looked for twice: what was waited for may have changed what the proof rests on.
    """
    fits = _fits(given, index)
    person_id = await db.scalar(select(Person.id).where(fits))
    if person_id is None:
        return None
    locked = select(Person).where(Person.id == person_id).with_for_update()
    person = (await db.scalars(locked.execution_options(populate_existing=True))).one()
    if person.account_id is None and await db.scalar(select(Person.id).where(fits)) is None:
        return None
    return person


def _fits(given: TakeoverCreate, index: bytes | None) -> ColumnElement[bool]:
    """The condition on `people` that somebody's proof is that of a record."""
    if given.code is not None:
        holds = select(TakeoverCode.person_id).where(
            TakeoverCode.code_hash == _hash(given.code),
            TakeoverCode.ended_at.is_(None),
            TakeoverCode.expires_at > clock.now(),
        )
        proven: ColumnElement[bool] = Person.id.in_(holds)
    elif given.nik is not None:
        proven = Person.nik_index == identifiers.blind(identifiers.NIK, given.nik)
    else:
        proven = _phone_is_proven(index)
    whose = true() if given.code is not None else (Person.id == given.record_id) & (Person.phone_index == index)
    return whose & proven & Person.erased_at.is_(None) & Person.merged_into.is_(None)


async def _count_try(sessions: async_sessionmaker[AsyncSession], caller: Caller) -> UUID:
    """Count a try as wrong until it proves right. Raises TakeoverPaused."""
    tried = TakeoverTry(id=new_id(), account_id=caller.id, created_at=clock.now())
    async with unit_of_work(sessions) as db:
        await db.execute(select(Account.id).where(Account.id == caller.id).with_for_update(key_share=True))
        of_day = TakeoverTry.account_id == caller.id, TakeoverTry.created_at > clock.now() - PAUSE
        wrong = (await db.scalars(select(TakeoverTry.created_at).where(*of_day).order_by(TakeoverTry.created_at))).all()
        if len(wrong) >= WRONG_TRIES:
            left = wrong[-WRONG_TRIES] + PAUSE - clock.now()
            raise TakeoverPaused(headers={"Retry-After": str(max(math.ceil(left.total_seconds()), 1))})
        db.add(tried)
    return tried.id


async def _own_account(db: AsyncSession, caller: Caller) -> Account:
    if not caller.is_person:
        raise PeopleOnly()
    return await account_of(db, caller)


def _phone_of(account: Account) -> str:
    return vault().open(ACCOUNT_CONTEXT, account.phone_sealed) if account.phone_sealed else ""


def _index_of(phone: str) -> bytes | None:
    return identifiers.blind(identifiers.PHONE, phone)


def _waiting() -> ColumnElement[bool]:
    return Person.account_id.is_(None) & Person.erased_at.is_(None) & Person.merged_into.is_(None)


def _phone_is_proven(index: bytes | None) -> ColumnElement[bool]:
    """The condition that a code to this phone stands behind a record."""
    made, changed = aliased(Registration), aliased(PhoneChange)
    by_code = ProofKind.own_code
    return or_(
        exists().where(made.person_id == Person.id, made.proof == by_code, made.phone_index == index),
        exists().where(
            changed.person_id == Person.id,
            changed.proof == by_code,
            changed.phone_index == index,
            changed.done_at.is_not(None),
        ),
    )


def _note_phone(db: AsyncSession, caller: Caller, person: Person, phone: str) -> None:
    """The number that the person signs in by is theirs from now on."""
    person.phone_sealed, person.phone_index = identifiers.seal(identifiers.PHONE, phone), _index_of(phone)
    db.add(
        PhoneChange(
            id=new_id(),
            account_id=caller.id,
            person_id=person.id,
            phone_index=person.phone_index,
            proof=ProofKind.own_code,
            changed_by=caller.id,
            done_at=clock.now(),
        )
    )


async def _end_code(db: AsyncSession, person_id: UUID, column: str, *conditions: ColumnElement[bool]) -> None:
    """Mark the living code of a person as used (`used_at`), or as replaced (`ended_at`)."""
    living = TakeoverCode.person_id == person_id, TakeoverCode.used_at.is_(None), TakeoverCode.ended_at.is_(None)
    ended = update(TakeoverCode).where(*living, *conditions).values({column: clock.now()}).returning(TakeoverCode.id)
    ids = await db.scalars(ended.execution_options(synchronize_session=False))
    audit.record(db, audit.Action.changed, "takeover_codes", ids, about=[person_id], after={column: "now"})


def _how(given: TakeoverCreate) -> str:
    return "code" if given.code else "nik" if given.nik else "phone"


def _hash(code: str) -> bytes:
    return vault().blind(CODE, code)


def _faults(given: TakeoverCreate) -> list[Fault]:
    if given.code is None:
        return [] if given.record_id is not None else [_NOTHING]
    return [_code_alone(name) for name in ("record_id", "nik") if getattr(given, name) is not None]


def _code_alone(name: str) -> Fault:
    return fault(
        f"#/{name}", "code_alone", id="Kode cukup sendiri; kosongkan isian ini", en="The code suffices; leave this out"
    )


_NOTHING = fault(
    "#",
    "nothing_to_prove_it",
    id="Sertakan record_id dari /v1/me/records, atau code dari PLUT",
    en="Give `record_id` from /v1/me/records, or a `code` from PLUT",
)
