"""Uploads: begun, gone on with, ended."""

from datetime import timedelta
from uuid import UUID

from anyio import to_thread
from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import clock
from plut_api.kit.caller import Caller
from plut_api.kit.crypto import SealBroken, vault
from plut_api.kit.files import sealing
from plut_api.kit.files.problems import FileTooBig, store_away
from plut_api.kit.files.service import REMOVE, take_file
from plut_api.kit.files.store import FileStore
from plut_api.kit.files.uploads.models import Upload
from plut_api.kit.files.uploads.problems import UploadNotFound, UploadOffsetConflict, UploadTooLong
from plut_api.kit.ids import new_id
from plut_api.kit.jobs import defer
from plut_api.settings import Settings

KEY_CONTEXT = "uploads.key"
KEPT = timedelta(days=1)
"""Less than the two days after which pieces that no file speaks for are swept (kit/files/jobs.py)."""


async def begin(db: AsyncSession, settings: Settings, caller: Caller, length: int, name: str | None) -> Upload:
    """Begin an upload of so many bytes. Raises FileTooBig."""
    if length > settings.file_limit_bytes:
        raise FileTooBig(extra={"limit_bytes": settings.file_limit_bytes})
    upload = Upload(
        uploaded_by=caller.id,
        name=name,
        length_bytes=length,
        offset_bytes=0,
        part_ids=[],
        key_sealed=vault().seal_bytes(KEY_CONTEXT, sealing.new_key()),
        expires_at=clock.now() + KEPT,
    )
    db.add(upload)
    await db.flush()
    await db.refresh(upload)
    return upload


async def one_upload(db: AsyncSession, caller: Caller, upload_id: UUID, *, for_update: bool = False) -> Upload:
    """An upload that the caller began and that can be gone on with. Raises UploadNotFound."""
    query = select(Upload).where(
        Upload.id == upload_id, Upload.uploaded_by == caller.id, Upload.expires_at > clock.now()
    )
    query = query.execution_options(populate_existing=True)
    found = await db.scalar(query.with_for_update() if for_update else query)
    if found is None:
        raise UploadNotFound()
    return found


async def go_on(
    db: AsyncSession,
    store: FileStore,
    settings: Settings,
    caller: Caller,
    upload_id: UUID,
    offset: int,
    piece: bytes,
) -> Upload:
    """Add a piece that begins at an offset; with the last one the whole is checked and becomes a file.

    Two at the same offset wait for one another, and the second finds the upload further on. Raises UploadNotFound,
    UploadOffsetConflict, UploadTooLong, FileStoreAway, and of the whole FileTypeRefused, FileBroken: the upload then
    stands where it stood before the last piece.
    """
    upload = await one_upload(db, caller, upload_id, for_update=True)
    if offset != upload.offset_bytes:
        raise UploadOffsetConflict(
            extra={"offset_bytes": upload.offset_bytes}, headers={"Upload-Offset": str(upload.offset_bytes)}
        )
    if offset + len(piece) > upload.length_bytes:
        raise UploadTooLong(extra={"length_bytes": upload.length_bytes})
    if not piece:
        return upload
    key = vault().open_bytes(KEY_CONTEXT, upload.key_sealed or b"")
    if offset + len(piece) < upload.length_bytes:
        part_id = new_id()
        await store.put(part_id, await to_thread.run_sync(sealing.sealed, key, part_id, piece))
        upload.part_ids = [*upload.part_ids, part_id]
    else:
        whole = await _whole(store, key, upload.part_ids) + piece
        file = await take_file(db, store, caller, upload.name, whole, settings.file_limit_bytes)
        await _let_go(db, upload.part_ids)
        upload.file_id, upload.part_ids, upload.key_sealed = file.id, [], None
    upload.offset_bytes = offset + len(piece)
    await db.flush()
    return upload


async def end(db: AsyncSession, caller: Caller, upload_id: UUID) -> None:
    """Give an upload up; a file that it became already stays by the rules of files. Raises UploadNotFound."""
    upload = await one_upload(db, caller, upload_id, for_update=True)
    await _let_go(db, upload.part_ids)
    await db.delete(upload)
    await db.flush()


async def forget(db: AsyncSession, condition: ColumnElement[bool]) -> int:
    """Remove uploads with their pieces; how many there were."""
    gone = (await db.scalars(delete(Upload).where(condition).returning(Upload.part_ids))).all()
    await _let_go(db, [part_id for part_ids in gone for part_id in part_ids])
    return len(gone)


async def forget_abandoned(db: AsyncSession) -> int:
    """Remove uploads that have had their time; how many there were."""
    return await forget(db, Upload.expires_at <= clock.now())


async def _whole(store: FileStore, key: bytes, part_ids: list[UUID]) -> bytes:
    """What has come so far. Raises FileStoreAway."""
    found = bytearray()
    for part_id in part_ids:
        try:
            async for plain in sealing.opened(key, part_id, await store.get(part_id)):
                found += plain
        except SealBroken:
            raise store_away() from None
    return bytes(found)


async def _let_go(db: AsyncSession, part_ids: list[UUID]) -> None:
    if part_ids:
        await defer(db, REMOVE, file_ids=[str(part_id) for part_id in part_ids])
