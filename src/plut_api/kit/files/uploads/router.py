"""HTTP of uploads: tus 1.0 with creation, expiration and termination."""

from email.utils import format_datetime
from typing import Annotated, Any

from fastapi import Request, Response, Security
from starlette.requests import ClientDisconnect

from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import documented
from plut_api.kit.database import Database
from plut_api.kit.files.problems import FileBroken, FileStoreAway, FileTooBig, FileTypeRefused
from plut_api.kit.files.store import file_store
from plut_api.kit.files.uploads import service
from plut_api.kit.files.uploads.models import Upload
from plut_api.kit.files.uploads.problems import (
    UploadNotFound,
    UploadOffsetConflict,
    UploadTooLong,
    UploadVersionUnknown,
)
from plut_api.kit.files.uploads.schemas import (
    EXTENSIONS,
    MEDIA_TYPE,
    VERSION,
    Length,
    Metadata,
    Offset,
    Resumable,
    UploadRead,
    name_in,
    telling,
)
from plut_api.kit.problems import UnsupportedMediaType
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId

router = Router(tag="files")

UploadsWrite = Annotated[Caller, Security(signed_in, scopes=["files:write"])]
_STANDING = ("Tus-Resumable", "Upload-Offset", "Upload-Expires")
_PIECE = {
    "requestBody": {
        "required": True,
        "content": {
            MEDIA_TYPE: {
                "schema": {
                    "type": "string",
                    "format": "binary",
                    "maxLength": 104_857_600,
                    "description": "The bytes from the offset on, as many as the client likes.",
                }
            }
        },
    }
}


@router.options("/v1/uploads", include_in_schema=False)
async def describe_uploads(request: Request) -> Response:
    """What of the protocol is spoken here, as its clients ask for it."""
    limit = request.app.state.settings.file_limit_bytes
    spoken = {"Tus-Version": VERSION, "Tus-Extension": EXTENSIONS, "Tus-Max-Size": str(limit)}
    return Response(status_code=204, headers={"Tus-Resumable": VERSION, **spoken})


@router.post(
    "/v1/uploads",
    status_code=201,
    responses=telling(201, *_STANDING) | documented(FileTooBig, UploadVersionUnknown),
    summary="Begin an upload",
)
async def begin_upload(
    request: Request,
    response: Response,
    db: Database,
    caller: UploadsWrite,
    length: Length,
    metadata: Metadata = None,
    resumable: Resumable = None,
) -> UploadRead:
    """Begin to hand in a file piece by piece, so that a phone which loses the network goes on from where it was.

    The protocol is tus 1.0 (tus.io) with the extensions creation, expiration and termination, for which there are
    libraries; `Location` is the address of the upload. Send pieces there by PATCH; after a break ask by HEAD how far it
    came. With the last byte the whole is checked as by `POST /v1/files` and becomes a file, whose id `Upload-File-Id`
    tells. An upload that is not whole after a day goes.
    """
    _require_version(resumable)
    settings = request.app.state.settings
    upload = await service.begin(db, settings, caller, length, name_in(metadata))
    response.headers["Location"] = f"/v1/uploads/{upload.id}"
    response.headers.update(_standing(upload))
    return UploadRead.model_validate(upload)


@router.get(
    "/v1/uploads/{upload_id}",
    responses=telling(200, *_STANDING, "Upload-Length", "Upload-File-Id")
    | documented(UploadNotFound, UploadVersionUnknown),
    summary="Ask how far an upload came",
)
async def get_upload(
    upload_id: PathId, response: Response, db: Database, caller: UploadsWrite, resumable: Resumable = None
) -> UploadRead:
    """How far an upload came, for who began it: by GET in words, by HEAD in headers, as the protocol asks."""
    _require_version(resumable or VERSION)
    upload = await service.one_upload(db, caller, upload_id)
    response.headers.update(_standing(upload) | {"Upload-Length": str(upload.length_bytes)})
    response.headers["ETag"] = f'"{upload.offset_bytes}"'
    return UploadRead.model_validate(upload)


@router.patch(
    "/v1/uploads/{upload_id}",
    status_code=204,
    response_class=Response,
    response_model=None,
    openapi_extra=_PIECE,
    responses=telling(204, *_STANDING, "Upload-File-Id")
    | documented(
        UploadNotFound,
        UploadOffsetConflict,
        UploadTooLong,
        UploadVersionUnknown,
        FileTypeRefused,
        FileBroken,
        FileStoreAway,
    ),
    summary="Send a piece of an upload",
)
async def send_upload_piece(
    upload_id: PathId,
    request: Request,
    db: Database,
    caller: UploadsWrite,
    offset: Offset,
    resumable: Resumable = None,
) -> Response:
    """Send the next piece, from `Upload-Offset` on. What came before the network broke off is kept.

    Whoever sends a piece that does not follow, or at the same time as another, gets 409 with the offset to go on from.
    With the last byte the whole is checked and becomes a file; if it is refused, the upload stands where it stood.
    """
    _require_version(resumable)
    _require_octets(request)
    piece = await _received(request)
    state = request.app.state
    upload = await service.go_on(db, file_store(state.settings), state.settings, caller, upload_id, offset, piece)
    return Response(status_code=204, headers=_standing(upload))


@router.delete(
    "/v1/uploads/{upload_id}",
    status_code=204,
    response_class=Response,
    response_model=None,
    responses=telling(204, "Tus-Resumable") | documented(UploadNotFound, UploadVersionUnknown),
    summary="Give an upload up",
)
async def end_upload(upload_id: PathId, db: Database, caller: UploadsWrite, resumable: Resumable = None) -> Response:
    """Give an upload up with all that came of it. A file that it became already stays by the rules of files."""
    _require_version(resumable)
    await service.end(db, caller, upload_id)
    return Response(status_code=204, headers={"Tus-Resumable": VERSION})


def _require_version(resumable: str | None) -> None:
    if resumable != VERSION:
        raise UploadVersionUnknown(headers={"Tus-Version": VERSION})


def _require_octets(request: Request) -> None:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != MEDIA_TYPE:
        raise UnsupportedMediaType()


async def _received(request: Request) -> bytes:
    """The body, or as much of it as came before its sender was gone; its length is limited at the edge."""
    piece = bytearray()
    try:
        async for part in request.stream():
            piece += part
    except ClientDisconnect:
        pass
    return bytes(piece)


def _standing(upload: Upload) -> dict[str, Any]:
    headers = {
        "Tus-Resumable": VERSION,
        "Upload-Offset": str(upload.offset_bytes),
        "Upload-Expires": format_datetime(upload.expires_at, usegmt=True),
        "Cache-Control": "no-store",
    }
    return headers | ({"Upload-File-Id": str(upload.file_id)} if upload.file_id else {})
