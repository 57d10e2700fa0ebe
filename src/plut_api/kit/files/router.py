"""HTTP of files."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import File, Request, Response, Security, UploadFile
from starlette.responses import StreamingResponse

from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import documented
from plut_api.kit.database import Database
from plut_api.kit.files import service
from plut_api.kit.files.models import MEDIA_TYPES
from plut_api.kit.files.problems import FileBroken, FileNotFound, FileStoreAway, FileTooBig, FileTypeRefused
from plut_api.kit.files.schemas import FileRead
from plut_api.kit.files.store import file_store
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId

router = Router(tag="files")

FilesRead = Annotated[Caller, Security(signed_in, scopes=["files:read"])]
FilesWrite = Annotated[Caller, Security(signed_in, scopes=["files:write"])]
Upload = Annotated[
    UploadFile,
    File(
        json_schema_extra={"maxLength": 104_857_600, "format": "binary"},
        description="A JPEG, PNG or WebP picture or a PDF, at most 10 MiB unless the installation says otherwise.",
    ),
]
_BYTES = {name: {"schema": {"type": "string", "format": "binary", "maxLength": 104_857_600}} for name in MEDIA_TYPES}
_GIVEN: dict[int | str, dict[str, Any]] = {200: {"description": "The file.", "content": _BYTES}}


@router.post("/v1/files", status_code=201, responses=documented(FileTooBig, FileTypeRefused, FileBroken, FileStoreAway))
async def upload_file(request: Request, response: Response, db: Database, caller: FilesWrite, file: Upload) -> FileRead:
    """Hand in a file, then attach it by its id: a photo of a product, a signed paper, evidence.

    What it is, is told by its content. Pictures are kept without what cameras write beside the pixels, such as where
    they were taken. The same file handed in again has the same id. A file that nothing is attached to after a day goes.
    """
    settings = request.app.state.settings
    content = await file.read(settings.file_limit_bytes + 1)
    store = file_store(settings)
    kept = await service.take_file(db, store, caller, file.filename, content, settings.file_limit_bytes)
    response.headers["Location"] = f"/v1/files/{kept.id}"
    return FileRead.model_validate(kept)


@router.get(
    "/v1/files/{file_id}",
    response_class=StreamingResponse,
    response_model=None,
    responses=_GIVEN | documented(FileNotFound, FileStoreAway),
)
async def get_file(file_id: PathId, request: Request, db: Database, caller: FilesRead) -> Any:
    """Read a file: for who handed it in, and for whoever may read something that it is attached to."""
    file, parts = await service.give_file(db, file_store(request.app.state.settings), caller, file_id)
    headers = {
        "Content-Disposition": f"attachment; filename=\"{file.id}\"; filename*=UTF-8''{quote(file.name, safe='')}",
        "Content-Length": str(file.size_bytes),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingResponse(parts, media_type=file.media_type, headers=headers)
