"""What certificates tell of a business: that one was issued to who took part for it, that one was revoked."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select

from plut_api.kit.i18n import Text
from plut_api.kit.timeline import Business, Telling, entry, tells
from plut_api.programs.certificates.models import Certificate
from plut_api.programs.models import Enrolment

_OF_SEAT = "/v1/enrolments/{enrolment_id}/certificate"


@tells(
    "certificates",
    kinds={
        "certificate.issued": Telling(
            _OF_SEAT, Text(id="{who} menerima sertifikat {title}.", en="{who} received a certificate of {title}.")
        ),
        "certificate.revoked": Telling(
            _OF_SEAT,
            Text(id="Sertifikat {who} dicabut: {title}.", en="The certificate of {who} was revoked: {title}."),
        ),
    },
)
def certificates(actor_id: Business) -> Iterator[Select[Any]]:
    """Certificates of seats for this business."""
    about = {
        "person": Enrolment.person_id,
        "title": Certificate.program_title,
        "enrolment_id": Certificate.enrolment_id,
    }
    issued = entry("certificate.issued", Certificate.id, Certificate.issued_at, by=Certificate.issued_by, **about)
    revoked = entry("certificate.revoked", Certificate.id, Certificate.revoked_at, by=Certificate.revoked_by, **about)
    for query in (issued, revoked.where(Certificate.revoked_at.is_not(None))):
        yield query.join_from(Certificate, Enrolment, Enrolment.id == Certificate.enrolment_id).where(
            Enrolment.actor_id == actor_id
        )
