"""HTTP of the moves of a programme. `program_move_not_allowed` names the moves that are possible instead."""

from typing import Annotated

from fastapi import Response, Security
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import documented, etagged
from plut_api.kit.database import Database
from plut_api.kit.etags import put_etag
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId
from plut_api.programs import queries, service
from plut_api.programs.overlaps.problems import OverlapUnresolved
from plut_api.programs.problems import OrganizerOnly, ProgramMoveNotAllowed, ProgramNotFound, ProgramTooEarly
from plut_api.programs.router.programs import ProgramsRead, ProgramsWrite
from plut_api.programs.schemas.programs import CompletionNote, MoveNote, MoveReason, ProgramRead, TransitionPage
from plut_api.programs.states import ProgramMove

router = Router(tag="programs")

ProgramsApprove = Annotated[Caller, Security(signed_in, scopes=["programs:approve"])]
ANSWERS = etagged() | documented(ProgramNotFound, OrganizerOnly, ProgramMoveNotAllowed)
TIMED = etagged() | documented(ProgramNotFound, OrganizerOnly, ProgramMoveNotAllowed, ProgramTooEarly)


@router.get(
    "/v1/programs/{program_id}/transitions",
    responses=documented(ProgramNotFound, OrganizerOnly),
    summary="List the moves of a programme",
)
async def list_program_transitions(
    program_id: PathId, db: Database, caller: ProgramsRead, paging: PageOf
) -> TransitionPage:
    """Who moved a programme, from where to where, when and why. Its organizer may read it, and the Dinas."""
    return TransitionPage.model_validate(
        await queries.page_of_transitions(db, paging, caller, program_id), from_attributes=True
    )


@router.post("/v1/programs/{program_id}/submit", responses=ANSWERS, summary="Submit a programme")
async def submit_program(
    program_id: PathId, body: MoveNote, db: Database, caller: ProgramsWrite, response: Response
) -> ProgramRead:
    """Hand a draft, or a rejected proposal that was mended, to the Dinas. Its organizer may, or the Dinas.

    It is compared with what all organizations run and plan (`GET /v1/programs/{id}/overlaps`).
    """
    return await _moved(db, caller, response, program_id, ProgramMove.submit, body.reason)


@router.post(
    "/v1/programs/{program_id}/approve",
    responses=etagged() | documented(ProgramNotFound, OrganizerOnly, ProgramMoveNotAllowed, OverlapUnresolved),
    summary="Approve a programme",
)
async def approve_program(
    program_id: PathId, body: MoveNote, db: Database, caller: ProgramsApprove, response: Response
) -> ProgramRead:
    """Approve a submitted proposal. The Dinas may, once it has decided every overlap at or over the line."""
    return await _moved(db, caller, response, program_id, ProgramMove.approve, body.reason)


@router.post("/v1/programs/{program_id}/reject", responses=ANSWERS, summary="Reject a programme")
async def reject_program(
    program_id: PathId, body: MoveReason, db: Database, caller: ProgramsApprove, response: Response
) -> ProgramRead:
    """Send a submitted proposal back with the reason. The Dinas may; mended, it can be submitted again."""
    return await _moved(db, caller, response, program_id, ProgramMove.reject, body.reason)


@router.post("/v1/programs/{program_id}/publish", responses=ANSWERS, summary="Publish a programme")
async def publish_program(
    program_id: PathId, body: MoveNote, db: Database, caller: ProgramsWrite, response: Response
) -> ProgramRead:
    """Open an approved programme for enrolment, for anyone to see. Its organizer may, or the Dinas."""
    return await _moved(db, caller, response, program_id, ProgramMove.publish, body.reason)


@router.post("/v1/programs/{program_id}/start", responses=TIMED, summary="Start a programme")
async def start_program(
    program_id: PathId, body: MoveNote, db: Database, caller: ProgramsWrite, response: Response
) -> ProgramRead:
    """Begin a published programme; no seats are given from here on. Its organizer may, or the Dinas.

    At the earliest the usual number of days before its first session (rule value `training.start_days_ahead`).
    """
    return await _moved(db, caller, response, program_id, ProgramMove.start, body.reason)


@router.post("/v1/programs/{program_id}/cancel", responses=ANSWERS, summary="Cancel a programme")
async def cancel_program(
    program_id: PathId, body: MoveReason, db: Database, caller: ProgramsWrite, response: Response
) -> ProgramRead:
    """Call a programme off, with the reason, at any time before its end. Its organizer may, or the Dinas."""
    return await _moved(db, caller, response, program_id, ProgramMove.cancel, body.reason)


@router.post("/v1/programs/{program_id}/complete", responses=TIMED, summary="Complete a programme")
async def complete_program(
    program_id: PathId, body: CompletionNote, db: Database, caller: ProgramsWrite, response: Response
) -> ProgramRead:
    """End a running programme, on the day of its last session or after. Its organizer may, or the Dinas.

    Everybody who fulfils its rule then completes it, with a certificate; the others are `incomplete`, until what came
    in late shows that they fulfil it, or the rule is waived (`POST /v1/enrolments/{id}/complete`).
    """
    move = ProgramMove.complete
    return await _moved(db, caller, response, program_id, move, body.reason, spent_idr=body.spent_idr)


async def _moved(
    db: AsyncSession,
    caller: Caller,
    response: Response,
    program_id: PathId,
    move: ProgramMove,
    reason: str | None,
    *,
    spent_idr: int | None = None,
) -> ProgramRead:
    program = await service.transition(db, caller, program_id, move, reason, spent_idr=spent_idr)
    put_etag(response, program)
    return ProgramRead.model_validate(program)
