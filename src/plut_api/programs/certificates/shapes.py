"""Certificates as wire shapes."""

from typing import Any, Literal

from plut_api.actors.masking import View
from plut_api.kit.i18n import Locale, Text
from plut_api.programs.certificates.models import Certificate, RevokeReason
from plut_api.programs.certificates.printing import address_of, hours_of
from plut_api.programs.certificates.schemas import CertificateRead, Told, Verification

WORDS = {
    RevokeReason.wrong_person: Text(id="Terbit untuk orang yang keliru.", en="It was issued to the wrong person."),
    RevokeReason.wrong_details: Text(id="Isinya keliru.", en="What it said was wrong."),
    RevokeReason.not_earned: Text(id="Syarat kelulusan tidak terpenuhi.", en="Its conditions were not fulfilled."),
    RevokeReason.replaced: Text(id="Diganti dengan sertifikat baru.", en="A new certificate replaced it."),
    RevokeReason.other: Text(id="Dicabut oleh penyelenggara.", en="The organizer revoked it."),
}


def verification(row: Any, locale: Locale) -> Verification:
    """What anybody may know of a certificate, in one language."""
    reason = RevokeReason(row.revoke_reason) if row.revoke_reason is not None else None
    return Verification.model_validate(
        _told(row)
        | {
            "person_name": row.person_name,
            "reason": reason,
            "reason_words": WORDS[reason].in_locale(locale) if reason is not None else None,
        }
    )


def certificate_shape(certificate: Certificate, view: View, public_url: str) -> CertificateRead:
    """A certificate for who reaches its enrolment."""
    name = certificate.person_name
    return CertificateRead.model_validate(
        _told(certificate)
        | {
            "id": certificate.id,
            "enrolment_id": certificate.enrolment_id,
            "person_name": view.name(name) if name is not None else None,
            "address": address_of(certificate.code, public_url),
            "replaces_id": certificate.replaces_id,
            "reason": certificate.revoke_reason,
            "note": certificate.revoke_note,
        }
    )


def state_of(row: Any) -> Literal["valid", "revoked", "erased"]:
    """Whether a certificate holds."""
    if row.revoked_at is not None:
        return "revoked"
    return "valid" if row.person_name is not None else "erased"


def _told(row: Any) -> dict[str, Any]:
    alike = set(Told.model_fields) - {"state", "hours"}
    return {name: getattr(row, name) for name in alike} | {"state": state_of(row), "hours": hours_of(row.minutes)}
