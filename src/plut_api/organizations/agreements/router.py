"""HTTP of agreements and commitments: the Dinas writes, a partner's staff read their own."""

from typing import Annotated

from fastapi import Body, Query, Response, Security

from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import created, documented, etagged
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch, put_etag
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router
from plut_api.kit.wire import Id, PathId
from plut_api.organizations.agreements import commitments, service
from plut_api.organizations.agreements.access import require_agreement, require_commitment
from plut_api.organizations.agreements.models import Agreement, AgreementState, AgreementTransition, Commitment
from plut_api.organizations.agreements.problems import (
    AgreementMoveNotAllowed,
    AgreementNotChangeable,
    AgreementNotFound,
    AgreementNumberTaken,
    CommitmentNotFound,
)
from plut_api.organizations.agreements.schemas import (
    AgreementCreate,
    AgreementNote,
    AgreementPage,
    AgreementPatch,
    AgreementRead,
    AgreementReason,
    AgreementTransitionPage,
    CommitmentCreate,
    CommitmentPage,
    CommitmentPatch,
    CommitmentRead,
)
from plut_api.organizations.agreements.states import AgreementMove

router = Router(tag="organizations")

AgreementsRead = Annotated[Caller, Security(signed_in, scopes=["agreements:read"])]
AgreementsWrite = Annotated[Caller, Security(signed_in, scopes=["agreements:write"])]
Partners = Annotated[list[Id] | None, Query(max_length=50, description="Only with these organizations.")]
States = Annotated[list[AgreementState] | None, Query(max_length=4, description="Only in these states.")]
AgreementChange = Annotated[AgreementPatch, Body(media_type="application/merge-patch+json")]
CommitmentChange = Annotated[CommitmentPatch, Body(media_type="application/merge-patch+json")]
MOVED = etagged() | documented(AgreementNotFound, AgreementMoveNotAllowed)


@router.get("/v1/agreements", summary="List agreements")
async def list_agreements(
    db: Database, caller: AgreementsRead, paging: PageOf, organization: Partners = None, state: States = None
) -> AgreementPage:
    """Agreements with partners, newest first: all for the Dinas, a partner's staff see those of their organization.

    An OPD also sees active ones of others, whose commitments can sponsor its programmes.
    """
    query = service.agreements(caller, organization, state)
    rows = await paging.fetch(db, query, Agreement.id, descending=True)
    return AgreementPage.model_validate(rows, from_attributes=True)


@router.post(
    "/v1/agreements",
    status_code=201,
    responses=created() | documented(AgreementNumberTaken),
    summary="Draft an agreement",
)
async def create_agreement(
    body: AgreementCreate, db: Database, caller: AgreementsWrite, response: Response
) -> AgreementRead:
    """Draft an agreement with a partner. The Dinas may. Signed and with its paper on file, it can be activated."""
    agreement = await service.draft_agreement(db, caller, body)
    put_etag(response, agreement)
    response.headers["Location"] = f"/v1/agreements/{agreement.id}"
    return AgreementRead.model_validate(agreement)


@router.get("/v1/agreements/{agreement_id}", responses=documented(AgreementNotFound), summary="Read an agreement")
async def get_agreement(
    agreement_id: PathId, db: Database, caller: AgreementsRead, response: Response
) -> AgreementRead:
    """One agreement within the caller's rows."""
    agreement = await service.one_agreement(db, caller, agreement_id)
    put_etag(response, agreement)
    return AgreementRead.model_validate(agreement)


@router.patch(
    "/v1/agreements/{agreement_id}",
    responses=documented(AgreementNotFound, AgreementNotChangeable, AgreementNumberTaken),
    summary="Change an agreement",
)
async def change_agreement(
    agreement_id: PathId,
    body: AgreementChange,
    db: Database,
    caller: AgreementsWrite,
    response: Response,
    if_match: IfMatch = None,
) -> AgreementRead:
    """Change an agreement: a draft wholly, an active one in its title, last day and paper. The Dinas may."""
    agreement = await service.change_agreement(db, caller, agreement_id, if_match, body.changes())
    put_etag(response, agreement)
    return AgreementRead.model_validate(agreement)


@router.post("/v1/agreements/{agreement_id}/activate", responses=MOVED, summary="Activate an agreement")
async def activate_agreement(
    agreement_id: PathId, body: AgreementNote, db: Database, caller: AgreementsWrite, response: Response
) -> AgreementRead:
    """Let an agreement hold. It needs the day it was signed on and its paper. The Dinas may."""
    return await _moved(db, caller, response, agreement_id, AgreementMove.activate, body.reason)


