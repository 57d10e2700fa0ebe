"""How rows of rooms hold files: attaching one, and who may read it through such a row.

A room that has a column `…_file_id` (a foreign key to `files.id`) says

    @readable_through(Product.photo_file_id, of_subject=lambda subject: Product.actor_id.in_(subject.actor_ids))
    def _(caller: Caller) -> ColumnElement[bool]:
        return actors_reached_by(caller, Product.actor_id)

so that a file can be read by whoever may read a row that it is attached to, and goes with its person.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from plut_api.kit import audit, clock
from plut_api.kit.caller import Caller
from plut_api.kit.files.models import FileRow
from plut_api.kit.privacy import Subject
from plut_api.kit.problems import Fault, Invalid, fault

Column = InstrumentedAttribute[Any]
Readable = Callable[[Caller], ColumnElement[bool]]
OfSubject = Callable[[Subject], ColumnElement[bool]]


@dataclass(frozen=True)
class Holder:
    """A column that holds files: for whom its rows are readable, and which of its rows are a person's."""

    column: Column
    readable: Readable
    of_subject: OfSubject | None


HOLDERS: list[Holder] = []


def readable_through(column: Column, *, of_subject: OfSubject | None = None) -> Callable[[Readable], Readable]:
    """Register a column of file ids, by the condition on its table that a caller may read the row.

    `of_subject` is the condition on the same table that a row is about a person: with that person its files are erased,
    whoever uploaded them. Every role's requests ask the table, so it must not be CLOSED (walls/declared.py).
    Raises ValueError if the column is registered already.
    """

    def register(readable: Readable) -> Readable:
        if any(holder.column is column for holder in HOLDERS):
            raise ValueError(f"{column} is registered already")
        HOLDERS.append(Holder(column, readable, of_subject))
        return readable

    return register


def files_visible_to(caller: Caller) -> ColumnElement[bool]:
    """The condition on `files` for a caller: what they uploaded, and what hangs on a row that they may read."""
    through = [
        exists(select(holder.column).where(holder.column == FileRow.id, holder.readable(caller))) for holder in HOLDERS
    ]
    return FileRow.erased_at.is_(None) & or_(FileRow.uploaded_by == caller.id, *through)


def files_of(subject: Subject) -> ColumnElement[bool]:
    """The condition on `files` that they are a person's: uploaded by them, or on a row that is about them."""
    through = [
        exists(select(holder.column).where(holder.column == FileRow.id, holder.of_subject(subject)))
        for holder in HOLDERS
        if holder.of_subject is not None
    ]
    return or_(FileRow.uploaded_by == subject.account_id, *through)


async def require_file(
    db: AsyncSession,
    caller: Caller,
    file_id: UUID,
    *,
    kinds: Collection[str] | None = None,
    pointer: str = "#/file_id",
) -> FileRow:
    """A file that the caller uploaded, now attached: it stays for as long as a row refers to it.

    `kinds` are media types; `pointer` says where the id stood in the request. Raises Invalid (`file_unknown`,
    `file_kind`).
    """
    query = select(FileRow).where(FileRow.id == file_id, FileRow.uploaded_by == caller.id, FileRow.erased_at.is_(None))
    file = await db.scalar(query.with_for_update())
    if file is None:
        raise Invalid(errors=[_unknown(pointer)])
    if kinds is not None and file.media_type not in kinds:
        raise Invalid(errors=[_of_another_kind(pointer, kinds)])
    if file.attached_at is None:
        file.attached_at = clock.now()
        await db.flush()
    return file


async def release(db: AsyncSession, *file_ids: UUID | None) -> None:
    """Say that a row no longer refers to these files. Those that nothing holds go with the next round of retention."""
    held = [exists(select(holder.column).where(holder.column == FileRow.id)) for holder in HOLDERS]
    ids = [file_id for file_id in file_ids if file_id is not None]
    if ids:
        freed = update(FileRow).where(FileRow.id.in_(ids), ~or_(*held)).values(attached_at=None, stored_at=func.now())
        freed_ids = await db.scalars(freed.returning(FileRow.id).execution_options(synchronize_session=False))
        audit.record(db, audit.Action.changed, "files", freed_ids, after={"attached_at": None})


def _unknown(pointer: str) -> Fault:
    return fault(
        pointer,
        "file_unknown",
        id="Unggah berkas dulu lewat POST /v1/files, lalu sertakan nomornya",
        en="Upload the file by POST /v1/files first, then give its id",
    )


def _of_another_kind(pointer: str, kinds: Collection[str]) -> Fault:
    named = ", ".join(sorted(kinds))
    return fault(pointer, "file_kind", id=f"Berkas harus berjenis {named}", en=f"The file must be of kind {named}")
