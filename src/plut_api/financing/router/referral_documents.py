"""HTTP of documents inside referrals, of their end, and of what is told about the life cycle."""

from typing import Annotated

from fastapi import Depends, Query, Request, Response, Security

from plut_api.actors.service.disclosures import FINANCING, note_shown
from plut_api.financing.models import DocumentRequest, ReferralDocument
from plut_api.financing.problems import ReferralNotFound
from plut_api.financing.referrals import access, documents, ending, timing
from plut_api.financing.referrals.problems import (
    DinasOrBankOnly,
    DocumentAlreadySupplied,
    DocumentsNotTaken,
    NothingToAcknowledge,
)
from plut_api.financing.referrals.shapes import moves_shape, referral_shape
from plut_api.financing.router.readiness import FinancingRead, FinancingWrite
from plut_api.financing.schemas.referral_clocks import ClockList, ClockRead, MoveList
from plut_api.financing.schemas.referral_documents import (
    DocumentRequestPage,
    EndAcknowledgement,
    ReferralDocumentCreate,
    ReferralDocumentPage,
    ReferralDocumentRead,
)
from plut_api.financing.schemas.referrals import ReferralRead
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import documented, etagged
from plut_api.kit.database import Database
from plut_api.kit.etags import put_etag
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router, cacheable
from plut_api.kit.wire import Id, PathId

router = Router(tag="financing")

FinancingDecide = Annotated[Caller, Security(signed_in, scopes=["financing:decide"])]
OfBank = Annotated[Id | None, Query(description="Only of this bank.")]


@router.get("/v1/financing/referrals/{referral_id}/document-requests", responses=documented(ReferralNotFound))
async def list_document_requests(
    referral_id: PathId, db: Database, caller: FinancingRead, paging: PageOf
) -> DocumentRequestPage:
    """List what the bank asked for with a referral, oldest first."""
    referral = await access.get_referral(db, caller, referral_id)
    await note_shown(db, caller, ("referral_documents",), purpose=FINANCING, actors=[referral.actor_id])
    rows = await paging.fetch(db, documents.requests_of(referral), DocumentRequest.id)
    return DocumentRequestPage.model_validate(rows, from_attributes=True)


@router.get("/v1/financing/referrals/{referral_id}/documents", responses=documented(ReferralNotFound))
async def list_referral_documents(
    referral_id: PathId, db: Database, caller: FinancingRead, paging: PageOf
) -> ReferralDocumentPage:
    """List the files that the applicant supplied with a referral, oldest first.

    Each is read at `/v1/files/{file_id}`. A bank is shown none of a referral that ended without financing.
    """
    referral = await access.get_referral(db, caller, referral_id)
    await note_shown(db, caller, ("referral_documents",), purpose=FINANCING, actors=[referral.actor_id])
    rows = await paging.fetch(db, documents.documents_of(caller, referral), ReferralDocument.id)
    return ReferralDocumentPage.model_validate(rows, from_attributes=True)


@router.post(
    "/v1/financing/referrals/{referral_id}/documents",
    status_code=201,
    responses=documented(ReferralNotFound, DocumentsNotTaken, DocumentAlreadySupplied),
)
async def supply_referral_document(
    referral_id: PathId, body: ReferralDocumentCreate, db: Database, caller: FinancingWrite, response: Response
) -> ReferralDocumentRead:
    """Add a file to a draft, or to what the bank asked for. The owner does, or a consultant for them.

    Upload it by `POST /v1/files` first; `Location` is where the bank reads it. Once everything is there, move the
    referral to `info_provided`.
    """
    document = await documents.supply(db, caller, referral_id, body)
    response.headers["Location"] = f"/v1/files/{document.file_id}"
    return ReferralDocumentRead.model_validate(document)


@router.post(
    "/v1/financing/referrals/{referral_id}/acknowledge-end",
    responses=etagged() | documented(ReferralNotFound, NothingToAcknowledge),
)
async def acknowledge_referral_end(
    referral_id: PathId, body: EndAcknowledgement, db: Database, caller: FinancingDecide, response: Response
) -> ReferralRead:
    """Say that the data of a referral that ended without financing were removed, and on which day. Its bank does.

    A clock runs until then, since a bank may not go on using a refused applicant's data (POJK 6/2022 art. 11d, as
    reported).
    """
    referral = await ending.acknowledge_end(db, caller, referral_id, body)
    await note_shown(db, caller, ("referral_state",), purpose=FINANCING, actors=[referral.actor_id])
    put_etag(response, referral)
    return referral_shape(referral, caller)


@router.get("/v1/financing/referral-clocks", responses=documented(DinasOrBankOnly))
async def get_referral_clocks(db: Database, caller: FinancingRead, bank: OfBank = None) -> ClockList:
    """Tell how the referrals of each bank stand: open and late by state, and the median of working days spent there.

    The Dinas reads those of all banks, a bank its own. National holidays and joint leave are no working days.
    """
    found = await timing.clocks_of_banks(db, caller, bank)
    return ClockList(since=found.since, data=[ClockRead.model_validate(row) for row in found.rows])


@router.get("/v1/financing/referral-moves", dependencies=[Depends(cacheable(300))])
async def get_referral_moves(request: Request) -> MoveList:
    """Tell every legal move of referrals: whose it is, what must and may come with it, and its reasons.

    The system's moves follow from time, from a report of repayment, or from the end of a consent.
    """
    return moves_shape(request.state.locale)
