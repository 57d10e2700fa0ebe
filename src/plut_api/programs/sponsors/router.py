"""HTTP of sponsors of programmes, and of the progress of commitments."""

from typing import Annotated, Any

from fastapi import Query, Request, Response

from plut_api.kit.contract import documented
from plut_api.kit.database import Database
from plut_api.kit.i18n import Locale
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router
from plut_api.kit.wire import Id, PathId
from plut_api.organizations.agreements.models import Commitment, CommitmentKind
from plut_api.organizations.agreements.problems import AgreementNotActive, AgreementNotFound
from plut_api.organizations.agreements.router import AgreementsRead
from plut_api.programs.access import require_program
from plut_api.programs.problems import OrganizerOnly, ProgramNotFound
from plut_api.programs.router.programs import ProgramsRead, ProgramsWrite
from plut_api.programs.sponsors import service
from plut_api.programs.sponsors.models import ProgramSponsor
from plut_api.programs.sponsors.problems import (
    AlreadySponsored,
    CommitmentExceeded,
    SponsoredSeatsExceeded,
    SponsorNotFound,
    SponsorsSettled,
)
from plut_api.programs.sponsors.schemas import (
    CommitmentProgress,
    CommitmentProgressPage,
    SponsorCreate,
    SponsorPage,
    SponsorRead,
)
from plut_api.programs.sponsors.words import sentence

router = Router(tag="programs")

Partners = Annotated[list[Id] | None, Query(max_length=50, description="Only of these organizations.")]
Kinds = Annotated[list[CommitmentKind] | None, Query(max_length=3, description="Only of these kinds.")]
Behind = Annotated[bool | None, Query(description="Only those that are behind, or are not.", examples=[True])]
_REFUSALS = (OrganizerOnly, SponsorsSettled, AgreementNotActive, CommitmentExceeded)


@router.post(
    "/v1/programs/{program_id}/sponsors",
    status_code=201,
    responses=documented(ProgramNotFound, *_REFUSALS, SponsoredSeatsExceeded, AlreadySponsored),
    summary="Let a partner sponsor a programme",
)
async def create_sponsor(
    program_id: PathId, body: SponsorCreate, db: Database, caller: ProgramsWrite, response: Response
) -> SponsorRead:
    """Set seats or rupiah of a partner's commitment aside for a programme. Its organizer may, and the Dinas.

    Never more than the commitment has left, however many ask at once: `commitment_exceeded` tells how much (`left`).
    """
    row = await service.sponsor(db, caller, program_id, body)
    response.headers["Location"] = f"/v1/programs/{program_id}/sponsors"
    return SponsorRead.model_validate(row)


@router.get(
    "/v1/programs/{program_id}/sponsors", responses=documented(ProgramNotFound), summary="List a programme's sponsors"
)
async def list_sponsors(program_id: PathId, db: Database, caller: ProgramsRead, paging: PageOf) -> SponsorPage:
    """Who pays for a programme, in the order in which they came: all for its organizer and the Dinas.

    A partner's staff find their own organization.
    """
    program = await require_program(db, caller, program_id)
    rows = await paging.fetch(db, service.sponsors(caller, program.id), ProgramSponsor.id)
    return SponsorPage.model_validate(rows, from_attributes=True)


@router.delete(
    "/v1/programs/{program_id}/sponsors/{sponsor_id}",
    status_code=204,
    responses=documented(ProgramNotFound, OrganizerOnly, SponsorNotFound, SponsorsSettled),
    summary="Remove a sponsor",
)
async def remove_sponsor(program_id: PathId, sponsor_id: PathId, db: Database, caller: ProgramsWrite) -> None:
    """Take a sponsor from a programme that is not over. What it gave is free again. Its organizer may, the Dinas."""
    await service.remove_sponsor(db, caller, program_id, sponsor_id)


@router.get("/v1/commitments", summary="List commitments with their progress")
async def list_commitments(
    db: Database,
    caller: AgreementsRead,
    paging: PageOf,
    request: Request,
    organization: Partners = None,
    kind: Kinds = None,
    behind: Behind = None,
) -> CommitmentProgressPage:
    """Commitments within the caller's rows, those due first before others, with what became of them."""
    query = await service.progress_of(db, caller, organizations=organization, kinds=kind, behind=behind)
    rows = await paging.fetch(db, query, Commitment.due_on, Commitment.id)
    return _page(rows, request.state.locale)


@router.get(
    "/v1/agreements/{agreement_id}/progress",
    responses=documented(AgreementNotFound),
    summary="List what became of an agreement's commitments",
)
async def list_agreement_progress(
    agreement_id: PathId, db: Database, caller: AgreementsRead, paging: PageOf, request: Request
) -> CommitmentProgressPage:
    """The commitments of an agreement with what became of them, computed from programmes and never typed in."""
    query = await service.progress_of(db, caller, agreement_id=agreement_id)
    rows = await paging.fetch(db, query, Commitment.due_on, Commitment.id)
    return _page(rows, request.state.locale)


def _page(rows: dict[str, Any], locale: Locale) -> CommitmentProgressPage:
    data = [CommitmentProgress.model_validate(_told(row, locale)) for row in rows["data"]]
    return CommitmentProgressPage.model_validate(rows | {"data": data})


def _told(row: Any, locale: Locale) -> dict[str, Any]:
    return {**row._mapping, "words": sentence(row, locale)}
