"""HTTP of certificates: anybody verifies, who reaches the enrolment reads and prints, the organizer revokes."""

from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.masking import view_of
from plut_api.actors.service.disclosures import TRAINING, note_shown
from plut_api.kit import audit
from plut_api.kit.caller import Caller
from plut_api.kit.contract import documented, etagged
from plut_api.kit.database import Database
from plut_api.kit.etags import put_etag
from plut_api.kit.papers import PDF
from plut_api.kit.problems import NotAcceptable
from plut_api.kit.representations import representation
from plut_api.kit.web import Router, cacheable
from plut_api.kit.wire import PathId
from plut_api.programs.certificates import service
from plut_api.programs.certificates.models import Certificate
from plut_api.programs.certificates.printing import as_pdf
from plut_api.programs.certificates.problems import CertificateNotFound, CertificateReplaced, CertificateRevoked
from plut_api.programs.certificates.queries import newest_of, require_certificate, verifiable
from plut_api.programs.certificates.schemas import CertificateRead, CodePath, Revocation, Verification
from plut_api.programs.certificates.shapes import certificate_shape, verification
from plut_api.programs.models import Enrolment
from plut_api.programs.problems import EnrolmentNotFound, EnrolmentNotOpen, OrganizerOnly
from plut_api.programs.router.programs import ProgramsRead, ProgramsWrite

router = Router(tag="programs")

JSON = "application/json"
_FILE = {PDF: {"schema": {"type": "string", "format": "binary", "maxLength": 10_485_760}}}
_PRINTED: dict[int | str, dict[str, Any]] = {200: {"description": "The certificate, as PDF.", "content": _FILE}}
_ALSO_PRINTED: dict[int | str, dict[str, Any]] = {200: {"content": _FILE}}
Accept = Annotated[str, Header(include_in_schema=False)]


@router.get(
    "/v1/certificates/{code}",
    dependencies=[Depends(cacheable(60))],
    responses=documented(CertificateNotFound),
    summary="Verify a certificate",
)
async def verify_certificate(code: CodePath, db: Database, request: Request) -> Verification:
    """Whether a certificate is genuine, and what it tells. For anybody, by the code or QR on it; the name is masked."""
    return verification(await verifiable(db, code), request.state.locale)


@router.get(
    "/v1/certificates/{code}/pdf",
    response_class=Response,
    response_model=None,
    responses=_PRINTED | documented(CertificateNotFound, CertificateRevoked),
    summary="Print a certificate",
)
async def get_certificate_pdf(code: CodePath, db: Database, caller: ProgramsRead, request: Request) -> Response:
    """The certificate to print, for its holder, the organizer and PLUT's staff. One that was revoked is not printed."""
    certificate, enrolment, _ = await require_certificate(db, caller, code)
    return await _printed(db, caller, request, certificate, enrolment)


@router.get(
    "/v1/enrolments/{enrolment_id}/certificate",
    response_model=CertificateRead,
    responses=_ALSO_PRINTED | documented(EnrolmentNotFound, CertificateNotFound, CertificateRevoked, NotAcceptable),
    summary="Read the certificate of an enrolment",
)
async def get_enrolment_certificate(
    enrolment_id: PathId, db: Database, caller: ProgramsRead, request: Request, accept: Accept = "*/*"
) -> Any:
    """The newest certificate of an enrolment, for its holder, the organizer and PLUT's staff; as PDF if asked for."""
    wanted = representation(accept, (JSON, PDF))
    certificate, enrolment = await newest_of(db, caller, enrolment_id)
    if wanted == PDF:
        return await _printed(db, caller, request, certificate, enrolment)
    return await _shown(db, caller, request, certificate, enrolment)


@router.post(
    "/v1/certificates/{code}/revoke",
    responses=etagged() | documented(CertificateNotFound, OrganizerOnly, CertificateRevoked),
    summary="Revoke a certificate",
)
async def revoke_certificate(
    code: CodePath, body: Revocation, db: Database, caller: ProgramsWrite, request: Request, response: Response
) -> CertificateRead:
    """Take a certificate back, with the reason. Its organizer may, and the Dinas; the holder is told.

    That the holder completed the programme stays noted, until it is corrected.
    """
    certificate = await service.revoke(db, caller, code, body.reason, body.note)
    put_etag(response, certificate)
    return certificate_shape(certificate, view_of(caller), request.app.state.settings.public_url)


@router.post(
    "/v1/certificates/{code}/reissue",
    responses=etagged() | documented(CertificateNotFound, OrganizerOnly, CertificateReplaced, EnrolmentNotOpen),
    summary="Issue a certificate again",
)
async def reissue_certificate(
    code: CodePath, db: Database, caller: ProgramsWrite, request: Request, response: Response
) -> CertificateRead:
    """Issue a new certificate in the place of this one, with what is known by now: name, attendance, score.

    It has a number and a code of its own; the one it replaces is revoked. Its organizer may, and the Dinas.
    """
    certificate = await service.reissue(db, caller, code)
    put_etag(response, certificate)
    return certificate_shape(certificate, view_of(caller), request.app.state.settings.public_url)


async def _printed(
    db: AsyncSession, caller: Caller, request: Request, certificate: Certificate, enrolment: Enrolment
) -> Response:
    service.require_printable(certificate)
    await _note_shown(db, caller, enrolment)
    if not caller.is_person:
        audit.record(db, audit.Action.read, "certificates", [certificate.id], about=[enrolment.person_id])
    printed = await as_pdf(certificate, request.app.state.settings.public_url)
    name = certificate.number.replace("/", "-")
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"', "Cache-Control": "no-store"}
    return Response(printed, media_type=PDF, headers=headers | {"X-Content-Type-Options": "nosniff"})


async def _shown(
    db: AsyncSession, caller: Caller, request: Request, certificate: Certificate, enrolment: Enrolment
) -> CertificateRead:
    await _note_shown(db, caller, enrolment)
    return certificate_shape(certificate, view_of(caller), request.app.state.settings.public_url)


async def _note_shown(db: AsyncSession, caller: Caller, enrolment: Enrolment) -> None:
    """Log that an organizer was shown a participant by name."""
    people, actors = [enrolment.person_id], [enrolment.actor_id]
    await note_shown(db, caller, ("person_name", "certificate"), purpose=TRAINING, people=people, actors=actors)