@router.post("/v1/agreements/{agreement_id}/end", responses=MOVED, summary="End an agreement")
async def end_agreement(
    agreement_id: PathId, body: AgreementNote, db: Database, caller: AgreementsWrite, response: Response
) -> AgreementRead:
    """End an agreement that was kept to its end. The Dinas may; after its last day it ends by itself."""
    return await _moved(db, caller, response, agreement_id, AgreementMove.end, body.reason)


@router.post("/v1/agreements/{agreement_id}/terminate", responses=MOVED, summary="Terminate an agreement")
async def terminate_agreement(
    agreement_id: PathId, body: AgreementReason, db: Database, caller: AgreementsWrite, response: Response
) -> AgreementRead:
    """Break an agreement off, and say why. The Dinas may. What sponsors programmes already stays with them."""
    return await _moved(db, caller, response, agreement_id, AgreementMove.terminate, body.reason)


@router.get(
    "/v1/agreements/{agreement_id}/transitions",
    responses=documented(AgreementNotFound),
    summary="List the moves of an agreement",
)
async def list_agreement_transitions(
    agreement_id: PathId, db: Database, caller: AgreementsRead, paging: PageOf
) -> AgreementTransitionPage:
    """Every move of an agreement, oldest first: who, when, why."""
    agreement = await require_agreement(db, caller, agreement_id)
    rows = await paging.fetch(db, service.moves_of(agreement), AgreementTransition.id)
    return AgreementTransitionPage.model_validate(rows, from_attributes=True)


@router.get(
    "/v1/agreements/{agreement_id}/commitments",
    responses=documented(AgreementNotFound),
    summary="List the commitments of an agreement",
)
async def list_agreement_commitments(
    agreement_id: PathId, db: Database, caller: AgreementsRead, paging: PageOf
) -> CommitmentPage:
    """What the partner committed itself to, in the order it was added."""
    rows = await paging.fetch(db, await commitments.commitments_of(db, caller, agreement_id), Commitment.id)
    return CommitmentPage.model_validate(rows, from_attributes=True)


@router.post(
    "/v1/agreements/{agreement_id}/commitments",
    status_code=201,
    responses=created() | documented(AgreementNotFound, AgreementNotChangeable),
    summary="Add a commitment",
)
async def create_commitment(
    agreement_id: PathId, body: CommitmentCreate, db: Database, caller: AgreementsWrite, response: Response
) -> CommitmentRead:
    """Add what the partner commits itself to: seats, rupiah or offtake, by a day within the period. The Dinas may."""
    commitment = await commitments.add_commitment(db, caller, agreement_id, body)
    put_etag(response, commitment)
    response.headers["Location"] = f"/v1/commitments/{commitment.id}"
    return CommitmentRead.model_validate(commitment)


@router.get("/v1/commitments/{commitment_id}", responses=documented(CommitmentNotFound), summary="Read a commitment")
async def get_commitment(
    commitment_id: PathId, db: Database, caller: AgreementsRead, response: Response
) -> CommitmentRead:
    """One commitment of an agreement within the caller's rows."""
    commitment = await require_commitment(db, caller, commitment_id)
    put_etag(response, commitment)
    return CommitmentRead.model_validate(commitment)


@router.patch(
    "/v1/commitments/{commitment_id}",
    responses=documented(CommitmentNotFound, AgreementNotChangeable),
    summary="Change a commitment",
)
async def change_commitment(
    commitment_id: PathId,
    body: CommitmentChange,
    db: Database,
    caller: AgreementsWrite,
    response: Response,
    if_match: IfMatch = None,
) -> CommitmentRead:
    """Change a commitment: in a draft wholly, under an active agreement its day and its note. The Dinas may."""
    commitment = await commitments.change_commitment(db, caller, commitment_id, if_match, body.changes())
    put_etag(response, commitment)
    return CommitmentRead.model_validate(commitment)


@router.delete(
    "/v1/commitments/{commitment_id}",
    status_code=204,
    responses=documented(CommitmentNotFound, AgreementNotChangeable),
    summary="Take a commitment out of a draft",
)
async def remove_commitment(
    commitment_id: PathId, db: Database, caller: AgreementsWrite, if_match: IfMatch = None
) -> None:
    """Take a commitment out of an agreement that is still a draft. The Dinas may."""
    await commitments.remove_commitment(db, caller, commitment_id, if_match)


async def _moved(
    db: Database, caller: Caller, response: Response, agreement_id: PathId, move: AgreementMove, reason: str | None
) -> AgreementRead:
    agreement = await service.move_agreement(db, caller, agreement_id, move, reason)
    put_etag(response, agreement)
    return AgreementRead.model_validate(agreement)
