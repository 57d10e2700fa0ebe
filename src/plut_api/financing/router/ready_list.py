"""HTTP of the ready list: the bank's pull."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Header, Query, Request, Response, Security
from starlette.responses import StreamingResponse

from plut_api.financing.problems import SyncTokenExpired
from plut_api.financing.ready_list import (
    NIL,
    Filters,
    PageRead,
    read_changes,
    read_page,
    salt_of,
    snapshot_of,
    stream_query,
)
from plut_api.financing.schemas.ready_list import SYNC_TOKEN, ReadyList
from plut_api.kit import sync_tokens
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import documented, listed
from plut_api.kit.pages import Cursors, CursorsOf
from plut_api.kit.problems import InvalidCursor, NotAcceptable
from plut_api.kit.streams import NDJSON, lines
from plut_api.kit.sync_tokens import SyncPoint, SyncTokenOutdated
from plut_api.kit.web import Router

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
    Query(max_length=8000, pattern=SYNC_TOKEN, description="A `sync_token`: answer only what changed since."),
]
Accept = Annotated[str, Header(max_length=200, pattern=r"^[^\x00-\x1f]*$", include_in_schema=False)]


@router.get(
    "/v1/financing/ready-list",
    response_model=ReadyList,
    responses=listed(NDJSON) | documented(SyncTokenExpired, InvalidCursor, NotAcceptable),
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

    - **Masked and identified.** Without the owner's consent to this bank a row has no name and stands under a pseudonym
      of this bank alone. Consent is checked as the row is read.
    - **Pages.** Follow `next_cursor` (or `Link`) until it is null, then keep `sync_token`.
    - **Changes.** `changed_since=<sync_token>` with the same filters answers rows that came or changed, and tombstones
      (`removed: true`) for ids that no longer exist for this bank under these filters. Nothing is missed, whatever
      commits meanwhile. A token ends after 30 days (410): pull the whole list again.
    - **Whole.** `Accept: application/x-ndjson` streams every row, one JSON object a line, with the token for later in
      the header `Sync-Token`.

    A complete file is no judgement of creditworthiness, and no score is shown.
    """
    filters = Filters(tuple(regency or ()), tuple(size_class or ()), tuple(kbli or ()))
    bank = _bank_of(caller)
    token_bound = sync_tokens.bound_to(request.url.path, caller.id, _filters_sent(request))
    engine = request.app.state.hot_engine
    if _wants_stream(accept, changed_since):
        return await _stream(request.app.state.engine, bank, filters, token_bound)
    position = await paging.position()
    async with engine.connect() as connection:
        if changed_since is None:
            page = await read_page(connection, bank, filters, UUID(position[1]) if position else NIL, paging.limit)
            point = SyncPoint(*position[2:]) if position else page.point
        else:
            page = await _changes(connection, bank, filters, changed_since, token_bound, position, paging.limit)
            point = page.point
    next_cursor = await paging.seal([*page.last, point.snapshot, point.cluster]) if page.last else None
    return _answer(response, paging, page, next_cursor, sync_tokens.issue(point, token_bound))


async def _changes(
    connection: Any,
    bank: UUID,
    filters: Filters,
    changed_since: str,
    token_bound: str,
    position: Sequence[str] | None,
    limit: int,
) -> PageRead:
    try:
        seen = sync_tokens.redeem(changed_since, token_bound)
        now = await snapshot_of(connection)
        if seen.cluster != now.cluster:
            raise SyncTokenOutdated("of another cluster")
    except SyncTokenOutdated:
        raise SyncTokenExpired() from None
    until = SyncPoint(*position[2:]) if position else now
    after = (position[0], position[1]) if position else ("0", str(NIL))
    return await read_changes(connection, bank, filters, seen, until, after, limit)


async def _stream(engine: Any, bank: UUID, filters: Filters, token_bound: str) -> Response:
    async with engine.connect() as connection:
        point = await snapshot_of(
            connection
        )  # Older than what the stream reads: later changes come again, none is lost.
    values = {"bank": bank, "salt": salt_of(bank), **filters.values()}
    headers = {"Sync-Token": sync_tokens.issue(point, token_bound)}
    return StreamingResponse(lines(engine, stream_query(filters), values), media_type=NDJSON, headers=headers)


def _answer(response: Response, paging: Cursors, page: PageRead, next_cursor: str | None, token: str) -> Response:
    if next_cursor:
        paging.link(next_cursor)
    cursor = f'"{next_cursor}"' if next_cursor else "null"
    body = f'{{"data":[{page.body}],"next_cursor":{cursor},"sync_token":"{token}"}}'
    return Response(body, media_type="application/json", headers=dict(response.headers))


def _bank_of(caller: Caller) -> UUID:
    if caller.organization_id is None:
        raise LookupError("a caller who may pull belongs to a bank")
    return caller.organization_id


def _filters_sent(request: Request) -> list[tuple[str, str]]:
    return [
        (name, value) for name, value in request.query_params.multi_items() if name in ("regency", "size_class", "kbli")
    ]


def _wants_stream(accept: str, changed_since: str | None) -> bool:
    kinds = {kind.partition(";")[0].strip().lower() for kind in accept.split(",")}
    if kinds & {"application/json", "*/*", "application/*", ""}:
        return False
    if NDJSON in kinds and changed_since is None:
        return True
    raise NotAcceptable()
