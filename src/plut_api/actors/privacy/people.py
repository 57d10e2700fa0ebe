"""What is held of how a person was registered, who acts for them, their segments and phones; and what becomes of it."""

from typing import Any

from sqlalchemy import delete, or_
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.models import Guardianship, PersonSegment, PhoneChange, Registration, TakeoverCode
from plut_api.kit import audit
from plut_api.kit.caller import Caller
from plut_api.kit.i18n import Text
from plut_api.kit.privacy import Erased, Row, Subject, erasing, holds_nothing_to_tell, personal_data, rows_of

holds_nothing_to_tell("takeover_codes", "hashes of codes that only the person was given")
holds_nothing_to_tell("takeover_tries", "when a try was wrong, gone within days")


@personal_data(
    "registration",
    "registrations",
    about=Text(
        id="Siapa yang mendaftarkan Anda dan apa dasarnya, bila bukan Anda sendiri.",
        en="That somebody registered you, and by what proof, if you did not do so yourself.",
    ),
)
async def held_registration(db: AsyncSession, subject: Subject) -> list[Row]:
    """How the person was registered by somebody else."""
    return await rows_of(db, Registration, Registration.person_id == subject.person_id, subject)


@personal_data(
    "guardians",
    "guardianships",
    about=Text(id="Perwalian: siapa wali Anda, atau Anda wali siapa.", en="Guardians: of you, or you of others."),
)
async def held_guardianships(db: AsyncSession, subject: Subject) -> list[Row]:
    """Guardianships on either side; of the other one nothing but that there is somebody."""
    mine = or_(Guardianship.ward_id == subject.person_id, Guardianship.guardian_id == subject.person_id)
    rows = await rows_of(db, Guardianship, mine, subject)
    for row in rows:
        for side in ("ward_id", "guardian_id"):
            row[side.removesuffix("_id")] = "self" if row.pop(side) == str(subject.person_id) else "other"
    return rows


@personal_data(
    "segments",
    "person_segments",
    about=Text(
        id="Kelompok sasaran yang dinyatakan, dengan tanggal dan sumbernya.",
        en="The segments that were declared, with their dates and source.",
    ),
)
async def held_segments(db: AsyncSession, subject: Subject) -> list[Row]:
    """Declared segments, past ones too."""
    return await rows_of(db, PersonSegment, PersonSegment.person_id == subject.person_id, subject)


@personal_data(
    "phone_changes",
    "phone_changes",
    about=Text(id="Kapan nomor ponsel Anda diganti.", en="When your phone number was changed."),
)
async def held_phone_changes(db: AsyncSession, subject: Subject) -> list[Row]:
    """Changes of the person's phone, one that waits for its code too."""
    return await rows_of(db, PhoneChange, _of(subject), subject)


@erasing(order=44)
async def forget_beside(db: AsyncSession, caller: Caller, subject: Subject) -> Erased:
    """Remove what hangs on the person's row: proofs, phones, codes, segments, guardians."""
    either = or_(Guardianship.ward_id == subject.person_id, Guardianship.guardian_id == subject.person_id)
    of_person = {
        Registration: Registration.person_id == subject.person_id,
        TakeoverCode: TakeoverCode.person_id == subject.person_id,
        PersonSegment: PersonSegment.person_id == subject.person_id,
        Guardianship: either,
    }
    gone = await _remove(db, delete(PhoneChange).where(_of(subject)))
    if subject.person_id is not None:
        for model, condition in of_person.items():
            gone += await _remove(db, delete(model).where(condition))
    return Erased("registration", deleted=gone)


def _of(subject: Subject) -> Any:
    own = PhoneChange.account_id == subject.account_id
    return own if subject.person_id is None else or_(own, PhoneChange.person_id == subject.person_id)


async def _remove(db: AsyncSession, statement: Any) -> int:
    ids = (
        await db.scalars(statement.returning(statement.table.c.id).execution_options(synchronize_session=False))
    ).all()
    audit.record(db, audit.Action.deleted, statement.table.name, ids, after={"erased": True})
    return len(ids)
