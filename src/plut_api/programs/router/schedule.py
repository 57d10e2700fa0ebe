"""HTTP of one's own schedule."""

from plut_api.kit.database import Database
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router
from plut_api.programs.router.programs import ProgramsRead
from plut_api.programs.schedule import page_of_schedule
from plut_api.programs.schemas.schedule import SchedulePage

router = Router(tag="programs")


@router.get("/v1/me/schedule", summary="List one's sessions to come")
async def list_my_schedule(db: Database, caller: ProgramsRead, paging: PageOf) -> SchedulePage:
    """Every session to come of the programmes that the caller, or a minor in their care, has a seat in: by day, the
    morning first, with place and programme.
    """
    return SchedulePage.model_validate(await page_of_schedule(db, paging, caller), from_attributes=True)
