"""What can stand in the way of handing a file in piece by piece."""

from dataclasses import dataclass

from plut_api.kit.i18n import Text
from plut_api.kit.problems import Conflict, NotFound, PayloadTooLarge, PreconditionFailed


class UploadNotFound(NotFound):
    """There is no such upload, it has had its time, or somebody else began it. Begin anew."""

    code = "upload_not_found"
    title = Text(id="Unggahan tidak ditemukan; mulai lagi", en="There is no such upload; begin anew")


@dataclass(eq=False)
class UploadOffsetConflict(Conflict):
    """The piece does not follow what has come so far; `offset_bytes` (and `Upload-Offset`) says where to go on."""

    code = "upload_offset_conflict"
    title = Text(id="Lanjutkan dari posisi terakhir yang diterima", en="Go on from where the upload stands")


@dataclass(eq=False)
class UploadTooLong(PayloadTooLarge):
    """More came than the upload was said to be long; `length_bytes` says how long it is."""

    code = "upload_too_long"
    title = Text(id="Isi melebihi panjang yang disebut di awal", en="More came than was said in the beginning")


class UploadVersionUnknown(PreconditionFailed):
    """`Tus-Resumable` is missing or names another version of the protocol; `Tus-Version` says which is spoken here."""

    code = "upload_version_unknown"
    title = Text(id="Kirim Tus-Resumable: 1.0.0", en="Send Tus-Resumable: 1.0.0")
