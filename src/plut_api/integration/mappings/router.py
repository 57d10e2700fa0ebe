"""HTTP of saved mappings."""

from typing import Annotated

from fastapi import Path, Response, Security
from sqlalchemy import select

from plut_api.integration.mappings import service
from plut_api.integration.mappings.schemas import SOURCE, ImportMappingPage, ImportMappingPut, ImportMappingRead
from plut_api.integration.models import ImportMapping
from plut_api.integration.problems import ImportMappingNotFound
from plut_api.integration.service import COLUMNS
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import documented
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch, put_etag
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router

router = Router(tag="integration")

ImportsWrite = Annotated[Caller, Security(signed_in, scopes=["imports:write"])]
SourcePath = Annotated[
    str, Path(max_length=40, pattern=SOURCE, description="Short name of the source.", examples=["bps_2026"])
]


@router.get("/v1/import-mappings")
async def list_import_mappings(db: Database, caller: ImportsWrite, paging: PageOf) -> ImportMappingPage:
    """List the saved mappings of one's organization, by source."""
    query = select(ImportMapping).where(service.mappings_visible_to(caller))
    rows = await paging.fetch(db, query, ImportMapping.source)
    return ImportMappingPage(**rows | {"data": [_shape(row) for row in rows["data"]]})


@router.get("/v1/import-mappings/{source}", responses=documented(ImportMappingNotFound))
async def get_import_mapping(
    source: SourcePath, db: Database, caller: ImportsWrite, response: Response
) -> ImportMappingRead:
    """Read how files of a source are read."""
    row = await service.require_mapping(db, caller, source)
    put_etag(response, row)
    return _shape(row)


@router.put("/v1/import-mappings/{source}")
async def put_import_mapping(
    source: SourcePath,
    body: ImportMappingPut,
    db: Database,
    caller: ImportsWrite,
    response: Response,
    if_match: IfMatch = None,
) -> ImportMappingRead:
    """Save how files of a source are read: its column names, fixed values, and its words for ours (`L`, `P`).

    Then load its files with `mapping=<source>`. The first version needs no `If-Match`. Imports under way keep the
    version that they came with.
    """
    row = await service.put_mapping(db, caller, source, if_match, body, COLUMNS[body.kind])
    put_etag(response, row)
    return _shape(row)


@router.delete("/v1/import-mappings/{source}", status_code=204, responses=documented(ImportMappingNotFound))
async def delete_import_mapping(
    source: SourcePath, db: Database, caller: ImportsWrite, if_match: IfMatch = None
) -> None:
    """Remove a saved mapping. Imports that used it are not touched."""
    await service.delete_mapping(db, caller, source, if_match)


def _shape(row: ImportMapping) -> ImportMappingRead:
    return ImportMappingRead(source=row.source, kind=row.kind, updated_at=row.updated_at, **row.definition)
