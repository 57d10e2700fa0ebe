"""What can stand in the way of an import."""

from plut_api.kit.i18n import Text
from plut_api.kit.problems import NotFound, PayloadTooLarge, Unprocessable


class ImportNotFound(NotFound):
    """There is no such import, or none that the caller may see."""

    code = "import_not_found"
    title = Text(id="Impor tidak ditemukan", en="There is no such import")


class FileNotUsable(Unprocessable):
    """The file cannot be read as a whole; `errors` says what is wrong with it."""

    code = "file_not_usable"
    title = Text(id="Berkas ini tidak dapat dibaca", en="This file cannot be read")


class FileTooLarge(PayloadTooLarge):
    """The file is larger than an import takes; split it."""

    code = "file_too_large"
    title = Text(id="Berkas terlalu besar; bagi menjadi beberapa berkas", en="The file is too large; split it")
