"""Recording and ending guardians (UU 27/2022 art. 25-26).

Whoever records one locks both people first, in order of id, so that two who record at once queue.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from plut_api.actors.access import people_served_by, require_acting_for, require_staff
from plut_api.actors.minors import is_minor, lives
from plut_api.actors.models import Guardianship, Person
from plut_api.actors.people_problems import GuardianAlready, GuardianshipEnded, GuardianshipNotFound, NotAMinor
from plut_api.actors.schemas.guardians import GuardianCreate
from plut_api.actors.service.proofs import PAPER_KINDS
from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller
from plut_api.kit.database import refusing
from plut_api.kit.files import require_file
from plut_api.kit.ids import new_id
from plut_api.kit.problems import Fault, Invalid, fault

_TAKEN = {"uq_guardianships_one_active": GuardianAlready()}


async def record_guardian(db: AsyncSession, caller: Caller, ward_id: UUID, given: GuardianCreate) -> Guardianship:
    """Note who acts for a minor; PLUT's staff may.

    Raises StaffOnly, PersonNotFound, NotAMinor, GuardianAlready, Invalid (`guardian_is_oneself`, `guardian_unknown`,
    `guardian_not_of_age`, `guardian_circle`, `file_unknown`, `file_kind`). Emits guardian.recorded.
    """
    require_staff(caller)
    await _lock(db, ward_id, given.guardian_id)
    ward = await require_acting_for(db, caller, ward_id)
    if await db.scalar(select(Person.id).where(Person.id == ward.id, is_minor(clock.today()))) is None:
        raise NotAMinor()
    if faults := await guardian_faults(db, caller, given, "#", ward_id=ward.id):
        raise Invalid(errors=faults)
    return await keep_guardian(db, caller, ward.id, given, "#")


async def guardian_faults(
    db: AsyncSession, caller: Caller, given: GuardianCreate, pointer: str, *, ward_id: UUID | None = None
) -> list[Fault]:
    """Why somebody cannot be the guardian: not known to the caller, the ward, not of age, or in the ward's own care."""
    at = f"{pointer}/guardian_id"
    if given.guardian_id == ward_id:
        return [_oneself(at)]
    is_known = Person.id == given.guardian_id, people_served_by(caller)
    of_age = (Person.birth_date.is_not(None) & ~is_minor(clock.today())).label("of_age")
    row = (await db.execute(select(Person.id, of_age).where(*is_known))).one_or_none()
    if row is None:
        return [_unknown(at)]
    if not row.of_age:
        return [_not_of_age(at)]
    return [_circle(at)] if ward_id is not None and await _is_in_care_of(db, given.guardian_id, ward_id) else []


async def keep_guardian(
    db: AsyncSession, caller: Caller, ward_id: UUID, given: GuardianCreate, pointer: str
) -> Guardianship:
    """Store a guardian without faults. Raises GuardianAlready, Invalid (of the file). Emits guardian.recorded."""
    if given.proof_file_id is not None:
        await require_file(db, caller, given.proof_file_id, kinds=PAPER_KINDS, pointer=f"{pointer}/proof_file_id")
    kept = Guardianship(
        id=new_id(),
        ward_id=ward_id,
        guardian_id=given.guardian_id,
        relation=given.relation,
        since=given.since or clock.today(),
        recorded_by=caller.id,
        proof_file_id=given.proof_file_id,
    )
    with refusing(_TAKEN):
        db.add(kept)
        await db.flush()
    await _tell(db, caller, "guardian.recorded", kept)
    return kept


async def end_guardianship(db: AsyncSession, caller: Caller, ward_id: UUID, guardianship_id: UUID) -> Guardianship:
    """End a guardianship; from the very next request the guardian no longer acts for the ward.

    Raises StaffOnly, PersonNotFound, GuardianshipNotFound, GuardianshipEnded. Emits guardian.ended.
    """
    require_staff(caller)
    ward = await require_acting_for(db, caller, ward_id)
    query = select(Guardianship).where(Guardianship.id == guardianship_id, Guardianship.ward_id == ward.id)
    kept = await db.scalar(query.with_for_update())
    if kept is None:
        raise GuardianshipNotFound()
    if kept.until is not None:
        raise GuardianshipEnded()
    kept.until, kept.ended_by = max(clock.today(), kept.since), caller.id
    kept.version += 1
    await db.flush()
    await _tell(db, caller, "guardian.ended", kept)
    return kept


def guardians_of(ward_id: UUID) -> Select[Any]:
    """Every guardian that a person has or had, with the name and whether they act today, as flat rows."""
    guardian, ward, today = aliased(Person), aliased(Person), clock.today()
    names = ("id", "ward_id", "guardian_id", "relation", "since", "until", "proof_file_id")
    columns = (getattr(Guardianship, name) for name in names)
    acting = (lives(today) & is_minor(today, ward)).label("acts")
    query = select(*columns, guardian.full_name.label("guardian_name"), acting)
    joined = query.join(guardian, guardian.id == Guardianship.guardian_id).join(ward, ward.id == Guardianship.ward_id)
    return joined.where(Guardianship.ward_id == ward_id)


async def _lock(db: AsyncSession, *people: UUID) -> None:
    await db.execute(select(Person.id).where(Person.id.in_(people)).order_by(Person.id).with_for_update(key_share=True))


async def _is_in_care_of(db: AsyncSession, person_id: UUID, other_id: UUID) -> bool:
    """Whether the guardian of somebody, or that one's guardian and so on, is the other. Ages change by correction."""
    care = select(Guardianship.guardian_id).where(Guardianship.ward_id == person_id, Guardianship.until.is_(None))
    above = care.cte("above", recursive=True)
    beyond = select(Guardianship.guardian_id).join(above, Guardianship.ward_id == above.c.guardian_id)
    above = above.union(beyond.where(Guardianship.until.is_(None)))
    return await db.scalar(select(above.c.guardian_id).where(above.c.guardian_id == other_id)) is not None


async def _tell(db: AsyncSession, caller: Caller, event: str, kept: Guardianship) -> None:
    await outbox.record(db, event, kept.ward_id, by=caller, guardianship_id=kept.id, guardian_id=kept.guardian_id)


def _oneself(pointer: str) -> Fault:
    return fault(
        pointer, "guardian_is_oneself", id="Seseorang bukan walinya sendiri", en="Nobody is their own guardian"
    )


def _unknown(pointer: str) -> Fault:
    return fault(
        pointer,
        "guardian_unknown",
        id="Wali belum terdaftar, atau bukan orang yang Anda dampingi",
        en="The guardian is not registered, or is nobody whom you serve",
    )


def _not_of_age(pointer: str) -> Fault:
    return fault(
        pointer,
        "guardian_not_of_age",
        id="Wali harus sudah dewasa menurut tanggal lahir yang tercatat",
        en="The guardian must be of age by the birth date on file",
    )


def _circle(pointer: str) -> Fault:
    return fault(
        pointer,
        "guardian_circle",
        id="Orang ini sendiri tercatat dalam perwalian anak tersebut",
        en="This person is on record in the care of the ward",
    )
