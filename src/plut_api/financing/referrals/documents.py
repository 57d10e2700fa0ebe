"""Documents inside a referral: asked for by the bank, supplied by the applicant, read by both while it stands open."""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.models import DocumentRequest, Referral, ReferralDocument, ReferralState
from plut_api.financing.referrals.access import get_referral, referrals_visible_to
from plut_api.financing.referrals.moving import tell
from plut_api.financing.referrals.problems import DocumentAlreadySupplied, DocumentsNotTaken, RequestedDocumentsMissing
from plut_api.financing.referrals.states import OPEN_TO_BANK
from plut_api.financing.schemas.referral_documents import ReferralDocumentCreate
from plut_api.financing.schemas.referrals import ReferralMove
from plut_api.kit import clock
from plut_api.kit.caller import Caller
from plut_api.kit.database import refusing
from plut_api.kit.files import readable_through, require_file
from plut_api.kit.privacy import Subject
from plut_api.kit.problems import Fault, Invalid, fault

TAKES_DOCUMENTS = frozenset({ReferralState.draft, ReferralState.info_requested})


def _of_subject(subject: Subject) -> ColumnElement[bool]:
    return ReferralDocument.referral_id.in_(select(Referral.id).where(Referral.actor_id.in_(subject.sole_actor_ids)))


@readable_through(ReferralDocument.file_id, of_subject=_of_subject)
def files_of_reached_referrals(caller: Caller) -> ColumnElement[bool]:
    """Whoever may read a referral may read its files; a bank as long as it may use them."""
    return ReferralDocument.referral_id.in_(select(Referral.id).where(_open_to(caller)))


def documents_of(caller: Caller, referral: Referral) -> Select[ReferralDocument]:
    """The documents of a referral within the caller's rows; none for a bank where it ended without financing."""
    query = select(ReferralDocument).join(Referral, Referral.id == ReferralDocument.referral_id)
    return query.where(Referral.id == referral.id, _open_to(caller))


def requests_of(referral: Referral) -> Select[DocumentRequest]:
    """What the bank asked for with a referral."""
    return select(DocumentRequest).where(DocumentRequest.referral_id == referral.id)


async def ask(db: AsyncSession, caller: Caller, referral: Referral, given: ReferralMove) -> None:
    """Write down what a bank asks for."""
    db.add_all(
        DocumentRequest(
            referral_id=referral.id,
            kind=asked.kind.value,
            words=asked.words,
            due_on=given.due_on,
            asked_by=caller.id,
        )
        for asked in given.documents or []
    )
    await db.flush()


async def answer(db: AsyncSession, referral: Referral, note: str | None) -> None:
    """Say of everything asked that it is there, or why not. Raises RequestedDocumentsMissing."""
    supplied = exists().where(ReferralDocument.request_id == DocumentRequest.id)
    unanswered = (DocumentRequest.referral_id == referral.id) & DocumentRequest.answered_at.is_(None)
    if note is None:
        missing = (await db.scalars(select(DocumentRequest.id).where(unanswered, ~supplied))).all()
        if missing:
            raise RequestedDocumentsMissing(extra={"missing": sorted(str(id_) for id_ in missing)})
    requests = (await db.scalars(select(DocumentRequest).where(unanswered))).all()
    for request in requests:
        request.answered_at = clock.now()


async def supply(
    db: AsyncSession, caller: Caller, referral_id: UUID, given: ReferralDocumentCreate
) -> ReferralDocument:
    """Add a file that the caller uploaded to a draft, or to what the bank asked for.

    Raises ReferralNotFound, DocumentsNotTaken, DocumentAlreadySupplied, Invalid (`request_unknown`, `missing`,
    `not_part_of_request`, `file_unknown`). Emits referral.document_supplied.
    """
    referral = await get_referral(db, caller, referral_id, for_update=True)
    if referral.state not in TAKES_DOCUMENTS:
        raise DocumentsNotTaken(extra={"state": referral.state.value})
    kind, faults = await _kind_of(db, referral, given)
    try:
        file = await require_file(db, caller, given.file_id)
    except Invalid as refused:
        raise Invalid(errors=[*faults, *refused.errors]) from None
    if faults:
        raise Invalid(errors=faults)
    document = ReferralDocument(
        referral_id=referral.id, request_id=given.request_id, kind=kind, file_id=file.id, supplied_by=caller.id
    )
    with refusing({"uq_referral_documents_referral_id_file_id": DocumentAlreadySupplied()}):
        db.add(document)
        await db.flush()
    await db.refresh(document)
    await tell(db, "referral.document_supplied", referral, caller)
    return document


async def _kind_of(db: AsyncSession, referral: Referral, given: ReferralDocumentCreate) -> tuple[str, list[Fault]]:
    """The kind of a document: of its request, or as it is said to be."""
    if given.request_id is None:
        return (given.kind.value, []) if given.kind is not None else ("", [_KIND_MISSING])
    request = await db.scalar(requests_of(referral).where(DocumentRequest.id == given.request_id))
    if request is None:
        return "", [_REQUEST_UNKNOWN]
    return request.kind, [_KIND_OF_REQUEST] if given.kind not in (None, request.kind) else []


def _open_to(caller: Caller) -> ColumnElement[bool]:
    visible = referrals_visible_to(caller)
    return visible & Referral.state.in_(OPEN_TO_BANK) if caller.is_bank else visible


_KIND_MISSING = fault(
    "#/kind", "missing", id="Sebutkan jenis dokumen, atau permintaannya", en="Give its kind, or the request it answers"
)
_KIND_OF_REQUEST = fault(
    "#/kind", "not_part_of_request", id="Bank meminta jenis lain", en="The bank asked for another kind"
)
_REQUEST_UNKNOWN = fault(
    "#/request_id",
    "request_unknown",
    id="Tidak ada permintaan ini pada rujukan tersebut",
    en="The referral has no such request",
)
