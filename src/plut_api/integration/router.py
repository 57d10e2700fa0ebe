"""HTTP of imports: whole files in, row by row answers out."""

import csv
import io
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import File, Header, Query, Request, Response, Security, UploadFile
from sqlalchemy import select
from starlette.responses import StreamingResponse

from plut_api.integration import service
from plut_api.integration.fault_words import words_of
from plut_api.integration.models import Import, ImportFault, ImportKind, ImportMode
from plut_api.integration.problems import FileNotUsable, FileTooLarge, ImportNotFound
from plut_api.integration.schemas import ImportFailure, ImportFaultPage, ImportFaultRead, ImportPage, ImportRead
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import documented, listed
from plut_api.kit.database import Database
from plut_api.kit.i18n import Locale
from plut_api.kit.pages import PageOf
from plut_api.kit.problems import NotAcceptable
from plut_api.kit.streams import CSV
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId

router = Router(tag="integration")

ImportsWrite = Annotated[Caller, Security(signed_in, scopes=["imports:write"])]
Upload = Annotated[
    UploadFile,
    File(
        json_schema_extra={"maxLength": 104_857_600, "format": "binary"},
        description="CSV (comma, semicolon or tab; UTF-8), XLSX (its first sheet) or NDJSON, at most 100 MiB.",
    ),
]
KindParameter = Annotated[ImportKind, Query(description="What the file holds.")]
ModeParameter = Annotated[ImportMode, Query(description="`validate` only says what would happen.")]
Accept = Annotated[str, Header(max_length=200, pattern=r"^[^\x00-\x1f]*$", include_in_schema=False)]
_JSON = ("application/json", "*/*", "application/*")


@router.post("/v1/imports", status_code=202, responses=documented(FileNotUsable, FileTooLarge))
async def create_import(
    request: Request,
    response: Response,
    db: Database,
    caller: ImportsWrite,
    file: Upload,
    kind: KindParameter,
    mode: ModeParameter = ImportMode.validate,
) -> ImportRead:
    """Load a file of cooperatives or of businesses (`actors`). The answer comes at once; poll its `Location`.

    Rows without an error are loaded, the others are reported at `/v1/imports/{import_id}/faults` with line, column and
    code. White space, dates that can be read in one way only, and retired village codes are put right with a warning.
    Loading the same file again changes nothing.

    - `cooperatives`: name, village_code, legal_number, established_on, nik_koperasi, member_count, status, notes.
    - `actors`: owner_name, owner_nik, owner_phone, owner_sex, owner_birth_date, business_name, village_code, address,
      kbli_code, kbli_version, started_on, nib, npwp, year, capital_idr, sales_idr, workers_female, workers_male,
      row_key.
    """
    limit = request.app.state.settings.upload_limit_bytes
    content = await file.read(limit + 1)
    taken = await service.take_file(db, caller, kind, mode, _name_of(file), _within(content, limit))
    response.headers["Location"] = f"/v1/imports/{taken.id}"
    return _shape(taken, request.state.locale)


@router.get("/v1/imports")
async def list_imports(request: Request, db: Database, caller: ImportsWrite, paging: PageOf) -> ImportPage:
    """List the imports of one's organization, newest first; the Dinas sees all."""
    query = select(Import).where(service.imports_visible_to(caller))
    rows = await paging.fetch(db, query, Import.id, descending=True)
    return ImportPage(**rows | {"data": [_shape(row, request.state.locale) for row in rows["data"]]})


@router.get("/v1/imports/{import_id}", responses=documented(ImportNotFound))
async def get_import(import_id: PathId, request: Request, db: Database, caller: ImportsWrite) -> ImportRead:
    """Read an import: state and counts."""
    return _shape(await service.get_import(db, caller, import_id), request.state.locale)


@router.get(
    "/v1/imports/{import_id}/faults",
    response_model=ImportFaultPage,
    responses=listed(CSV) | documented(ImportNotFound, NotAcceptable),
)
async def list_import_faults(
    import_id: PathId,
    request: Request,
    db: Database,
    caller: ImportsWrite,
    paging: PageOf,
    accept: Accept = "*/*",
) -> Any:
    """List what was wrong or put right, by line; all of it as one CSV file with `Accept: text/csv`."""
    found = await service.get_import(db, caller, import_id)
    query, locale = service.faults_of(found.id), request.state.locale
    kinds = {kind.partition(";")[0].strip().lower() for kind in accept.split(",")}
    if CSV in kinds and not kinds & set(_JSON):
        return StreamingResponse(_csv(request, found, locale), media_type=CSV)
    if not kinds & {*_JSON, ""}:
        raise NotAcceptable()
    rows = await paging.fetch(db, query, ImportFault.line, ImportFault.id)
    return ImportFaultPage(**rows | {"data": [_fault(row, locale) for row in rows["data"]]})


async def _csv(request: Request, found: Import, locale: Locale) -> AsyncIterator[bytes]:
    yield _line("line", "column", "code", "severity", "message", "value")
    async with request.app.state.sessions() as db:
        query = service.faults_of(found.id).order_by(ImportFault.line, ImportFault.id)
        async for row in await db.stream_scalars(query.execution_options(yield_per=1000)):
            fault = _fault(row, locale)
            yield _line(fault.line, fault.column, fault.code, fault.severity.value, fault.message, fault.value)


def _line(*cells: Any) -> bytes:
    """One CSV record; a cell that a spreadsheet would take for a formula is kept from it by an apostrophe."""
    out = io.StringIO()
    harmless = [
        f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@")) else cell for cell in cells
    ]
    csv.writer(out, lineterminator="\r\n").writerow(harmless)
    return out.getvalue().encode()


def _fault(row: ImportFault, locale: Locale) -> ImportFaultRead:
    return ImportFaultRead(
        line=row.line,
        column=row.column,
        code=row.code,
        severity=row.severity,
        message=words_of(row.code, locale),
        value=row.value,
    )


def _shape(row: Import, locale: Locale) -> ImportRead:
    failure = row.failure and ImportFailure(
        code=row.failure["code"],
        message=words_of(row.failure["code"], locale),
        line=int(row.failure["line"]) if "line" in row.failure else None,
        columns=row.failure.get("columns"),
    )
    values = {name: getattr(row, name) for name in ImportRead.model_fields if name != "failure"}
    return ImportRead(failure=failure, **values)


def _within(content: bytes, limit: int) -> bytes:
    if len(content) > limit:
        raise FileTooLarge()
    return content


def _name_of(file: UploadFile) -> str:
    return "".join(character for character in file.filename or "file" if character.isprintable())[:255] or "file"
