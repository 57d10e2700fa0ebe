"""HTTP of dossiers."""

from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response

from plut_api.actors.service.disclosures import FINANCING, note_shown
from plut_api.financing.dossiers import service
from plut_api.financing.dossiers.printing import address_of, as_pdf
from plut_api.financing.dossiers.problems import DossierClosed, DossierNotFound
from plut_api.financing.dossiers.schemas import DossierChange, DossierCheck, DossierPath, DossierRead
from plut_api.financing.dossiers.service import Opened
from plut_api.financing.problems import ReferralNotFound
from plut_api.financing.referrals.access import get_referral
from plut_api.financing.router.readiness import FinancingRead
from plut_api.kit import audit
from plut_api.kit.contract import documented
from plut_api.kit.database import Database
from plut_api.kit.papers import PDF, as_kept
from plut_api.kit.problems import NotAcceptable
from plut_api.kit.representations import representation
from plut_api.kit.web import Router, cacheable
from plut_api.kit.wire import PathId

router = Router(tag="financing")

JSON = "application/json"
SHOWN = (
    *("business_name", "owner_name", "village", "business_activity", "size_class", "yearly_figures"),
    *("training_outcomes", "readiness_gates", "referral_amount", "referral_purpose"),
)
"""What a bank learns by a dossier, as the categories of a consent name it, besides the request itself."""
_FILE = {PDF: {"schema": {"type": "string", "format": "binary", "maxLength": 10_485_760}}}
_ALSO_PRINTED: dict[int | str, dict[str, Any]] = {200: {"content": _FILE}}
Accept = Annotated[str, Header(include_in_schema=False)]


@router.get(
    "/v1/financing/referrals/{referral_id}/dossier",
    response_model=DossierRead,
    responses=_ALSO_PRINTED | documented(ReferralNotFound, DossierNotFound, DossierClosed, NotAcceptable),
    summary="Read the dossier of a referral",
)
async def get_referral_dossier(
    referral_id: PathId, db: Database, caller: FinancingRead, request: Request, accept: Accept = "*/*"
) -> Any:
    """What the bank was given with a referral, frozen as it was submitted; as PDF if asked for.

    It holds what the owner's consent to this bank named, each item with who verified it and when, and fingerprints of
    the files that prove it: from training over outcomes and their evidence to the gates of readiness. No score is in
    it, no NIK and no NPWP. `changes` tells what is otherwise by now; the PDF shows the dossier as it was sent.

    For the bank it is closed once the referral ended without financing (POJK 6/2022 art. 11d, as reported).
    """
    wanted = representation(accept, (JSON, PDF))
    referral = await get_referral(db, caller, referral_id)
    opened = await service.read(db, referral, for_bank=caller.is_bank)
    await note_shown(db, caller, SHOWN, purpose=FINANCING, actors=[referral.actor_id])
    if not caller.is_person:
        audit.record(db, audit.Action.read, "dossiers", [opened.row.id], about=[referral.actor_id])
    public_url = request.app.state.settings.public_url
    if wanted == PDF:
        return _printed(await as_pdf(opened, public_url), opened)
    return _shape(opened, public_url)


@router.get(
    "/v1/dossiers/{code}",
    dependencies=[Depends(cacheable(60))],
    responses=documented(DossierNotFound),
    summary="Check a dossier",
)
async def check_dossier(code: DossierPath, db: Database) -> DossierCheck:
    """Whether a dossier is genuine: when it was frozen, for which bank, and the fingerprint of what it held.

    For anybody who holds one, by the code or QR on it. The name of the business is masked. A dossier is genuine if it
    shows the same fingerprint.
    """
    return DossierCheck.model_validate(await service.verifiable(db, as_kept(code)))


def _shape(opened: Opened, public_url: str) -> DossierRead:
    row = opened.row
    return DossierRead(
        id=row.id,
        referral_id=row.referral_id,
        code=row.code,
        frozen_at=row.frozen_at,
        content_sha256=row.content_sha256.hex(),
        address=address_of(row.code, public_url),
        content=opened.content,
        compared_at=row.compared_at,
        changes=[DossierChange.model_validate(change) for change in opened.changes],
    )


def _printed(printed: bytes, opened: Opened) -> Response:
    name = f"berkas-rujukan-{opened.row.code}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-store"}
    return Response(printed, media_type=PDF, headers=headers | {"X-DossierContent-Type-Options": "nosniff"})
