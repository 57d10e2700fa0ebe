"""HTTP of no-shows: what a person is told of theirs, appeals, and what PLUT decides."""

from typing import Annotated

from fastapi import Depends, Response, Security
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.masking import view_of
from plut_api.actors.problems import StaffOnly
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import documented, etagged
from plut_api.kit.database import Database
from plut_api.kit.etags import put_etag
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId
from plut_api.programs.attendance import queries, service
from plut_api.programs.attendance.models import NoShow
from plut_api.programs.attendance.problems import AppealClosed, NoShowNotFound, NoShowSettled
from plut_api.programs.attendance.queries import NoShowFilters
from plut_api.programs.attendance.schemas import Appeal, Decision, NoShowPage, NoShowRead
from plut_api.programs.attendance.shapes import no_show_page, no_show_shape
from plut_api.programs.router.programs import ProgramsRead, ProgramsWrite

router = Router(tag="programs")

MeRead = Annotated[Caller, Security(signed_in, scopes=["me:read"])]
MeWrite = Annotated[Caller, Security(signed_in, scopes=["me:write"])]
Wanted = Annotated[NoShowFilters, Depends()]
DECIDED = etagged() | documented(NoShowNotFound, StaffOnly, NoShowSettled)


@router.get("/v1/me/no-shows", summary="List the own no-shows")
async def list_my_no_shows(db: Database, caller: MeRead, paging: PageOf) -> NoShowPage:
    """Seats that the caller, or a minor in their care, never came for; newest first. Each says until when to appeal."""
    rows = await paging.fetch(db, queries.own_no_shows(caller), NoShow.id, descending=True)
    return no_show_page(rows, view_of(caller, in_list=True))


@router.post(
    "/v1/me/no-shows/{no_show_id}/appeal",
    responses=etagged() | documented(NoShowNotFound, AppealClosed),
    summary="Appeal against a no-show",
)
async def appeal_no_show(
    no_show_id: PathId, body: Appeal, db: Database, caller: MeWrite, response: Response
) -> NoShowRead:
    """Say why one did not come, or that one did; once, in time. It does not count until PLUT has decided."""
    await service.appeal(db, caller, no_show_id, body.reason)
    return await _shown(db, caller, response, no_show_id)


@router.get("/v1/no-shows", summary="List no-shows")
async def list_no_shows(db: Database, caller: ProgramsRead, paging: PageOf, wanted: Wanted) -> NoShowPage:
    """No-shows within the caller's rows, newest first: all for the Dinas, of people assigned to a consultant, own ones.

    `state=appealed` finds what waits for a decision.
    """
    rows = await paging.fetch(db, queries.no_shows(caller, wanted), NoShow.id, descending=True)
    return no_show_page(rows, view_of(caller, in_list=True))


@router.get("/v1/no-shows/{no_show_id}", responses=etagged() | documented(NoShowNotFound), summary="Read a no-show")
async def get_no_show(no_show_id: PathId, db: Database, caller: ProgramsRead, response: Response) -> NoShowRead:
    """One no-show, with the appeal and what was answered."""
    return await _shown(db, caller, response, no_show_id)


@router.post("/v1/no-shows/{no_show_id}/excuse", responses=DECIDED, summary="Excuse a no-show")
async def excuse_no_show(
    no_show_id: PathId, body: Decision, db: Database, caller: ProgramsWrite, response: Response
) -> NoShowRead:
    """Excuse it, appealed against or not; it does not count. PLUT's staff may. The person is told."""
    await service.excuse(db, caller, no_show_id, body.reason)
    return await _shown(db, caller, response, no_show_id)


@router.post("/v1/no-shows/{no_show_id}/uphold", responses=DECIDED, summary="Uphold a no-show")
async def uphold_no_show(
    no_show_id: PathId, body: Decision, db: Database, caller: ProgramsWrite, response: Response
) -> NoShowRead:
    """Refuse the appeal; it counts again until its day. PLUT's staff may. The person is told."""
    await service.uphold(db, caller, no_show_id, body.reason)
    return await _shown(db, caller, response, no_show_id)


async def _shown(db: AsyncSession, caller: Caller, response: Response, no_show_id: PathId) -> NoShowRead:
    row = await queries.one_no_show(db, caller, no_show_id)
    put_etag(response, row)
    return no_show_shape(row, view_of(caller))
