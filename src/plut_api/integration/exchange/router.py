"""HTTP of the exchange with other systems: everything out, in one stream."""

import csv
import io
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Header, Query, Request, Security
from starlette.responses import StreamingResponse

from plut_api.integration.exchange.columns import COLUMNS, SYSTEM
from plut_api.integration.exchange.rows import Wanted, blocks
from plut_api.integration.mappings.schemas import SOURCE
from plut_api.kit import audit
from plut_api.kit.audit.context import who_of
from plut_api.kit.audit.recording import AT_ONCE, entry
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import documented
from plut_api.kit.problems import NotAcceptable
from plut_api.kit.representations import representation
from plut_api.kit.streams import CSV, NDJSON
from plut_api.kit.web import Router
from plut_api.kit.wire import Instant

router = Router(tag="integration")

ExportsRead = Annotated[Caller, Security(signed_in, scopes=["exports:read"])]
Regencies = Annotated[
    list[Annotated[str, Query(max_length=5, pattern=r"^[0-9]{2}\.[0-9]{2}$")]] | None,
    Query(max_length=20, description="Only of these kabupaten or kota."),
]
ChangedSince = Annotated[
    Instant | None,
    Query(
        description="Only rows of which something that may be changed has changed since this instant; those of the ten "
        "minutes before are repeated, so that none is missed."
    ),
]
System = Annotated[
    str,
    Query(max_length=40, pattern=SOURCE, description="Whose ids stand in `outside_id`; `sidt`: the single database."),
]
Accept = Annotated[str, Header(max_length=200, pattern=r"^[^\x00-\x1f]*$", include_in_schema=False)]
_FREE_TEXT = frozenset({"owner_name", "business_name", "address", "products", "certifications", "channels", "support"})


@router.get(
    "/v1/exchange/actors",
    response_class=StreamingResponse,
    responses={200: {"content": {NDJSON: {}, CSV: {}}}, **documented(NotAcceptable)},
)
async def export_actors(
    request: Request,
    caller: ExportsRead,
    regency: Regencies = None,
    changed_since: ChangedSince = None,
    system: System = SYSTEM,
    accept: Accept = "*/*",
) -> StreamingResponse:
    """Stream every business with its first owner and its newest figures, for the single database. For the Dinas.

    A JSON object a line, or CSV with `Accept: text/csv`; both have the same columns, of one moment.

    - `outside_id` is what the other system calls the business, `id` what we do, `row_hash` tells one version of what
      may be changed: owner_name, owner_nik, owner_phone, owner_sex, owner_birth_date, business_name, village_code,
      address, kbli_code, kbli_version, started_on, nib, npwp, year, capital_idr, sales_idr, assets_idr,
      workers_female, workers_male.
    - Owner, business and figures each have `_source`, `_as_of` and `_verified_level`. Products, certifications,
      channels and support are lists separated by `;`. They, `legal_form` and `status` are only told.
    - Give the file back with `kind=exchange`, with outside ids filled in and values changed, but each `row_hash` as it
      was. Rows whose hash still fits are passed over at once. A row that changed on both sides is reported and left
      alone.
    """
    kind = representation(accept, (NDJSON, CSV))
    wanted = Wanted(system, tuple(regency or ()), changed_since)
    rows = blocks(request.app.state.hot_engine, wanted, caller, _noting(request))
    return StreamingResponse(_csv(rows) if kind == CSV else _ndjson(rows), media_type=kind)


def _noting(request: Request) -> Callable[[list[UUID]], None]:
    """Every block is an entry of the audit log: who took whose data along."""
    of_whom = who_of(request.scope)

    def note(actor_ids: list[UUID]) -> None:
        for start in range(0, len(actor_ids), AT_ONCE):
            shown = actor_ids[start : start + AT_ONCE]
            request.app.state.audit.add(entry(of_whom, audit.Action.read, "actors", shown, []))

    return note


async def _ndjson(found: AsyncIterator[list[dict[str, Any]]]) -> AsyncIterator[bytes]:
    async for rows in found:
        yield b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)


async def _csv(found: AsyncIterator[list[dict[str, Any]]]) -> AsyncIterator[bytes]:
    yield _lines([COLUMNS])
    async for rows in found:
        yield _lines(_cells(row) for row in rows)


def _lines(rows: Iterable[Iterable[Any]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()


def _cells(row: Mapping[str, Any]) -> list[Any]:
    """The cells of a line; text that a spreadsheet would run as a formula begins with an apostrophe."""
    return [
        f"'{value}" if name in _FREE_TEXT and value is not None and value.startswith(("=", "+", "-", "@")) else value
        for name, value in row.items()
    ]
