"""Keeping mappings, one a source within an organization."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.integration.files.table import column_name
from plut_api.integration.mappings.schemas import ImportMappingPut
from plut_api.integration.models import ImportMapping
from plut_api.integration.problems import ImportMappingNotFound
from plut_api.kit.caller import Caller
from plut_api.kit.database import refusing
from plut_api.kit.etags import require_match
from plut_api.kit.problems import Fault, Invalid, PreconditionFailed, fault

_TAKEN = {"uq_import_mappings_organization_id_source": PreconditionFailed()}
"""Who comes second at the same moment has not read the first version."""


def mappings_visible_to(caller: Caller) -> ColumnElement[bool]:
    """The condition on `import_mappings` for a caller: those of their organization."""
    return ImportMapping.organization_id == _house(caller)


async def require_mapping(db: AsyncSession, caller: Caller, source: str, *, for_update: bool = False) -> ImportMapping:
    """The mapping of a source. Raises ImportMappingNotFound."""
    query = select(ImportMapping).where(mappings_visible_to(caller), ImportMapping.source == source)
    row: ImportMapping | None = await db.scalar(query.with_for_update() if for_update else query)
    if row is None:
        raise ImportMappingNotFound()
    return row


async def put_mapping(
    db: AsyncSession,
    caller: Caller,
    source: str,
    if_match: str | None,
    given: ImportMappingPut,
    columns: Collection[str],
) -> ImportMapping:
    """Save the mapping of a source, or replace the version that was read; `columns` are those of its kind.

    Raises Invalid (`column_unknown`, `header_twice`, `column_twice`), PreconditionRequired, PreconditionFailed.
    """
    _require_sound(given, columns)
    definition: dict[str, Any] = given.model_dump(mode="json", exclude={"kind"})
    query = select(ImportMapping).where(mappings_visible_to(caller), ImportMapping.source == source)
    row = await db.scalar(query.with_for_update())
    if row is None:
        if if_match is not None:
            raise PreconditionFailed()
        row = ImportMapping(organization_id=_house(caller), source=source, version=0)
    else:
        require_match(row, if_match)
    row.kind, row.definition, row.changed_by = given.kind, definition, caller.id
    row.version += 1
    with refusing(_TAKEN):
        db.add(row)
        await db.flush()
    await db.refresh(row)
    return row


async def delete_mapping(db: AsyncSession, caller: Caller, source: str, if_match: str | None) -> None:
    """Remove a mapping; imports that used it keep theirs.

    Raises ImportMappingNotFound, PreconditionRequired, PreconditionFailed.
    """
    row = await require_mapping(db, caller, source, for_update=True)
    require_match(row, if_match)
    await db.delete(row)
    await db.flush()


def _house(caller: Caller) -> UUID:
    return caller.organization_id or caller.id


def _require_sound(given: ImportMappingPut, columns: Collection[str]) -> None:
    faults: list[Fault] = []
    for name in ("columns", "fixed", "translations"):
        for place, each in enumerate(getattr(given, name)):
            if each.column not in columns:
                faults.append(_unknown(f"#/{name}/{place}/column"))
    headers = [column_name(each.header) for each in given.columns]
    for place, header in enumerate(headers):
        if header in headers[:place]:
            faults.append(_header_twice(f"#/columns/{place}/header"))
    for name in ("columns", "fixed"):
        named = [each.column for each in getattr(given, name)]
        for place, column in enumerate(named):
            if column in named[:place]:
                faults.append(_column_twice(f"#/{name}/{place}/column"))
    if faults:
        raise Invalid(errors=faults)


def _unknown(pointer: str) -> Fault:
    return fault(
        pointer,
        "column_unknown",
        id="Kolom ini tidak ada pada jenis berkas ini",
        en="Files of this kind have no such column",
    )


def _header_twice(pointer: str) -> Fault:
    return fault(pointer, "header_twice", id="Judul ini sudah dipetakan", en="This header is mapped already")


def _column_twice(pointer: str) -> Fault:
    return fault(pointer, "column_twice", id="Kolom ini sudah disebut", en="This column was named already")
