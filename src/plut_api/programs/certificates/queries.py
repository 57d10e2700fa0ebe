"""Reads of certificates."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, column, exists, func, select, table
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit.caller import Caller
from plut_api.kit.papers import as_kept
from plut_api.programs.access import enrolments_visible_to, require_enrolment
from plut_api.programs.certificates.models import Certificate
from plut_api.programs.certificates.problems import CertificateNotFound
from plut_api.programs.models import Enrolment, Program

_COLUMNS = (
    *("code", "number", "issued_at", "person_name", "program_title", "organizers", "starts_on", "ends_on"),
    *("completed_on", "sessions_held", "sessions_attended", "minutes", "revoked_at", "revoke_reason"),
)
_VERIFIABLE = table("verifiable_certificates", *(column(name) for name in _COLUMNS))


async def verifiable(db: AsyncSession, code: str) -> Any:
    """What anybody may know of a certificate, whoever asks. Raises CertificateNotFound."""
    row = (await db.execute(select(_VERIFIABLE).where(_VERIFIABLE.c.code == as_kept(code)))).one_or_none()
    if row is None:
        raise CertificateNotFound()
    return row


async def require_certificate(
    db: AsyncSession, caller: Caller, code: str, *, for_update: bool = False
) -> tuple[Certificate, Enrolment, Program]:
    """A certificate of an enrolment within the caller's rows, with both. Raises CertificateNotFound."""
    query = (
        select(Certificate, Enrolment, Program)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .join(Program, Program.id == Enrolment.program_id)
        .where(Certificate.code == as_kept(code), enrolments_visible_to(caller))
        .execution_options(populate_existing=True)
    )
    if for_update:
        query = query.with_for_update(of=Certificate)
    found = (await db.execute(query)).one_or_none()
    if found is None:
        raise CertificateNotFound()
    certificate, enrolment, program = found
    return certificate, enrolment, program


async def newest_of(db: AsyncSession, caller: Caller, enrolment_id: UUID) -> tuple[Certificate, Enrolment]:
    """The newest certificate of an enrolment, and the enrolment. Raises EnrolmentNotFound, CertificateNotFound."""
    enrolment = await require_enrolment(db, caller, enrolment_id)
    query = select(Certificate).where(Certificate.enrolment_id == enrolment.id).order_by(Certificate.id.desc()).limit(1)
    certificate = await db.scalar(query)
    if certificate is None:
        raise CertificateNotFound()
    return certificate, enrolment


def valid_one(enrolment_id: Any = Enrolment.id) -> ColumnElement[bool]:
    """The condition that a certificate of an enrolment holds."""
    return exists().where(Certificate.enrolment_id == enrolment_id, Certificate.revoked_at.is_(None))


async def has_valid_one(db: AsyncSession, enrolment_id: UUID) -> bool:
    """Whether a certificate of an enrolment holds."""
    query = select(func.count()).where(Certificate.enrolment_id == enrolment_id, Certificate.revoked_at.is_(None))
    return bool(await db.scalar(query))
