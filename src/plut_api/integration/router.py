"""HTTP of imports: whole files in, row by row answers out."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import File, Header, Query, Request, Response, Security, UploadFile
from sqlalchemy import select
from starlette.responses import StreamingResponse

from plut_api.integration import service
from plut_api.integration.fault_words import words_of
from plut_api.integration.mappings.schemas import SOURCE
from plut_api.integration.models import Import, ImportFault, ImportKind, ImportMode, OnConflict
from plut_api.integration.problems import FileNotUsable, FileTooLarge, ImportMappingNotFound, ImportNotFound
from plut_api.integration.schemas import ImportFaultPage, ImportFaultRead, ImportPage, ImportRead
from plut_api.integration.shapes import import_shape
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import documented, listed
from plut_api.kit.csv_lines import csv_line, wants_csv
from plut_api.kit.database import Database
from plut_api.kit.i18n import Locale
from plut_api.kit.pages import PageOf
from plut_api.kit.problems import NotAcceptable
from plut_api.kit.streams import CSV
from plut_api.kit.web import Router
from plut_api.kit.wire import Day, PathId

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
OnConflictParameter = Annotated[
    OnConflict | None,
    Query(
        description="What a row does to a record that is known: `skip` leaves it, `fill_empty` fills what is empty "
        "(usual for `actors`), `update` overwrites what differs (usual for `exchange` and `cooperatives`)."
    ),
]
SourceParameter = Annotated[
    str | None,
    Query(
        max_length=40,
        pattern=SOURCE,
        description="Whose file it is: row keys and outside ids are of their source. Usually that of the mapping.",
        examples=["bps_2026"],
    ),
]
AsOfParameter = Annotated[
    Day | None,
    Query(description="The day that the file tells of. What an owner told later, or without it ever, is kept."),
]
MappingParameter = Annotated[
    str | None,
    Query(max_length=40, pattern=SOURCE, description="The saved mapping to read the file by.", examples=["bps_2026"]),
]
Accept = Annotated[str, Header(max_length=200, pattern=r"^[^\x00-\x1f]*$", include_in_schema=False)]


@router.post("/v1/imports", status_code=202, responses=documented(FileNotUsable, FileTooLarge, ImportMappingNotFound))
async def create_import(
    request: Request,
    response: Response,
    db: Database,
    caller: ImportsWrite,
    file: Upload,
    kind: KindParameter,
    mode: ModeParameter = ImportMode.validate,
    on_conflict: OnConflictParameter = None,
    source: SourceParameter = None,
    as_of: AsOfParameter = None,
    mapping: MappingParameter = None,
) -> ImportRead:
    """Load a file of cooperatives or of businesses (`actors`). The answer comes at once; poll its `Location`.

    Rows without an error are loaded, the others are reported at `/v1/imports/{import_id}/faults` with line, column and
    code. White space, dates that can be read in one way only, and retired village codes are put right with a warning.
    Loading the same file again changes nothing.

    With `mode=validate` nothing is loaded: `/v1/imports/{import_id}/differences` tells field by field what would be,
    and `/v1/imports/{import_id}/commit` does it, within a day and exactly so.

    - `cooperatives`: name, village_code, legal_number, established_on, nik_koperasi, member_count, status, notes.
    - `actors`: owner_name, owner_nik, owner_phone, owner_sex, owner_birth_date, business_name, village_code, address,
      kbli_code, kbli_version, started_on, nib, npwp, year, capital_idr, sales_idr, assets_idr, workers_female,
      workers_male, row_key. A business is known by its NIB, else by the row key within its source, else by owner, name
      and village; an owner by the NIK, else by phone and name. Who could be several people is none of them.
    - `exchange`: what `/v1/exchange/actors` gave, worked on by another system.

    Never overwritten: what was verified, what an owner told after the day of the file, figures of a year (another
    figure is a further report).
    """
    limit = request.app.state.settings.upload_limit_bytes
    content = await file.read(limit + 1)
    wishes = service.Wishes(on_conflict, source, as_of, mapping)
    taken = await service.take_file(db, caller, kind, mode, _name_of(file), _within(content, limit), wishes)
    response.headers["Location"] = f"/v1/imports/{taken.id}"
    return import_shape(taken, request.state.locale)


@router.get("/v1/imports")
async def list_imports(request: Request, db: Database, caller: ImportsWrite, paging: PageOf) -> ImportPage:
    """List the imports of one's organization, newest first; the Dinas sees all."""
    query = select(Import).where(service.imports_visible_to(caller))
    rows = await paging.fetch(db, query, Import.id, descending=True)
    return ImportPage(**rows | {"data": [import_shape(row, request.state.locale) for row in rows["data"]]})


@router.get("/v1/imports/{import_id}", responses=documented(ImportNotFound))
async def get_import(import_id: PathId, request: Request, db: Database, caller: ImportsWrite) -> ImportRead:
    """Read an import: state and counts."""
    return import_shape(await service.get_import(db, caller, import_id), request.state.locale)


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
    if wants_csv(accept):
        return StreamingResponse(_csv(request, found, locale), media_type=CSV)
    rows = await paging.fetch(db, query, ImportFault.line, ImportFault.id)
    return ImportFaultPage(**rows | {"data": [_fault(row, locale) for row in rows["data"]]})


async def _csv(request: Request, found: Import, locale: Locale) -> AsyncIterator[bytes]:
    yield csv_line("line", "column", "code", "severity", "message", "value")
    async with request.app.state.sessions() as db:
        query = service.faults_of(found.id).order_by(ImportFault.line, ImportFault.id)
        async for row in await db.stream_scalars(query.execution_options(yield_per=1000)):
            fault = _fault(row, locale)
            yield csv_line(fault.line, fault.column, fault.code, fault.severity.value, fault.message, fault.value)


def _fault(row: ImportFault, locale: Locale) -> ImportFaultRead:
    return ImportFaultRead(
        line=row.line,
        column=row.column,
        code=row.code,
        severity=row.severity,
        message=words_of(row.code, locale),
        value=row.value,
    )


def _within(content: bytes, limit: int) -> bytes:
    if len(content) > limit:
        raise FileTooLarge()
    return content


def _name_of(file: UploadFile) -> str:
    return "".join(character for character in file.filename or "file" if character.isprintable())[:255] or "file"
