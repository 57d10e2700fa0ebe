"""Imports that are tried first, saved mappings, and the exchange with other systems."""

import itertools

from plut_api.integration.models import (
    DifferenceAction,
    Import,
    ImportDifference,
    ImportFile,
    ImportKind,
    ImportMapping,
    ImportMode,
    ImportState,
)
from plut_api.kit import clock
from plut_api.kit.crypto import secret_hash, vault
from tests.access.calls.call import Call, etag, prepared
from tests.access.rows import Side
from tests.access.world import World

_NUMBERS = itertools.count(1)
_DEFINITION = {"columns": [{"header": "Nama", "column": "owner_name"}], "fixed": [], "translations": []}


async def _tried(world: World) -> Import:
    """An import of the Dinas that was tried, and differs in one field."""
    row = Import(
        kind=ImportKind.actors,
        mode=ImportMode.validate,
        state=ImportState.done,
        file_name="contoh.csv",
        file_hash=secret_hash("contoh"),
        caller_id=world.dinas.id,
        organization_id=world.dinas_organization.id,
        report_digest=secret_hash("laporan"),
        commit_until=clock.now().replace(year=clock.now().year + 1),
        finished_at=clock.now(),
    )
    tried: Import = await world.add(row)
    await world.add(ImportFile(import_id=tried.id, content=vault().seal_bytes("import_files.content", b"a,b")))
    return tried


async def _mapping(world: World) -> ImportMapping:
    """A mapping of the Dinas."""
    mapping: ImportMapping = await world.add(
        ImportMapping(
            organization_id=world.dinas_organization.id,
            source=f"sumber-{next(_NUMBERS)}",
            kind=ImportKind.actors,
            definition=_DEFINITION,
            changed_by=world.dinas.id,
        )
    )
    return mapping


@prepared
async def list_import_differences(world: World, side: Side, who: str) -> Call:
    found = side.id("import")
    await world.add(
        ImportDifference(
            import_id=found,
            line=2,
            actor_id=side.actor.id,
            business="Usaha",
            field="address",
            before="••••",
            after="••••",
            action=DifferenceAction.update,
        )
    )
    return Call(path={"import_id": found}, about=found)


@prepared
async def commit_import(world: World, side: Side, who: str) -> Call:
    tried = await _tried(world)
    return Call(path={"import_id": tried.id}, about=tried.id)


@prepared
async def list_import_mappings(world: World, side: Side, who: str) -> Call:
    await _mapping(world)
    return Call()


@prepared
async def get_import_mapping(world: World, side: Side, who: str) -> Call:
    return Call(path={"source": (await _mapping(world)).source})


@prepared
async def put_import_mapping(world: World, side: Side, who: str) -> Call:
    mapping = await _mapping(world)
    body = {"kind": "actors", **_DEFINITION}
    return Call(path={"source": mapping.source}, body=body, headers=await etag(world, mapping))


@prepared
async def delete_import_mapping(world: World, side: Side, who: str) -> Call:
    mapping = await _mapping(world)
    return Call(path={"source": mapping.source}, headers=await etag(world, mapping))


@prepared
async def export_actors(world: World, side: Side, who: str) -> Call:
    for each in world.sides.values():  # Other calls may have made them owners before; now they are in any order.
        await world.make.actor(each.keeper)
    return Call()
