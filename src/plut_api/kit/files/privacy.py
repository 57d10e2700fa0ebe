"""Files of a person: what is told of them, and that they go with the person."""

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit.caller import Caller
from plut_api.kit.files.attaching import files_of
from plut_api.kit.files.models import FileRow
from plut_api.kit.files.service import destroy
from plut_api.kit.files.uploads.models import Upload
from plut_api.kit.files.uploads.service import forget
from plut_api.kit.i18n import Text
from plut_api.kit.privacy import Erased, Row, Subject, erasing, personal_data, rows_of


@personal_data(
    "files",
    "files",
    about=Text(
        id="Berkas yang diunggah oleh atau tentang Anda; isinya di GET /v1/files/{file_id}",
        en="Files handed in by you or about you; read them at GET /v1/files/{file_id}",
    ),
)
async def files_held(db: AsyncSession, subject: Subject) -> list[Row]:
    """What is told of a person's files, without their keys."""
    condition = FileRow.erased_at.is_(None) & files_of(subject)
    return await rows_of(db, FileRow, condition, subject, without=("key_sealed",))


@personal_data(
    "uploads",
    "uploads",
    about=Text(id="Berkas yang sedang Anda unggah bertahap.", en="Files that you are handing in piece by piece."),
)
async def uploads_held(db: AsyncSession, subject: Subject) -> list[Row]:
    """What is told of a person's uploads, without their keys."""
    return await rows_of(db, Upload, Upload.uploaded_by == subject.account_id, subject, without=("key_sealed",))


@erasing(order=29)
async def remove_uploads(db: AsyncSession, caller: Caller, subject: Subject) -> Erased:
    """Remove what a person was handing in."""
    return Erased("uploads", deleted=await forget(db, Upload.uploaded_by == subject.account_id))


@erasing(order=30)
async def destroy_files(db: AsyncSession, caller: Caller, subject: Subject) -> Erased:
    """Destroy the keys of a person's files, before the rows that they hang on are emptied."""
    return Erased("files", emptied=len(await destroy(db, files_of(subject))))
