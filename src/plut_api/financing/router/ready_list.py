"""HTTP of the ready list: the bank's pull."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Header, Query, Request, Response, Security
from starlette.responses import StreamingResponse

from plut_api.financing.problems import SyncTokenExpired
from plut_api.financing.pulls import STREAMS, Pull, bank_of, position_after, pull_page, pull_stream
from plut_api.financing.ready_list import Filters, Reader
from plut_api.financing.schemas.ready_list import ReadyList
from plut_api.kit import sync_tokens
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import documented, listed
from plut_api.kit.pages import CURSOR, Cursors, CursorsOf
from plut_api.kit.problems import InvalidCursor, NotAcceptable
from plut_api.kit.representations import representation
from plut_api.kit.streams import NDJSON
from plut_api.kit.web import Router

JSON = "application/json"
router = Router(tag="financing")

FinancingPull = Annotated[Caller, Security(signed_in, scopes=["financing:pull"])]
Regencies = Annotated[
    list[Annotated[str, Query(max_length=5, pattern=r"^[0-9]{2}\.[0-9]{2}$")]] | None,
    Query(max_length=20, description="Only of these kabupaten or kota."),
]
Sizes = Annotated[
    list[Literal["micro", "small", "medium", "large"]] | None,
    Query(max_length=4, description="Only these size classes."),
]
KbliCodes = Annotated[
    list[Annotated[str, Query(max_length=5, pattern=r"^[0-9]{5}$")]] | None,
    Query(max_length=50, description="Only with these main activities (KBLI subclass)."),
]
ChangedSince = Annotated[
    str | None,
    Query(max_length=8000, pattern=CURSOR, description="A `sync_token`: answer only what changed since."),
]
Accept = Annotated[str, Header(max_length=200, pattern=r"^[^\x00-\x1f]*$", include_in_schema=False)]


@router.get(
    "/v1/financing/ready-list",
    response_model=ReadyList,
    responses=listed(*STREAMS) | documented(SyncTokenExpired, InvalidCursor, NotAcceptable),
)
async def list_ready_businesses(
    request: Request,
    response: Response,
    caller: FinancingPull,
    paging: CursorsOf,
    regency: Regencies = None,
    size_class: Sizes = None,
    kbli: KbliCodes = None,
    changed_since: ChangedSince = None,
    accept: Accept = "*/*",
) -> Response:
    """Pull the businesses whose file a PLUT consultant confirmed as complete. For banks.

    - **Masked and identified.** Without the owner's consent to this bank a row has no name, no village and no figures,
      and stands under a pseudonym of this bank alone. Consent is checked as the row is read.
    - **Pages.** Follow `next_cursor` (or `Link`) until it is null, then keep `sync_token`; every page carries it.
    - **Changes.** `changed_since=<sync_token>` with the same filters answers rows that came or changed, and tombstones
      (`removed: true`) for ids that no longer exist for this bank under these filters; apply them in order. A page may
      be empty and still have a next one. Nothing is missed, whatever commits meanwhile. A token ends after 30 days, or
      when the database was restored (410): pull the whole list again, without it.
    - **Whole.** `Accept: application/x-ndjson` streams every row, one JSON object a line, and last of all the line
      `{"sync_token": "…"}`, which says that nothing is lacking. `Accept: text/csv` streams the same as CSV, levels of
      outcomes in columns, gates left out, an apostrophe before what a spreadsheet would run. Both have the token in the
      header `Sync-Token`, too. With `changed_since`, NDJSON streams all changes at once: the cheapest nightly pull.

    A complete file is no judgement of creditworthiness, and no score is shown.
    """
    filters = Filters(tuple(regency or ()), tuple(size_class or ()), tuple(kbli or ()))
    reader = Reader(caller, bank_of(caller), UUID(request.state.request_id))
    pull = Pull(reader, filters, _bound_to(request, caller), changed_since)
    kind = representation(accept, (JSON, NDJSON) if changed_since is not None else (JSON, *STREAMS))
    return await (_page(request, response, pull, paging) if kind == JSON else _stream(request, pull, kind))


async def _page(request: Request, response: Response, pull: Pull, paging: Cursors) -> Response:
    page = await pull_page(request.app.state.hot_engine, pull, await paging.position(), paging.limit)
    cursor = "null"
    if (position := position_after(page)) is not None:
        following = await paging.seal(position)
        paging.link(following)
        cursor = f'"{following}"'
    body = f'{{"data":[{page.body}],"next_cursor":{cursor},"sync_token":"{pull.token(page.point)}"}}'
    return Response(body, media_type=JSON, headers=dict(response.headers))


async def _stream(request: Request, pull: Pull, kind: str) -> Response:
    rows, token = await pull_stream(request.app.state.hot_engine, pull, kind)
    return StreamingResponse(rows, media_type=kind, headers={"Sync-Token": token})


def _bound_to(request: Request, caller: Caller) -> str:
    sent = [
        (name, value) for name, value in request.query_params.multi_items() if name in ("regency", "size_class", "kbli")
    ]
    return sync_tokens.bound_to(request.url.path, caller.id, sent)
