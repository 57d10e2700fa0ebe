"""HTTP of overlaps: checking a draft, reading findings, deciding them, and what was merged."""

from typing import Annotated

from fastapi import Request, Security

from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import documented
from plut_api.kit.database import Database
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId
from plut_api.programs.overlaps import queries
from plut_api.programs.overlaps.checking import check_draft
from plut_api.programs.overlaps.problems import OverlapNotFound, OverlapNotOpen, ProgramsNotMergeable
from plut_api.programs.overlaps.resolving import resolve_overlap as resolve
from plut_api.programs.overlaps.schemas import (
    OverlapCheck,
    OverlapCheckRead,
    OverlapPage,
    OverlapRead,
    ProgramMergePage,
    ResolutionCreate,
)
from plut_api.programs.problems import OrganizerOnly, ProgramMoveNotAllowed, ProgramNotFound

router = Router(tag="programs")

ProgramsRead = Annotated[Caller, Security(signed_in, scopes=["programs:read"])]
ProgramsWrite = Annotated[Caller, Security(signed_in, scopes=["programs:write"])]
ProgramsApprove = Annotated[Caller, Security(signed_in, scopes=["programs:approve"])]


@router.post(
    "/v1/programs/overlap-check",
    responses=documented(OrganizerOnly, ProgramNotFound),
    summary="Check what resembles a programme",
)
async def check_overlaps(body: OverlapCheck, db: Database, caller: ProgramsWrite, request: Request) -> OverlapCheckRead:
    """Compare a draft, or a stored programme of one's own, with everything that is submitted, planned, running or was
    completed not long before. An OPD may, and the Dinas. Nothing is kept.

    Each programme that resembles it comes with six parts and the guards that changed its score. Of another
    organization's proposal, published or not, its title, organization, days, topics, regions and audience are shown, so
    that the two can talk; never its budget, its seats or who takes part.
    """
    return OverlapCheckRead.model_validate(await check_draft(db, caller, body, request.state.locale))


@router.get(
    "/v1/programs/{program_id}/overlaps",
    responses=documented(ProgramNotFound, OrganizerOnly),
    summary="List what resembles a programme",
)
async def list_overlaps(
    program_id: PathId, db: Database, caller: ProgramsRead, paging: PageOf, request: Request
) -> OverlapPage:
    """The findings that submitting or changing it left, the likest first, with what was decided about them. Its
    organizer may read them, and the Dinas.

    A finding waits with the programme that was handed in later (`program_id`). Of the other one no more is shown than a
    check shows.
    """
    return OverlapPage(**await queries.page_of_overlaps(db, paging, caller, program_id, request.state.locale))


@router.post(
    "/v1/programs/{program_id}/overlaps/{overlap_id}/resolution",
    responses=documented(
        ProgramNotFound, OverlapNotFound, OverlapNotOpen, ProgramsNotMergeable, ProgramMoveNotAllowed, OrganizerOnly
    ),
    summary="Decide about two programmes",
)
async def resolve_overlap(
    program_id: PathId,
    overlap_id: PathId,
    body: ResolutionCreate,
    db: Database,
    caller: ProgramsApprove,
    request: Request,
) -> OverlapRead:
    """Decide an open finding; what follows from it happens at once. The Dinas may.

    A merge moves sessions, seats, who waits, hosts, sponsors, seats kept for segments, quota and budget into the
    programme that survives; the other one is called off, and its address leads there. Who had a seat in both keeps one.
    Of two sessions at the same time the survivor's is held.
    """
    row = await resolve(db, caller, program_id, overlap_id, body)
    return OverlapRead.model_validate(await queries.one_overlap(db, program_id, row.id, request.state.locale))


@router.get(
    "/v1/programs/{program_id}/merges",
    responses=documented(ProgramNotFound, OrganizerOnly),
    summary="List what was merged into a programme",
)
async def list_program_merges(
    program_id: PathId, db: Database, caller: ProgramsRead, paging: PageOf
) -> ProgramMergePage:
    """Programmes that ended in this one: by whom, when, why, and what went along. Its organizer may read it, and the
    Dinas.
    """
    return ProgramMergePage(**await queries.page_of_merges(db, paging, caller, program_id))
