"""What can stand in the way of a file."""

from dataclasses import dataclass

from plut_api.kit.i18n import Text
from plut_api.kit.problems import NotFound, PayloadTooLarge, ServiceUnavailable, Unprocessable


class FileNotFound(NotFound):
    """There is no such file, or none that the caller may see."""

    code = "file_not_found"
    title = Text(id="Berkas tidak ditemukan", en="There is no such file")


@dataclass(eq=False)
class FileTooBig(PayloadTooLarge):
    """The file is larger than the limit; `limit_bytes` says how large it may be."""

    code = "file_too_big"
    title = Text(id="Berkas terlalu besar; kecilkan foto atau pindai ulang", en="The file is too big; make it smaller")


class FileTypeRefused(Unprocessable):
    """By its content the file is no JPEG, PNG, WebP or PDF; what its name or header says does not count."""

    code = "file_type_refused"
    title = Text(id="Kirim foto JPEG, PNG atau WebP, atau dokumen PDF", en="Send a JPEG, PNG or WebP picture, or a PDF")


class FileBroken(Unprocessable):
    """The file is damaged, or is something else besides what it seems; `errors` says which."""

    code = "file_broken"
    title = Text(id="Berkas rusak atau tidak aman", en="The file is damaged or not safe")


class FileStoreAway(ServiceUnavailable):
    """The place where files lie cannot be reached for the moment; nothing was changed."""

    code = "file_store_away"
    title = Text(id="Penyimpanan berkas sedang tidak tersedia; coba lagi", en="The file store is away; try again")


def store_away() -> FileStoreAway:
    """That problem, with when to come back."""
    return FileStoreAway(headers={"Retry-After": "10"})
