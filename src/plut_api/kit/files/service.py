"""Taking files in, and giving them out."""

import hashlib
import re
import unicodedata
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, cast
from uuid import UUID

from anyio import to_thread
from sqlalchemy import ColumnElement, Table, case, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import audit, clock
from plut_api.kit.audit.values import told
from plut_api.kit.caller import Caller
from plut_api.kit.crypto import SealBroken, vault
from plut_api.kit.files import sealing
from plut_api.kit.files.attaching import files_visible_to
from plut_api.kit.files.content import BrokenFile, TakenIn, UnknownFile, take_in
from plut_api.kit.files.models import FileRow
from plut_api.kit.files.problems import FileBroken, FileNotFound, FileTooBig, FileTypeRefused, store_away
from plut_api.kit.files.store import FileStore
from plut_api.kit.ids import new_id
from plut_api.kit.jobs import NAMESPACE, defer
from plut_api.kit.problems import Fault

KEY_CONTEXT = "files.key"
REMOVE = f"{NAMESPACE}:files.remove"
GONE = "(dihapus)"
_ENDINGS: Mapping[str, tuple[str, ...]] = {
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/webp": (".webp",),
    "application/pdf": (".pdf",),
}
_LONGEST_NAME = 150
_TABLE = cast("Table", FileRow.__table__)


@dataclass(frozen=True)
class File:
    """A file as it is told of; the same whether it came now or was there."""

    id: UUID
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    stored_at: datetime


async def take_file(
    db: AsyncSession, store: FileStore, caller: Caller, name: str | None, content: bytes, limit: int
) -> File:
    """Keep a file under a key of its own; one that the caller handed in before is there already.

    Raises FileTooBig, FileTypeRefused, FileBroken, FileStoreAway.
    """
    if len(content) > limit:
        raise FileTooBig(extra={"limit_bytes": limit})
    taken = await to_thread.run_sync(_checked, content)
    file_id, key = new_id(), sealing.new_key()
    row = {
        "id": file_id,
        "sha256": hashlib.sha256(taken.content).digest(),
        "media_type": taken.media_type,
        "size_bytes": len(taken.content),
        "name": cleaned_name(name, taken.media_type),
        "uploaded_by": caller.id,
        "key_sealed": vault().seal_bytes(KEY_CONTEXT, key),
    }
    kept = await _keep_once(db, row)
    if kept.id == file_id:
        sealed = await to_thread.run_sync(sealing.sealed, key, file_id, taken.content)
        await store.put(file_id, sealed)
    return kept


async def _keep_once(db: AsyncSession, row: dict[str, Any]) -> File:
    """Add a row; the same bytes of the same uploader are one row, whose day to be attached begins anew."""
    renewed = case((FileRow.attached_at.is_(None), func.now()), else_=FileRow.stored_at)
    kept = (
        insert(FileRow)
        .values(row)
        .on_conflict_do_update(
            index_elements=["uploaded_by", "sha256"],
            index_where=FileRow.erased_at.is_(None),
            set_={"stored_at": renewed},
        )
        .returning(*_told_columns())
    )
    file = _as_file((await db.execute(kept)).one())
    if file.id == row["id"]:
        audit.record(db, audit.Action.created, "files", [file.id], after=told(_TABLE, row, file.id))
    return file


async def give_file(
    db: AsyncSession, store: FileStore, caller: Caller, file_id: UUID
) -> tuple[File, AsyncIterator[bytes]]:
    """A file within the caller's rows and its plain bytes; that the first of them are sound is known by then.

    Raises FileNotFound, FileStoreAway.
    """
    query = select(*_told_columns(), FileRow.key_sealed).where(FileRow.id == file_id, files_visible_to(caller))
    found = (await db.execute(query)).one_or_none()
    if found is None:
        raise FileNotFound()
    key = vault().open_bytes(KEY_CONTEXT, found.key_sealed)
    parts = sealing.opened(key, file_id, await store.get(file_id))
    try:
        first = await anext(parts)
    except SealBroken:
        raise store_away() from None
    return _as_file(found), _after(first, parts)


async def destroy(db: AsyncSession, condition: ColumnElement[bool]) -> list[UUID]:
    """Destroy the keys of files, so that nobody can open them, and queue the removal of what lies in the store."""
    gone = update(FileRow).where(condition, FileRow.erased_at.is_(None))
    gone = gone.values(key_sealed=None, name=GONE, erased_at=clock.now())
    ids = list((await db.scalars(gone.returning(FileRow.id).execution_options(synchronize_session=False))).all())
    audit.record(db, audit.Action.changed, "files", ids, after={"erased": True})
    if ids:
        await defer(db, REMOVE, file_ids=[str(file_id) for file_id in ids])
    return ids


def cleaned_name(name: str | None, media_type: str) -> str:
    """A name without folders and without characters that cannot be seen, with the ending of the file's kind."""
    last = re.split(r"[\\/]", name or "")[-1]
    seen = "".join(character for character in last if not unicodedata.category(character).startswith("C"))
    plain = re.sub(r"\s+", " ", seen).strip(" .") or "berkas"
    endings = _ENDINGS[media_type]
    path = PurePosixPath(plain)
    if path.suffix.lower() in endings:
        return path.stem[:_LONGEST_NAME] + path.suffix.lower()
    return plain[:_LONGEST_NAME] + endings[0]


def _checked(content: bytes) -> TakenIn:
    try:
        return take_in(content)
    except UnknownFile:
        raise FileTypeRefused() from None
    except BrokenFile as broken:
        raise FileBroken(errors=[Fault("#/file", broken.code, broken.words)]) from None


async def _after(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for part in rest:
        yield part


def _told_columns() -> tuple[Any, ...]:
    return (FileRow.id, FileRow.name, FileRow.media_type, FileRow.size_bytes, FileRow.sha256, FileRow.stored_at)


def _as_file(row: Any) -> File:
    return File(row.id, row.name, row.media_type, row.size_bytes, row.sha256.hex(), row.stored_at)
