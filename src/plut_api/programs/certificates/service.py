"""Revoking certificates, and issuing them again."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller
from plut_api.programs.access import require_hand
from plut_api.programs.certificates.issuing import issue
from plut_api.programs.certificates.models import Certificate, RevokeReason
from plut_api.programs.certificates.problems import CertificateNotFound, CertificateReplaced, CertificateRevoked
from plut_api.programs.certificates.queries import has_valid_one, require_certificate
from plut_api.programs.models import Enrolment, EnrolmentState
from plut_api.programs.problems import EnrolmentNotOpen


async def revoke(
    db: AsyncSession, caller: Caller, code: str, reason: RevokeReason, note: str | None = None
) -> Certificate:
    """Take back a certificate, once: by the organizer or the Dinas. That its holder completed stays noted.

    Raises CertificateNotFound, OrganizerOnly, CertificateRevoked. Emits certificate.revoked.
    """
    certificate, enrolment, program = await require_certificate(db, caller, code, for_update=True)
    require_hand(caller, program)
    if certificate.revoked_at is not None:
        raise CertificateRevoked()
    await _revoke(db, caller, certificate, enrolment, reason, note)
    return certificate


async def reissue(db: AsyncSession, caller: Caller, code: str) -> Certificate:
    """Issue a new certificate in the place of one, with what is known by now; the old one is revoked if it holds.

    Raises CertificateNotFound, OrganizerOnly, CertificateReplaced (another one holds), EnrolmentNotOpen (nothing was
    completed). Emits certificate.issued, and certificate.revoked.
    """
    certificate, enrolment, program = await require_certificate(db, caller, code, for_update=True)
    require_hand(caller, program)
    if enrolment.state is not EnrolmentState.completed:
        raise EnrolmentNotOpen()
    if certificate.revoked_at is None:
        await _revoke(db, caller, certificate, enrolment, RevokeReason.replaced, None)
    elif await has_valid_one(db, enrolment.id):
        raise CertificateReplaced()
    issued: list[UUID] = await issue(db, caller, Enrolment.id == enrolment.id, replaces=certificate)
    return await db.get_one(Certificate, issued[0])


async def _revoke(
    db: AsyncSession,
    caller: Caller,
    certificate: Certificate,
    enrolment: Enrolment,
    reason: RevokeReason,
    note: str | None,
) -> None:
    certificate.revoked_at, certificate.revoked_by = clock.now(), caller.id
    certificate.revoke_reason, certificate.revoke_note = reason, note
    certificate.version += 1
    await db.flush()
    await db.refresh(certificate)
    facts = {
        "enrolment_id": enrolment.id,
        "program_id": enrolment.program_id,
        "person_id": enrolment.person_id,
        "actor_id": enrolment.actor_id,
        "reason": reason.value,
    }
    await outbox.record(db, "certificate.revoked", certificate.id, by=caller, **facts)


def require_printable(certificate: Certificate) -> None:
    """Let those be printed that hold and name somebody. Raises CertificateRevoked, CertificateNotFound."""
    if certificate.revoked_at is not None:
        raise CertificateRevoked()
    if certificate.person_name is None:
        raise CertificateNotFound()
