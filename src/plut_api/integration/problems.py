"""What can stand in the way of an import."""

from plut_api.kit.i18n import Text
from plut_api.kit.problems import Conflict, Forbidden, Gone, NotFound, PayloadTooLarge, Unprocessable


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


class ImportNotChecked(Conflict):
    """The file has not been worked through yet, or could not be read; there is no report to commit."""

    code = "import_not_checked"
    title = Text(
        id="Berkas ini belum selesai diperiksa, atau tidak dapat dibaca",
        en="This file has not been checked yet, or could not be read",
    )


class ImportAlreadyCommitted(Conflict):
    """The file was sent to be loaded, or what was reported of it has been committed already."""

    code = "import_already_committed"
    title = Text(id="Impor ini sudah dijalankan", en="This import has been committed already")


class ImportExpired(Gone):
    """A file that was only tried is kept for a day; send it again."""

    code = "import_expired"
    title = Text(
        id="Berkas yang diperiksa sudah tidak disimpan; kirim lagi",
        en="The file that was checked is no longer kept; send it again",
    )


class RegisterMovedOn(Conflict):
    """Records that the report was about have changed since; send the file again, with `mode=validate`."""

    code = "register_moved_on"
    title = Text(
        id="Data induk berubah setelah berkas diperiksa; kirim lagi dengan mode=validate lalu lihat perbedaannya",
        en="The register changed since the file was checked; send it again with mode=validate and look at the "
        "differences",
    )


class ImportMappingNotFound(NotFound):
    """There is no mapping of this name in the caller's organization."""

    code = "import_mapping_not_found"
    title = Text(id="Pemetaan tidak ditemukan", en="There is no such mapping")


class NoOrganization(Forbidden):
    """This is for callers who act for an organization."""

    code = "no_organization"
    title = Text(
        id="Hanya untuk petugas atau mesin suatu organisasi", en="Only for staff or machines of an organization"
    )
