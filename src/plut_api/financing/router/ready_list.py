"""HTTP of the ready list: the bank's pull.

Its query is read by a model of its own instead of parameter by parameter: with twenty of them, the framework would take
longer over an address than PostgreSQL over a page.
"""

from typing import Annotated, Any
from urllib.parse import parse_qsl
from uuid import UUID

from fastapi import Depends, Header, Request, Response, Security
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.responses import StreamingResponse

from plut_api.financing.problems import SyncTokenExpired
from plut_api.financing.pulls import STREAMS, Pull, bank_of, position_after, pull_page, pull_stream, require_whole
from plut_api.financing.ready_list import Reader
from plut_api.financing.schemas.ready_filters import FILTERS, ReadyListAsked
from plut_api.financing.schemas.ready_list import ReadyList
from plut_api.financing.scores.problems import ScoresNotShown
from plut_api.kit import sync_tokens
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import documented, listed
from plut_api.kit.pages import Cursors
from plut_api.kit.problems import InvalidCursor, NotAcceptable
from plut_api.kit.representations import representation
from plut_api.kit.streams import NDJSON
from plut_api.kit.web import Router

JSON = "application/json"
router = Router(tag="financing")

FinancingPull = Annotated[Caller, Security(signed_in, scopes=["financing:pull"])]
Accept = Annotated[str, Header(max_length=200, pattern=r"^[^\x00-\x1f]*$", include_in_schema=False)]
_MANY = frozenset(name for name, one in ReadyListAsked.model_fields.items() if one.default == [])


async def asked_for(request: Request) -> ReadyListAsked:
    """What the query of an address asks for. Raises RequestValidationError."""
    given: dict[str, Any] = {}
    for name, value in parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True):
        if name in _MANY:
            given.setdefault(name, []).append(value)
        else:
            given[name] = value
    try:
        return ReadyListAsked.model_validate(given)
    except ValidationError as error:
        found = error.errors(include_url=False)
        raise RequestValidationError([one | {"loc": ("query", *one["loc"])} for one in found]) from None


def _described() -> list[dict[str, Any]]:
    """The parameters of the query, as the contract describes them."""
    shapes = ReadyListAsked.model_json_schema()["properties"]
    parameters = []
    for name, shape in shapes.items():
        described = {key: value for key, value in shape.items() if key not in ("title", "description", "examples")}
        if described.get("default") in (None, []):
            described.pop("default", None)
        parameter = {"name": name, "in": "query", "required": False, "schema": described}
        parameter["description"] = shape["description"]
        if "examples" in shape:
            parameter["example"] = shape["examples"][0]
        parameters.append(parameter)
    return parameters


@router.get(
    "/v1/financing/ready-list",
    response_model=ReadyList,
    responses=listed(*STREAMS) | documented(SyncTokenExpired, InvalidCursor, NotAcceptable, ScoresNotShown),
    openapi_extra={"parameters": _described()},
)
async def list_ready_businesses(
    request: Request,
    caller: FinancingPull,
    asked: Annotated[ReadyListAsked, Depends(asked_for)],
    accept: Accept = "*/*",
) -> Response:
    """Pull the businesses whose file a PLUT consultant confirmed as complete. For banks.

    - **Masked and identified.** Without the owner's consent to this bank a row has no name, no village, no segments and
      no figures, and stands under a pseudonym of this bank alone. Consent is checked as the row is read.
    - **Filters.** Values of one filter are joined by OR, filters by AND. `segment`, `fits` and `score_from` are met by
      identified rows alone, since a masked row must not tell who stands behind it.
    - **Pages.** Follow `next_cursor` (or `Link`) until it is null, then keep `sync_token`; every page carries it.
    - **Changes.** `changed_since=<sync_token>` with the same filters answers rows that came or changed, and tombstones
      (`removed: true`) for ids that no longer exist for this bank under these filters; apply them in order. A page may
      be empty and still have a next one. Nothing is missed, whatever commits meanwhile. A token ends after 30 days,
      when the database was restored, and when it changed whether this bank sees scores (410): pull the whole list
      again, without it.
    - **Whole.** `Accept: application/x-ndjson` streams every row, one JSON object a line, and last of all the line
      `{"sync_token": "…"}`, which says that nothing is lacking. `Accept: text/csv` streams the same as CSV, levels of
      outcomes in columns, gates left out, an apostrophe before what a spreadsheet would run. Both have the token in the
      header `Sync-Token`, too. With `changed_since`, NDJSON streams all changes at once: the cheapest nightly pull.
    - **Broken off.** Ask again with `after=<id of the last whole line>` and `resume=<Sync-Token of that answer>`: the
      stream goes on with the line after it, and ends in the token of the first part, so that what changed meanwhile
      comes with the next pull. An `id` that was never served is refused (400): begin anew.

    A complete file is no judgement of creditworthiness. A score stands in a row only for banks that a dated setting of
    the Dinas lets see it.
    """
    kind = representation(accept, (JSON, NDJSON) if asked.changed_since is not None else (JSON, *STREAMS))
    reader = Reader(caller, bank_of(caller), UUID(request.state.request_id))
    bound_to = _bound_to(request, caller, asked)
    pull = Pull(reader, asked.filters(), bound_to, asked.changed_since, asked.sort, asked.after, asked.resume)
    await require_whole(request.app.state.hot_engine, pull, streamed=kind != JSON)
    return await (_page(request, pull, asked) if kind == JSON else _stream(request, pull, kind))


async def _page(request: Request, pull: Pull, asked: ReadyListAsked) -> Response:
    answer = Response(media_type=JSON)
    paging = Cursors(request, answer, asked.limit, asked.cursor)
    page = await pull_page(request.app.state.hot_engine, pull, await paging.position(), asked.limit)
    cursor = "null"
    if (position := position_after(page)) is not None:
        following = await paging.seal(position)
        paging.link(following)
        cursor = f'"{following}"'
    answer.body = f'{{"data":[{page.body}],"next_cursor":{cursor},"sync_token":"{pull.token(page.point)}"}}'.encode()
    answer.headers["Content-Length"] = str(len(answer.body))
    return answer


async def _stream(request: Request, pull: Pull, kind: str) -> Response:
    rows, token = await pull_stream(request.app.state.hot_engine, pull, kind)
    return StreamingResponse(rows, media_type=kind, headers={"Sync-Token": token})


def _bound_to(request: Request, caller: Caller, asked: ReadyListAsked) -> str:
    sent = [(name, str(value)) for name in asked.model_fields_set & FILTERS for value in _values(getattr(asked, name))]
    return sync_tokens.bound_to(request.url.path, caller.id, sent)


def _values(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
