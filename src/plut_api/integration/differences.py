"""HTTP of what a file would change, field by field, and of doing exactly that."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Header, Query, Request, Response, Security
from sqlalchemy import Select
from starlette.responses import StreamingResponse

from plut_api.integration import committing, service
from plut_api.integration.models import DifferenceAction, ImportDifference
from plut_api.integration.problems import (
    ImportAlreadyCommitted,
    ImportExpired,
    ImportNotChecked,
    ImportNotFound,
    RegisterMovedOn,
)
from plut_api.integration.schemas import ImportDifferencePage, ImportDifferenceRead, ImportRead
from plut_api.integration.shapes import import_shape
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import documented, listed
from plut_api.kit.csv_lines import csv_line, wants_csv
from plut_api.kit.database import Database
from plut_api.kit.pages import PageOf
from plut_api.kit.problems import NotAcceptable
from plut_api.kit.streams import CSV
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId

router = Router(tag="integration")

ImportsWrite = Annotated[Caller, Security(signed_in, scopes=["imports:write"])]
Actions = Annotated[list[DifferenceAction] | None, Query(max_length=4, description="Only what becomes this.")]
Accept = Annotated[str, Header(max_length=200, pattern=r"^[^\x00-\x1f]*$", include_in_schema=False)]
_COLUMNS = ("line", "actor_id", "business", "field", "before", "after", "action", "reason")


@router.get(
    "/v1/imports/{import_id}/differences",
    response_model=ImportDifferencePage,
    responses=listed(CSV) | documented(ImportNotFound, NotAcceptable),
)
async def list_import_differences(
    import_id: PathId,
    request: Request,
    db: Database,
    caller: ImportsWrite,
    paging: PageOf,
    action: Actions = None,
    accept: Accept = "*/*",
) -> Any:
    """List what a file changes, or would, field by field; all of it as one CSV file with `Accept: text/csv`.

    Known records are told with before and after, personal values masked. Of a file that was only tried every business
    that would be added is a line, too. Kept for 90 days.
    """
    found = await service.get_import(db, caller, import_id)
    query = service.differences_of(found.id)
    if action:
        query = query.where(ImportDifference.action.in_(action))
    if wants_csv(accept):
        return StreamingResponse(_csv(request, query), media_type=CSV)
    rows = await paging.fetch(db, query, ImportDifference.line, ImportDifference.id)
    return ImportDifferencePage(**rows | {"data": [ImportDifferenceRead.model_validate(row) for row in rows["data"]]})


@router.post(
    "/v1/imports/{import_id}/commit",
    status_code=202,
    responses=documented(ImportNotFound, ImportNotChecked, ImportAlreadyCommitted, ImportExpired, RegisterMovedOn),
)
async def commit_import(
    import_id: PathId, request: Request, response: Response, db: Database, caller: ImportsWrite
) -> ImportRead:
    """Do what was reported of a file that was tried, exactly that. The answer comes at once; poll its `Location`.

    If the register has changed meanwhile so that something else would come of it, nothing is done: that is said here
    as far as it shows at once (409), else the import ends as `failed` with `register_changed`. Then send the file
    again.
    """
    taken = await committing.commit_import(db, caller, import_id)
    response.headers["Location"] = f"/v1/imports/{taken.id}"
    return import_shape(taken, request.state.locale)


async def _csv(request: Request, query: Select[Any]) -> AsyncIterator[bytes]:
    yield csv_line(*_COLUMNS)
    async with request.app.state.sessions() as db:
        ordered = query.order_by(ImportDifference.line, ImportDifference.id).execution_options(yield_per=1000)
        async for row in await db.stream_scalars(ordered):
            yield csv_line(*(getattr(row, name) for name in _COLUMNS))
