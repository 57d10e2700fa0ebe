"""Files, the scan of a signed consent above all."""

from hashlib import sha256

from sqlalchemy import update

from plut_api.actors.models import Consent
from plut_api.kit import clock
from plut_api.kit.crypto import vault
from plut_api.kit.database import unit_of_work
from plut_api.kit.files import FileRow, sealing
from plut_api.kit.files.service import KEY_CONTEXT
from plut_api.kit.files.store import file_store
from plut_api.kit.ids import new_id
from tests.access.calls.call import Call, prepared
from tests.access.rows import Side
from tests.access.world import World
from tests.kit.files.built import pdf


async def file_of(world: World, side: Side) -> FileRow:
    """A scan that an officer handed in and that is attached to the consent of the side's business."""
    key, file_id = sealing.new_key(), new_id()
    content = pdf(inside=f"% {side.markers['name']}\n".encode())
    await file_store(world.app.state.settings).put(file_id, sealing.sealed(key, file_id, content))
    file: FileRow = await world.add(
        FileRow(
            id=file_id,
            sha256=sha256(file_id.bytes).digest(),
            media_type="application/pdf",
            size_bytes=len(content),
            name="persetujuan.pdf",
            uploaded_by=new_id(),
            key_sealed=vault().seal_bytes(KEY_CONTEXT, key),
            attached_at=clock.now(),
        )
    )
    async with unit_of_work(world.sessions) as db:
        await db.execute(update(Consent).where(Consent.id == side.id("consent")).values(paper_file_id=file_id))
    return file


@prepared
async def upload_file(world: World, side: Side, who: str) -> Call:
    return Call(files={"file": ("scan.pdf", pdf(), "application/pdf")})


@prepared
async def get_file(world: World, side: Side, who: str) -> Call:
    file = await file_of(world, side)
    return Call(path={"file_id": file.id}, about=file.id)
