"""Certificates of a person, and what becomes of them when the person is erased."""

from uuid import UUID

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import audit
from plut_api.kit.caller import Caller
from plut_api.kit.i18n import Text
from plut_api.kit.privacy import Erased, Kept, Row, Subject, erasing, personal_data, rows_of
from plut_api.programs.certificates.models import Certificate
from plut_api.programs.models import Enrolment


@personal_data(
    "certificates",
    "certificates",
    about=Text(id="Sertifikat pelatihan Anda, dengan nama di atasnya.", en="Your certificates, with the name on them."),
)
async def held_certificates(db: AsyncSession, subject: Subject) -> list[Row]:
    """Certificates of the person's enrolments."""
    return await rows_of(db, Certificate, Certificate.enrolment_id.in_(_seats(subject)), subject)


@erasing(order=25)
async def take_names_off(db: AsyncSession, caller: Caller, subject: Subject) -> Erased:
    """Take the name off, and notes of revoking; who has the paper finds that it was genuine, and of nobody."""
    if subject.person_id is None:
        return Erased("certificates")
    statement = update(Certificate).where(Certificate.enrolment_id.in_(_seats(subject)))
    values = {"person_name": None, "revoke_note": None, "updated_at": func.now(), "version": Certificate.version + 1}
    statement = statement.values(values).execution_options(synchronize_session=False)
    emptied = (await db.scalars(statement.returning(Certificate.id))).all()
    audit.record(db, audit.Action.changed, "certificates", emptied, about=[subject.person_id])
    kept = Kept(
        "certificates",
        Text(
            id="Nomor dan program sertifikat tanpa nama, agar pemeriksa tahu sertifikat itu pernah sah.",
            en="Numbers and programmes of certificates without a name, so that who checks one learns it was genuine.",
        ),
        "UU 27/2022 art. 44",
    )
    return Erased("certificates", emptied=len(emptied), kept=[kept] if emptied else [])


def _seats(subject: Subject) -> Select[UUID]:
    return select(Enrolment.id).where(Enrolment.person_id == subject.person_id)
