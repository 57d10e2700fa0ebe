"""What the readers of all kinds share."""

import re
from dataclasses import dataclass

from plut_api.kit.i18n import Text

MOST_PIXELS = 120_000_000
"""A picture of more would fill the memory of whoever opens it; cameras of phones reach 108 million."""
_PAGE = re.compile(rb"<(html|script|svg|body|iframe)[\s>/]|<\?php", re.IGNORECASE)
_ZIP_END, _ZIP_END_BYTES = b"PK\x05\x06", 22
_FURTHEST_ZIP_END = _ZIP_END_BYTES + 65_535
_PDF_LOOKED_FOR = 1024  # Readers of PDF look for its head in so many bytes.


class UnknownFile(Exception):
    """The file is of no kind that is taken."""


class BrokenFile(Exception):
    """The file is of a kind that is taken, but not sound; says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        self.words = WORDS[code]


WORDS = {
    "file_damaged": Text(
        id="Berkas tidak utuh; unggah ulang atau ambil foto baru",
        en="The file is not whole; upload it again or take a new picture",
    ),
    "file_more_than_it_seems": Text(
        id="Berkas ini sekaligus berkas jenis lain; simpan ulang dari aplikasinya",
        en="The file is a file of another kind as well; save it again from its programme",
    ),
    "file_with_programs": Text(
        id="PDF ini berisi skrip atau perintah; cetak ulang menjadi PDF biasa",
        en="The PDF holds scripts or commands; print it to a plain PDF",
    ),
    "picture_too_large": Text(
        id="Gambar memiliki terlalu banyak piksel; perkecil", en="The picture has too many pixels; make it smaller"
    ),
}


@dataclass(frozen=True)
class Kept:
    """The bytes of a file to keep, and those that were left out."""

    content: bytes
    left_out: bytes = b""


def require_size(width: int, height: int) -> None:
    """Refuse pictures without an area, or with one that is too large. Raises BrokenFile."""
    if width < 1 or height < 1:
        raise BrokenFile("file_damaged")
    if width * height > MOST_PIXELS:
        raise BrokenFile("picture_too_large")


def refuse_more_than_it_seems(kept: Kept) -> None:
    """Refuse a file that another programme would open as something else. Raises BrokenFile.

    What was left out gives the attempt away, too. Cameras of phones hang short films on pictures: those are no attempt.
    """
    content, rest = kept.content, kept.left_out
    is_pdf = content.startswith(b"%PDF-")
    if (
        _ends_as_zip(content)
        or _ends_as_zip(rest)
        or b"%PDF-" in rest
        or (not is_pdf and b"%PDF-" in content[:_PDF_LOOKED_FOR])
        or _PAGE.search(rest)
        or _PAGE.search(content[:_PDF_LOOKED_FOR])
    ):
        raise BrokenFile("file_more_than_it_seems")


def _ends_as_zip(data: bytes) -> bool:
    """Whether the record that ends a ZIP archive lies at the end, followed by a comment of the length that it says."""
    start = max(len(data) - _FURTHEST_ZIP_END, 0)
    at = data.find(_ZIP_END, start)
    while at != -1:
        comment = int.from_bytes(data[at + 20 : at + 22], "little")
        if len(data) - at >= _ZIP_END_BYTES and at + _ZIP_END_BYTES + comment <= len(data):
            return True
        at = data.find(_ZIP_END, at + 1)
    return False
